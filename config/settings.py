"""Settings of the portal: one file, every value that differs between sites from the environment.

`docs/operations.md` lists the variables. There is no second settings file for tests or the demo.
"""

from pathlib import Path

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

# --- Who and where -----------------------------------------------------------------------------

DEMO = env.bool("DEMO", default=False)
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SITE_URL = env.str("SITE_URL", default="http://localhost:8000").rstrip("/")

# Keys of the encrypted columns, newest first: "<key id>:<base64 of 32 bytes>".
FIELD_KEYS = env.list("FIELD_KEYS")
# Key of the blind index of identity numbers. It never changes while an election lives.
BLIND_INDEX_KEY = env.str("BLIND_INDEX_KEY")
# Keys that sign badges, newest first: "<key id>:<base64 of 32 bytes>"; or a file with one a line.
BADGE_KEYS = env.list("BADGE_KEYS", default=[])
BADGE_KEYS_FILE = env.str("BADGE_KEYS_FILE", default="")
# Public parts of keys that sign no more: "<key id>:<x, as /verify/keys.json has it>".
BADGE_RETIRED_KEYS = env.list("BADGE_RETIRED_KEYS", default=[])

# --- Rooms, lowest last (see docs/architecture.md) -----------------------------------------------

INSTALLED_APPS = [
    "config.apps.PortalConfig",
    "observers",
    "organisations",
    "elections",
    "notifications",
    "accounts",
    "privacy",
    "accounts.admin_site.CommissionAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_htmx",
    "pgtrigger",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    # Above what reads cookies: the API knows nobody.
    "observers.api.middleware.ApiMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.middleware.StaffMfaMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
CSRF_FAILURE_VIEW = "config.errors.csrf_failure"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["accounts.templatetags.capitals"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context_processors.portal",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# --- Stores --------------------------------------------------------------------------------------

DATABASES = {"default": env.db_url("DATABASE_URL")}
DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL")
# What is kept there can be found again: without Redis the pages are slower, not gone.
CACHES = {
    "default": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {
            "IGNORE_EXCEPTIONS": True,
            "SOCKET_CONNECT_TIMEOUT": 1,
            "SOCKET_TIMEOUT": 2,
        },
    }
}
DJANGO_REDIS_LOG_IGNORED_EXCEPTIONS = True
# Who stands at a door is answered, rather than nobody harvests anything for that hour.
RATELIMIT_FAIL_OPEN = True
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = env.int("SESSION_COOKIE_AGE", default=12 * 60 * 60)

MEDIA_ROOT = env.path("MEDIA_ROOT", default=str(BASE_DIR / "var" / "media"))
STATIC_ROOT = env.path("STATIC_ROOT", default=str(BASE_DIR / "var" / "static"))
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "config.storage.StaticFiles",
        # Anybody may read them, a front server under another user as well.
        "OPTIONS": {"file_permissions_mode": 0o644, "directory_permissions_mode": 0o755},
    },
}
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
# A photo or document larger than this is refused with a sentence (see observers/domain/files.py).
UPLOAD_LIMIT_BYTES = env.int("UPLOAD_LIMIT_BYTES", default=10 * 1024 * 1024)
# An organisation's spreadsheet, and its ZIP of photos.
SHEET_LIMIT_BYTES = env.int("SHEET_LIMIT_BYTES", default=30 * 1024 * 1024)
ARCHIVE_LIMIT_BYTES = env.int("ARCHIVE_LIMIT_BYTES", default=4 * 1024**3)
# Days after which the files of a print batch, with their names and photos, are removed.
PRINT_FILES_KEPT_DAYS = env.int("PRINT_FILES_KEPT_DAYS", default=14)
# More than these many files end a request at once. The page that takes an organisation's photos
# counts them itself, and says its limit in a sentence; every other page takes 100 at most.
DATA_UPLOAD_MAX_NUMBER_FILES = 10_000
FILE_UPLOAD_HANDLERS = [
    "privacy.upload_handlers.FewFiles",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
# Where files lie while they come in: best on the file system of MEDIA_ROOT, where they are moved.
FILE_UPLOAD_TEMP_DIR = env.str("FILE_UPLOAD_TEMP_DIR", default=None)

# --- Languages and time --------------------------------------------------------------------------

LANGUAGE_CODE = "az"
LANGUAGES = [("az", _("Azerbaijani")), ("en", _("English")), ("ru", _("Russian"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = env.str("TIME_ZONE", default="Asia/Baku")

# --- Accounts ------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "desk"
ACCOUNT_ADAPTER = "notifications.adapters.PortalAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.forms.SignUpDetails"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if SITE_URL.startswith("https:") else "http"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = env.str("MFA_TOTP_ISSUER", default="Observer accreditation")
# Staff sign in with a second factor everywhere but in the demo.
STAFF_MFA_REQUIRED = not DEMO

# How often badges are checked from one address: numbers typed (they can be counted through), and
# codes scanned. The ceiling is of all addresses together.
VERIFY_NUMBER_RATE = env.str("VERIFY_NUMBER_RATE", default="30/10m")
VERIFY_NUMBERS_CEILING = env.str("VERIFY_NUMBERS_CEILING", default="6000/10m")
VERIFY_TOKEN_RATE = env.str("VERIFY_TOKEN_RATE", default="1200/10m")
# How often somebody may have single badges of theirs made, and an organisation all of them.
OWN_BADGE_RATE = env.str("OWN_BADGE_RATE", default="60/10m")
ALL_BADGES_RATE = env.str("ALL_BADGES_RATE", default="12/h")
# Requests to the API from one address.
API_REQUESTS_PER_MINUTE = env.int("API_REQUESTS_PER_MINUTE", default=300)
# The last so many entries of X-Forwarded-For are our own proxies'; 0: nobody's is believed.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=0)
RATELIMIT_IP_META_KEY = "observers.badges.rates.address_of"

# --- Letters -------------------------------------------------------------------------------------

EMAIL_CONFIG = env.email_url("EMAIL_URL", default="smtp://localhost:25")
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="accreditation@localhost")
# Where the demo's local mail server keeps what it received.
DEMO_MAILBOX = env.path("DEMO_MAILBOX", default=str(BASE_DIR / "var" / "mail"))

# --- Work in the background ----------------------------------------------------------------------

CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600, "socket_timeout": 5}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TIMEZONE = TIME_ZONE
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_max": 0.2}
# Thousands of photos take minutes: they have a worker of their own, so that letters and the
# closing never wait for them.
CELERY_TASK_ROUTES = {
    "observers.intake.tasks.check_upload": {"queue": "uploads"},
    "observers.intake.tasks.store_upload": {"queue": "uploads"},
    # As long as these take, and as rare.
    "observers.review.tasks.check_batch": {"queue": "uploads"},
    "observers.review.tasks.decide_batch": {"queue": "uploads"},
    "observers.badges.tasks.make_prints": {"queue": "uploads"},
    "observers.tasks.look_for_photos": {"queue": "uploads"},
}
CELERY_BEAT_SCHEDULE_FILENAME = str(BASE_DIR / "var" / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {
    "close-registration": {
        "task": "observers.tasks.close_registration",
        "schedule": 30.0,
    },
    "remind-of-drafts": {
        "task": "observers.tasks.remind_of_drafts",
        "schedule": crontab(minute=7),
    },
    "resume-uploads": {"task": "observers.intake.tasks.resume_uploads", "schedule": 30.0},
    "resume-batches": {"task": "observers.review.tasks.resume_batches", "schedule": 30.0},
    "resume-prints": {"task": "observers.badges.tasks.resume_prints", "schedule": 30.0},
    "remove-old-prints": {
        "task": "observers.badges.tasks.remove_old_prints",
        "schedule": crontab(hour=3, minute=29),
    },
    "remove-old-uploads": {
        "task": "observers.intake.tasks.remove_old_uploads",
        "schedule": crontab(hour=3, minute=17),
    },
    "look-for-photos": {
        "task": "observers.tasks.look_for_photos",
        "schedule": crontab(hour=2, minute=41),
    },
    # After the working day, before the next.
    "keep-register-snapshots": {
        "task": "observers.register.tasks.keep_snapshots",
        "schedule": crontab(hour=23, minute=31),
    },
    "fold-counts": {"task": "observers.tasks.fold_counts", "schedule": 60.0},
    "expire-badges": {
        "task": "observers.tasks.expire_badges",
        "schedule": crontab(hour=4, minute=11),
    },
    "refresh-statistics": {
        "task": "observers.register.tasks.refresh_statistics",
        "schedule": 180.0,
    },
    "send-letters": {"task": "notifications.tasks.send_letters", "schedule": 15.0},
}

# --- Security ------------------------------------------------------------------------------------

_HTTPS = SITE_URL.startswith("https:")
SECURE_SSL_REDIRECT = _HTTPS and env.bool("SECURE_SSL_REDIRECT", default=True)
# A load balancer asks over plain http.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _HTTPS else None
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31536000 if _HTTPS else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = _HTTPS
SECURE_HSTS_PRELOAD = _HTTPS
SESSION_COOKIE_SECURE = _HTTPS
CSRF_COOKIE_SECURE = _HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "base-uri": [NONE],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "img-src": [SELF, "data:"],
        "manifest-src": [SELF],
        "object-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
}
