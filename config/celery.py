"""The worker's application. Tasks carry work that is already stored; they decide nothing."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(
    ["observers.badges", "observers.intake", "observers.review", "observers.register"]
)
