"""The stock of blanks: what is there, what moved, and what staff enter."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import Reach, reach
from elections.domain.posts import posts_of
from observers.badges.print_forms import BlankForm
from observers.badges.print_pages import staff
from observers.domain import blanks
from observers.domain.blanks import BlanksError
from observers.enums import BadgeSize, BlankReason
from observers.models import BlankMovement


def stocks(request: HttpRequest) -> list[dict[str, Any]]:
    """Of the commissions in which the viewer has a post."""
    posts = [post for post in posts_of(staff(request)) if _may(post.role, "view")]
    commissions = list(dict.fromkeys(post.commission for post in posts))
    held = blanks.stocks(commissions)
    return [
        {
            "commission": commission,
            "sizes": [
                {"label": size.label, "count": held[commission.pk][size]} for size in BadgeSize
            ],
        }
        for commission in commissions
    ]


def enter_page(request: HttpRequest, site: Any) -> HttpResponse:
    """One movement, entered by hand."""
    user = staff(request)
    mine = [post.commission for post in posts_of(user) if _may(post.role, "print")]
    if not mine:
        raise PermissionDenied
    form = BlankForm(request.POST if request.method == "POST" else None, mine=mine)
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        try:
            blanks.enter(
                said["commission"],
                size=BadgeSize(said["size"]),
                why=BlankReason(said["why"]),
                number=said["number"],
                by=user,
                note=said["note"],
                to=said["to"],
            )
        except BlanksError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("It is entered."))
            return HttpResponseRedirect(reverse("admin:observers_blankmovement_changelist"))
    context = {
        **site.each_context(request),
        "opts": BlankMovement._meta,
        "title": _("Enter blanks"),
        "form": form,
    }
    return TemplateResponse(request, "admin/badges/print/blank.html", context)


def _may(role: str, action: str) -> bool:
    return reach(role, "badge", action) != Reach.NOTHING
