"""The portal's addresses, and beside them a bare view: what every page costs at least."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from config.urls import urlpatterns as portal
from elections.models import Election


def bare(request: HttpRequest) -> HttpResponse:
    """Fetches one row and renders the base of all pages."""
    context = {"election": Election.objects.order_by("pk").first()}
    return render(request, "base.html", context)


urlpatterns: list[Any] = [path("bare/", bare), *portal]
