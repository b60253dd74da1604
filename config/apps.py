from importlib import import_module

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The top room as an app, so that `manage.py check` asks its questions."""

    name = "config"
    label = "portal"

    def ready(self) -> None:
        import_module("config.checks")
