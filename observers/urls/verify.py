"""Checking badges: what the page and anybody's own software need for it."""

from django.urls import path

from observers.badges.views.keys import keys
from observers.badges.views.revocations import revocations

app_name = "verify"

urlpatterns = [
    path("keys.json", keys, name="keys"),
    path("status.cwt", revocations, name="revocations"),
]
