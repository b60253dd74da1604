"""Checking badges: the page, and what anybody's own software needs for it."""

from django.urls import path

from observers.badges.views import offline, verify
from observers.badges.views.keys import keys
from observers.badges.views.revocations import revocations

app_name = "verify"

urlpatterns = [
    path("", verify.verify, name="page"),
    path("keys.json", keys, name="keys"),
    path("status.cwt", revocations, name="revocations"),
    path("worker.js", offline.worker, name="worker"),
    path("manifest.webmanifest", offline.manifest, name="manifest"),
    path("photo/<str:signed>.jpg", verify.photo, name="photo"),
    path("now/<str:token>/", verify.now, name="now"),
    path("<str:number>/", verify.number, name="number"),
]
