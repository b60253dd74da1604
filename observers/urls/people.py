"""An organisation's desk: /organisations/<its key>/ and what lies below it."""

from django.urls import path

from observers.views import agreements, desk

app_name = "people"

urlpatterns = [
    path("", desk.desk, name="desk"),
    path("people/new/", desk.begin, name="begin"),
    path("agreements/", agreements.agreements, name="agreements"),
    path("agreements/sheet/", agreements.sheet, name="agreement_sheet"),
]
