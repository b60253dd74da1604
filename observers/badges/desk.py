"""A badge at the commission: what it says and what became of it; replacing and revoking it."""

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from elections.domain.clock import database_now
from elections.lifecycle import describe, describe_events
from observers import permissions
from observers.badges.forms import ReplaceForm, RevokeForm
from observers.domain import replacing
from observers.domain.badges import CannotReplace
from observers.domain.replacing import CannotRevoke
from observers.enums import VALID_BADGES
from observers.lifecycle import BADGE, REPLACE, REVOKE
from observers.models import Application, Badge


def badge_page(request: HttpRequest, site: Any, row: Badge) -> HttpResponse:
    """What it says, whose it is, what happened to it, and those before and after it."""
    user = staff(request)
    context = {
        **_surroundings(site, request, row),
        "title": row.application.full_name,
        "presses": _presses(row, user),
        "serials": [
            {"badge": each, "status": describe(BADGE, each.status, to_staff=True)}
            for each in Badge.objects.visible_to(user)
            .filter(application=row.application_id)
            .order_by("-serial")
        ],
        "events": describe_events(BADGE, row.events.select_related("actor")),
    }
    return TemplateResponse(request, "admin/badges/page.html", context)


def _presses(row: Badge, user: User) -> list[dict[str, Any]]:
    """What this person may do with it now: each leads to a page that asks first."""
    offered = (
        (REPLACE, "observers_badge_replace", _("Replace"), "primary"),
        (REVOKE, "observers_badge_revoke", _("Revoke"), "danger"),
    )
    return [
        {"label": label, "url": reverse(f"admin:{address}", args=[row.pk]), "tone": tone}
        for action, address, label, tone in offered
        if BADGE.may(row.status, action) and permissions.may_badge(user, action, row.application)
    ]


def replace_page(request: HttpRequest, site: Any, row: Badge) -> HttpResponse:
    """Asks why, and what was wrong; says what happens; then does it."""
    user = staff(request)
    _insist(user, "replace", row)
    sent = [request.POST, request.FILES] if request.method == "POST" else []
    form = ReplaceForm(*sent, application=row.application)
    if form.is_bound and form.is_valid():
        try:
            following = replacing.replace(
                row,
                why=form.why_replaced(),
                by=user,
                because=form.cleaned_data["because"],
                names=form.names(),
                photo=form.cleaned_data["photo"],
            )
        except CannotReplace as error:
            form.refuse(str(error))
        else:
            said = _("Badge %(old)d is refused from now on; badge %(new)d is to be printed.")
            messages.success(request, said % {"old": row.serial, "new": following.serial})
            return HttpResponseRedirect(page_url(following))
    hindrance = BADGE.may(row.status, REPLACE).reason
    context = {"form": form, "title": _("Replace the badge"), "hindrance": hindrance}
    return TemplateResponse(
        request, "admin/badges/replace.html", {**_surroundings(site, request, row), **context}
    )


def revoke_page(request: HttpRequest, site: Any, row: Badge) -> HttpResponse:
    """Asks for the reason, says what happens, then does it."""
    user = staff(request)
    _insist(user, "revoke", row)
    form = RevokeForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            replacing.revoke(row, by=user, because=form.cleaned_data["because"])
        except CannotRevoke as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The badge is revoked and refused from now on."))
            return HttpResponseRedirect(page_url(row))
    hindrance = BADGE.may(row.status, REVOKE).reason
    context = {"form": form, "title": _("Revoke the badge"), "hindrance": hindrance}
    return TemplateResponse(
        request, "admin/badges/revoke.html", {**_surroundings(site, request, row), **context}
    )


def _insist(user: User, action: str, row: Badge) -> None:
    permitted = permissions.may_badge(user, action, row.application)
    if not permitted:
        raise PermissionDenied(permitted.reason)


def page_url(row: Badge) -> str:
    return reverse("admin:observers_badge_change", args=[row.pk])


def _surroundings(site: Any, request: HttpRequest, row: Badge) -> dict[str, Any]:
    application, user, now = row.application, staff(request), database_now()
    return {
        **site.each_context(request),
        "opts": Badge._meta,
        "badge": row,
        "application": application,
        "election": application.election,
        "status": describe(BADGE, row.status, to_staff=True),
        "is_over": row.status in VALID_BADGES and row.valid_until <= now,
        "photo_url": _photo_url(application, user),
        "page_url": page_url(row),
        "application_url": reverse("admin:observers_application_change", args=[application.pk]),
    }


def _photo_url(application: Application, user: User) -> str:
    """Another address once the photo is another."""
    if not application.photo or not permissions.may(user, "files", application):
        return ""
    return f"{reverse('apply:photo', args=[application.key])}?{application.version}"


def staff(request: HttpRequest) -> User:
    """The admin lets nobody else in (`CommissionSite.has_permission`)."""
    return cast(User, request.user)
