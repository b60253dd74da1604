"""The API for software. Its description stands beside what django-ninja answers itself."""

from django.urls import path

from observers.api.description import description
from observers.api.site import api

_answers, _app, _namespace = api.urls
urlpatterns = [path("openapi.json", description, name="description"), *_answers]
app_name = "api"
