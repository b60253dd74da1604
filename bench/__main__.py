"""`make bench`: what is measured. Each measurement is a module of this folder with a `main()`.

`make bench ARGS=intake` measures that one alone.
"""

import os
import pkgutil
import sys
from importlib import import_module

import django
from django.core.management import call_command

import bench


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    call_command("migrate", verbosity=0)
    names = sorted(module.name for module in pkgutil.iter_modules(bench.__path__))
    measurements = [name for name in names if not name.startswith("_")]
    for name in sys.argv[1:] or measurements:
        import_module(f"bench.{name}").main()


if __name__ == "__main__":
    main()
