"""Error pages that need more than a template."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Most often a page that stayed open while its owner signed in again elsewhere."""
    return render(request, "403_csrf.html", status=403)
