from django.urls import path

from observers.register.views import election, register, statistics

app_name = "register"

urlpatterns = [
    path("", election.election, name="election"),
    path("register/", register.register, name="list"),
    path("register.csv", register.register_csv, name="csv"),
    path("register.json", register.register_json, name="json"),
    path("statistics/", statistics.statistics, name="statistics"),
    path("statistics/equality/", statistics.equality, name="equality"),
    path("statistics/<slug:table>.csv", statistics.table_csv, name="table_csv"),
    path("statistics/<slug:table>.json", statistics.table_json, name="table_json"),
]
