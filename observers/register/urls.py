from django.urls import path

from observers.register.views import election, register

app_name = "register"

urlpatterns = [
    path("", election.election, name="election"),
    path("register/", register.register, name="list"),
    path("register.csv", register.register_csv, name="csv"),
    path("register.json", register.register_json, name="json"),
]
