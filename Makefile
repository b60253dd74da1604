# The commands of the project; each one works on a machine with Python 3.11+, git and make.
.PHONY: demo test check bench format messages run clean help
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# Byte code is written when a module is first used (pip writes none), and that must not be forbidden.
unexport PYTHONDONTWRITEBYTECODE

PORT ?= 8000
VENV := .venv
PY := $(VENV)/bin/python
DEMO_INSTALLED := $(VENV)/installed-demo
INSTALLED := $(VENV)/installed
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard locale/*/LC_MESSAGES/*.po))
SERVICES := $(PY) -m config.embedded
THROW_AWAY := $(SERVICES) --throw-away --no-fsync
INSTALL := $(PY) -m pip install --quiet --no-compile --disable-pip-version-check

help:
	@echo "make demo      everything running with the demo election (PORT=8000)"
	@echo "make test      all tests, in a real browser too (T='-k badge' for some)"
	@echo "make check     lint, types, import order, missing migrations, deployment checks"
	@echo "make bench     measurements as a table of ratios"
	@echo "make format    put the code into its one layout"
	@echo "make messages  collect strings to translate (needs GNU gettext)"
	@echo "make run       one command with the demo's services: make run CMD='python manage.py shell'"
	@echo "make clean     remove the virtual environment and everything the demo keeps"

demo: $(DEMO_INSTALLED) $(CATALOGUES)
	@PORT=$(PORT) exec $(SERVICES) -- $(PY) -m config.demo

test: $(INSTALLED) $(CATALOGUES)
	@browser="$$($(PY) -m tests.browser)" && \
	PORTAL_CHROMIUM="$$browser" exec $(THROW_AWAY) -- sh -c \
	    '$(PY) manage.py collectstatic --noinput --verbosity 0 && exec "$$@"' sh \
	    $(PY) -m pytest -n 2 $(T)

bench: $(INSTALLED) $(CATALOGUES)
	@exec $(SERVICES) --throw-away -- $(PY) -m bench $(ARGS)

check: $(INSTALLED) $(CATALOGUES)
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/lint-imports
	@$(THROW_AWAY) -- sh -ec '\
	    echo mypy; $(PY) -m mypy; \
	    echo makemigrations --check; $(PY) manage.py makemigrations --check --dry-run; \
	    echo check --deploy; \
	    SITE_URL=https://accreditation.example.org ALLOWED_HOSTS=accreditation.example.org \
	    $(PY) manage.py check --deploy --database default --fail-level WARNING'

format: $(INSTALLED)
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

messages: $(INSTALLED)
	@command -v xgettext >/dev/null || \
	    { echo "make messages needs GNU gettext: on Debian, apt-get install gettext"; exit 1; }
	@$(THROW_AWAY) -- $(PY) manage.py makemessages -l az -l en -l ru --no-obsolete --no-location \
	    --ignore $(VENV) --ignore var

run: $(DEMO_INSTALLED) $(CATALOGUES)
	@PATH="$(CURDIR)/$(VENV)/bin:$$PATH" DEMO=1 exec $(SERVICES) -- $(CMD)

clean:
	@if [ -f var/embedded/postgres.home ]; then rm -rf "$$(cat var/embedded/postgres.home)"; fi
	rm -rf $(VENV) var

%.mo: %.po | $(DEMO_INSTALLED)
	@$(PY) -m babel.messages.frontend --quiet compile --input-file $< --output-file $@ \
	    --locale $(notdir $(patsubst %/LC_MESSAGES/,%,$(dir $<)))

# The demo's part comes first and alone: it must be up within a minute.
$(DEMO_INSTALLED): requirements.txt requirements-demo.txt | $(PY)
	@echo "Installing what the portal runs on ..."
	@$(INSTALL) -r requirements.txt -r requirements-demo.txt
	@touch $@

$(INSTALLED): requirements-dev.txt $(DEMO_INSTALLED)
	@echo "Installing what its tests and checks need ..."
	@$(INSTALL) -r requirements.txt -r requirements-dev.txt
	@touch $@

# PYTHON=... names another Python; otherwise the first on the path that is new enough.
$(PY):
	@for python in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11; do \
	    if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
	    then found="$$python"; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
	    echo "The portal needs Python 3.11 or newer; here is: $$(python3 --version 2>&1)." \
	        "Install it, or name it: make demo PYTHON=/path/to/python3.11"; exit 1; \
	fi; \
	"$$found" -m venv $(VENV) || { rm -rf $(VENV); \
	    echo "$$found cannot make a virtual environment here: on Debian," \
	        "apt-get install python3-venv"; exit 1; }
