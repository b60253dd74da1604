"""One's own badge as PDF, made when it is asked for: by its observer, signed in or with the link
that is theirs alone, and by who nominated them."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from elections.domain.clock import database_now
from observers import permissions
from observers.badges import rates, rendering
from observers.badges.facts import facts_of
from observers.badges.layout import Form
from observers.domain import agreement, own_badges
from observers.enums import BadgeSize
from observers.models import Application
from observers.views.progress import person


@require_safe
@login_required
def badge_pdf(request: HttpRequest, key: UUID) -> HttpResponse:
    """404 for whom the application is not there, and where no badge is valid now. A commission has
    the badges of its observers whether or not they may download them themselves."""
    visible = Application.objects.visible_to(request.user).select_related("election", "commission")
    application = get_object_or_404(visible, key=key)
    user = person(request)
    if not permissions.may_badge(user, "download", application):
        raise Http404
    is_theirs = Application.objects.visible_to(user).owned_by(user).filter(pk=application.pk)
    return _answer(
        request,
        application,
        is_offered=application.election.badge_download or not is_theirs.exists(),
        who=f"user:{user.pk}",
        back=application.get_absolute_url(),
    )


@require_safe
def badge_pdf_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """For somebody without an account. The link of a person who was replaced opens nothing."""
    try:
        application = agreement.nomination(token)
    except agreement.NoSuchNomination as error:
        raise Http404 from error
    answer = _answer(
        request,
        application,
        is_offered=application.election.badge_download,
        who=f"link:{application.pk}",
        back=agreement.path_of(application),
    )
    answer["X-Robots-Tag"] = "noindex, nofollow"
    return answer


def _answer(
    request: HttpRequest, application: Application, *, is_offered: bool, who: str, back: str
) -> HttpResponse:
    form = Form(_size(request))
    valid = own_badges.valid_badge(application, now=database_now())
    badge = valid.first()
    if badge is None:
        raise Http404(_("There is no valid badge."))
    if not is_offered:
        return _refused(request, _not_offered(application), back=back, status=403)
    try:
        rates.count_own(request, who)
        (printed,) = facts_of(valid)
        pdf = rendering.as_pdf(printed, form)
    except rates.TooOften as too_often:
        answer = _refused(request, _wait(), back=back, status=429)
        answer["Retry-After"] = str(too_often.seconds)
        return answer
    except rendering.PhotoMissing:
        return _refused(request, _without_photo(application), back=back, status=409)
    except ValueError as error:  # it was revoked this very moment
        raise Http404(_("There is no valid badge.")) from error
    return _sent(pdf, f"badge-{badge.number}-{badge.serial}.pdf")


def _size(request: HttpRequest) -> BadgeSize:
    asked = request.GET.get("size", BadgeSize.CARD.value)
    if asked not in BadgeSize.values:
        raise Http404
    return BadgeSize(asked)


def _sent(pdf: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(pdf, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def _refused(request: HttpRequest, text: str, *, back: str, status: int) -> HttpResponse:
    heading = _("The badge cannot be downloaded")
    context = {"heading": heading, "text": text, "back": back}
    answer = render(request, "badges/refused.html", context, status=status)
    answer["Cache-Control"] = "private, no-store"
    return answer


def _not_offered(application: Application) -> str:
    return _(
        "In this election badges are printed by the commission and collected from it: "
        "%(commission)s."
    ) % {"commission": application.commission.name}


def _wait() -> str:
    return _("It was downloaded many times in a short while. Wait ten minutes, then try again.")


def _without_photo(application: Application) -> str:
    return _("The photo for it cannot be read. Tell the commission: %(commission)s.") % {
        "commission": application.commission.name
    }
