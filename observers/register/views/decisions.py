"""A feed of what commissions decide about organisations."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.utils.feedgenerator import Atom1Feed
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from elections.models import Election
from observers.register import pages
from observers.register.views.register import published
from organisations.enums import NominationStatus
from organisations.models import NominationDecision

MOST = 100


@require_safe
@cache_control(public=True, max_age=300)
def feed(request: HttpRequest, election: str) -> HttpResponseBase:
    """In the first language of the election, whoever asks: a feed has one address and no reader."""
    found = published(election)
    decisions = list(pages.nomination_decisions(found)[:MOST])
    latest = decisions[0] if decisions else None
    etag = f'"{latest.pk if latest else 0}-{len(decisions)}"'
    moment = int(latest.decided_at.timestamp()) if latest else None
    known = get_conditional_response(request, etag=etag, last_modified=moment)
    if known is not None:
        known["ETag"] = etag
        return known
    with translation.override(found.languages[0] if found.languages else None):
        written = _written(found, decisions)
    response = HttpResponse(written, content_type="application/atom+xml; charset=utf-8")
    response["ETag"] = etag
    if moment:
        response["Last-Modified"] = http_date(moment)
    return response


def _written(election: Election, decisions: list[NominationDecision]) -> str:
    feed = Atom1Feed(
        title=f"{_('Decisions about organisations')} – {election.name}",
        link=settings.SITE_URL + election.get_absolute_url(),
        description="",
        language=translation.get_language(),
        author_name=election.authority_name,
        feed_url=settings.SITE_URL + reverse("register:decisions", args=[election.slug]),
    )
    for decision in decisions:
        theirs = decision.right.organisation
        address = reverse("register:organisation", args=[election.slug, theirs.key])
        feed.add_item(
            title=f"{theirs.name}: {_outcome(decision)}",
            link=settings.SITE_URL + address,
            description=_reason(decision),
            unique_id=f"{settings.SITE_URL}{address}#decision-{decision.pk}",
            pubdate=decision.decided_at,
            updateddate=decision.decided_at,
        )
    return feed.writeString("utf-8")


def _outcome(decision: NominationDecision) -> str:
    if decision.outcome == NominationStatus.GRANTED:
        return _("the right to nominate observers is granted")
    return _("the right to nominate observers is refused")


def _reason(decision: NominationDecision) -> str:
    """The ground, with its article. What was checked may name people, so it is not published."""
    ground = decision.ground
    return f"{ground.text} ({ground.article})" if ground else ""
