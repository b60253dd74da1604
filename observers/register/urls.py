from django.urls import path, register_converter
from django.urls.converters import StringConverter

from observers.register.views import (
    decisions,
    election,
    files,
    lists,
    observer,
    places,
    register,
    statistics,
)
from observers.register.views import snapshots as kept


class NumberConverter(StringConverter):
    """An accreditation number as it is written."""

    regex = r"[A-Z]-[0-9]{1,12}-[0-9]{2}"


class DayConverter(StringConverter):
    regex = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"


register_converter(NumberConverter, "accreditation_number")
register_converter(DayConverter, "day")
app_name = "register"

urlpatterns = [
    path("", election.election, name="election"),
    path("register/", register.register, name="list"),
    path("lists/", lists.lists, name="lists"),
    path("lists/<slug:place>/<slug:language>.pdf", lists.list_pdf, name="list_pdf"),
    path("statistics/", statistics.statistics, name="statistics"),
    path("statistics/equality/", statistics.equality, name="equality"),
    path("statistics/<slug:table>.csv", statistics.table_csv, name="table_csv"),
    path("statistics/<slug:table>.json", statistics.table_json, name="table_json"),
    path("register/<accreditation_number:number>/", observer.observer, name="observer"),
    path("register.csv", files.register_csv, name="csv"),
    path("register.json", files.register_json, name="json"),
    path("organisations/", places.organisations, name="organisations"),
    path("organisations/<uuid:key>/", places.organisation, name="organisation"),
    path("constituencies/", places.constituencies, name="constituencies"),
    path("constituencies/<int:number>/", places.constituency, name="constituency"),
    path("decisions.atom", decisions.feed, name="decisions"),
    path("datapackage.json", files.package, name="package"),
    path("snapshots/", kept.snapshots, name="snapshots"),
    path("snapshots/<day:day>.csv.gz", kept.snapshot, name="snapshot"),
]
