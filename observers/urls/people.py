"""An organisation's desk: /organisations/<its key>/ and what lies below it."""

from django.urls import path

from observers.views import desk

app_name = "people"

urlpatterns = [
    path("", desk.desk, name="desk"),
    path("people/new/", desk.begin, name="begin"),
]
