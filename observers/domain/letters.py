"""The letters about applications: one function each, so this list is the list of letters.

Times stand in the facts as ISO 8601 and are put into words when the letter is sent.
"""

import datetime
from collections.abc import Sequence
from typing import Any

from django.utils import translation

from accounts.models import User
from elections.models import Commission, Election
from elections.texts import in_language
from notifications.models import Letter
from notifications.outbox import letter, letter_on_paper, letter_to_address
from observers.domain.snapshots import field_names
from observers.domain.way_to_badge import way_to_badge
from observers.models import Appeal, Application, Badge, Decision, Message, Submission

# How many names a letter lists before it only counts.
LISTED = 10


def received(application: Application) -> Letter:
    """The application is stored; this is its receipt."""
    return _about(application, "received", due_at=_iso(application.due_at))


def submitted_together(
    submission: Submission, *, recipient: User, count: int, refused: int = 0
) -> Letter:
    """Many were sent in one act. To who sent them, the receipt of all, with how many were not
    taken; to another representative, that their drafts were among them, and who sent them."""
    by = submission.submitted_by
    return letter(
        "submitted_together",
        about=submission.election.slug,
        recipient=recipient,
        reference=submission.receipt_number,
        count=count,
        refused=refused,
        sent_at=_iso(submission.submitted_at),
        sent_by="" if recipient == by else by.full_name or by.email,
        organisation=submission.organisation.name,
        path=submission.get_absolute_url(),
        commission=in_language(submission.election.authority_names, recipient.language),
        **_election_facts(submission.election, recipient.language),
    )


def returned(application: Application, fields: Sequence[str] = ()) -> Letter:
    """The commission asks for a correction, and names the fields."""
    return _about(
        application,
        "returned",
        note=application.return_note,
        fields=field_names(fields, _language_of(application)),
        answer_by=_iso(application.answer_by),
    )


def message(application: Application, written: Message) -> Letter:
    """The commission writes to the applicant, who answers on the page of the application."""
    return _about(
        application,
        "message",
        path=f"{application.get_absolute_url()}#conversation",
        text=written.text,
    )


def approved(application: Application, decision: Decision) -> Letter:
    """With the number, and how the observer comes by their badge."""
    return _about(
        application,
        "approved",
        accreditation_number=application.accreditation_number or "",
        badge=way_to_badge(application).value,
        protocol=_protocol(decision, _language_of(application)),
    )


def appeal_lodged(application: Application, appeal: Appeal) -> Letter:
    """The appeal is stored; this is its receipt: who decides it, and by when."""
    return _about(
        application,
        "appeal_lodged",
        **_body_of(appeal, application),
        sent_at=_iso(appeal.lodged_at),
        due_at=_iso(appeal.due_at),
    )


def registered_on_appeal(application: Application, decision: Decision) -> Letter:
    """An appeal was upheld, or a complaint by a court: the observer is registered after all."""
    appeal = decision.appeal
    if appeal is None:
        raise ValueError("Registered on appeal is who has appealed.")
    return _about(
        application,
        "registered_on_appeal",
        **_body_of(appeal, application),
        **_ruling_of(appeal),
        against=appeal.decision.outcome,
        accreditation_number=application.accreditation_number or "",
        badge=way_to_badge(application).value,
        reasoning=appeal.reasoning,
    )


def appeal_dismissed(application: Application, appeal: Appeal) -> Letter:
    """With the reasons, the body that may be asked next and the last moment for it."""
    return _about(
        application,
        "appeal_dismissed",
        **_body_of(appeal, application),
        reasoning=appeal.reasoning,
        appeal_body=in_language(appeal.further_body_names, _language_of(application)),
        appeal_until=_iso(appeal.further_until),
    )


def appeal_ruling(application: Application, appeal: Appeal) -> Letter:
    """A court outside has ruled that the decision stands; the ruling is in the portal now."""
    return _about(
        application,
        "appeal_ruling",
        **_body_of(appeal, application),
        **_ruling_of(appeal),
        reasoning=appeal.reasoning,
    )


def refused(application: Application, decision: Decision) -> Letter:
    """With the ground, what was checked, the body to appeal to and the last moment for it."""
    language = _language_of(application)
    ground = decision.ground
    return _about(
        application,
        "refused",
        protocol=_protocol(decision, language),
        ground=in_language(ground.texts, language) if ground else "",
        article=in_language(ground.articles, language) if ground else "",
        unconfirmed=field_names(decision.unconfirmed_fields, language),
        what_was_checked=decision.what_was_checked,
        appeal_body=in_language(decision.appeal_body_names, language),
        appeal_until=_iso(decision.appeal_until),
    )


def cancelled(application: Application, decision: Decision) -> Letter:
    language = _language_of(application)
    return _about(
        application,
        "cancelled",
        protocol=_protocol(decision, language),
        what_was_checked=decision.what_was_checked,
        appeal_body=in_language(decision.appeal_body_names, language),
        appeal_until=_iso(decision.appeal_until),
    )


def badge_replaced(application: Application, badge: Badge) -> Letter:
    """A new badge is valid and the old one is not; why. Where to collect it."""
    with translation.override(_language_of(application)):
        why = str(badge.get_why_display())
    return _about(
        application,
        "badge_replaced",
        why=why,
        accreditation_number=badge.number,
        serial=badge.serial,
        valid_until=_iso(badge.valid_until),
    )


def badge_revoked(application: Application, badge: Badge, *, because: str) -> Letter:
    """The badge is not valid any more, and why. The registration stands."""
    return _about(
        application,
        "badge_revoked",
        because=because,
        accreditation_number=badge.number,
        serial=badge.serial,
    )


def substituted(application: Application) -> Letter:
    """The organisation has named another person in this one's place: the registration and the badge
    have ended. To the person, where there is an address; else to who filed it."""
    election = application.election
    if not application.email:
        return _about(
            application, "substituted", accreditation_number=application.accreditation_number
        )
    language = str(election.languages[0])
    return letter_to_address(
        "substituted",
        application.email,
        about=election.slug,
        language=language,
        reference=application.receipt_number or "",
        person=application.full_name,
        path="",
        commission=in_language(application.commission.names, language),
        accreditation_number=application.accreditation_number,
        **_election_facts(election, language),
    )


def withdrawn(application: Application) -> Letter:
    """Withdrawn at a written request, of somebody without an account."""
    return _about(application, "withdrawn")


def reassigned(application: Application, *, former: Commission) -> Letter:
    """Another commission decides now. The time to decide runs on; while the application is
    returned, the time to correct it."""
    moment = "due_at" if application.is_waiting else "answer_by"
    return _about(
        application,
        "reassigned",
        former=in_language(former.names, _language_of(application)),
        **{moment: _iso(getattr(application, moment))},
    )


def draft_reminder(drafts: list[Application], *, closes_at: datetime.datetime, days: int) -> Letter:
    """One person's drafts that have not been sent, and close soon. Once for each `days`. Either all
    of them name somebody in place of another, or none."""
    first = drafts[0]
    told = "substitution_reminder" if first.substitutes_id else "draft_reminder"
    return _about(
        first,
        "draft_reminder",
        once_key=f"{told}:{first.applicant_id}:{first.election_id}:{days}:{closes_at:%Y%m%d%H%M}",
        in_place_of_another=first.substitutes_id is not None,
        closes_at=_iso(closes_at),
        **_listed(drafts),
    )


def draft_lapsed(drafts: list[Application], *, closes_at: datetime.datetime) -> Letter:
    """Registration closed before one person's drafts were sent; or those that name somebody in
    place of another were not sent in time."""
    return _about(
        drafts[0],
        "draft_lapsed",
        closes_at=_iso(closes_at),
        in_place_of_another=drafts[0].substitutes_id is not None,
        **_listed(drafts),
    )


def agreement_asked(
    application: Application, *, path: str, answer_by: datetime.datetime, language: str
) -> Letter:
    """To the observer whom an organisation nominates: by whom, for what, and where to answer."""
    election = application.election
    with translation.override(language):
        place = str(application.constituency or application.get_scope_display())
    return letter_to_address(
        "agreement_asked",
        application.email,
        about=election.slug,
        language=language,
        reference=application.receipt_number or "",
        person=application.full_name,
        organisation=application.organisation.name if application.organisation else "",
        place=place,
        path=path,
        answer_by=_iso(answer_by),
        commission=in_language(application.commission.names, language),
        **_election_facts(election, language),
    )


def _body_of(appeal: Appeal, application: Application) -> dict[str, str]:
    """Who decides it, or has. A commission signs its letter; a court writes none."""
    if appeal.commission is None:
        return {"body": appeal.court}
    name = in_language(appeal.commission.names, _language_of(application))
    return {"body": name, "commission": name}


def _ruling_of(appeal: Appeal) -> dict[str, str]:
    return {
        "ruling_number": appeal.ruling_number,
        "ruled_on": appeal.ruled_on.isoformat() if appeal.ruled_on else "",
    }


def _listed(drafts: list[Application]) -> dict[str, Any]:
    """How many, the first of them by name, and the page where all of them stand."""
    first = drafts[0]
    path = first.organisation.get_absolute_url() if first.organisation else None
    return {
        "count": len(drafts),
        "people": [draft.full_name for draft in drafts[:LISTED] if draft.full_name],
        "path": path or first.get_absolute_url(),
    }


def _language_of(application: Application) -> str:
    return application.letter_language


def _protocol(decision: Decision, language: str) -> str:
    """Of the session that adopted the decision; empty where none did."""
    if decision.session is None:
        return ""
    with translation.override(language):
        return decision.session.protocol


def _about(
    application: Application, kind: str, *, once_key: str | None = None, **facts: Any
) -> Letter:
    """To the account that applied. Who applied on paper has none: to the address on the form, else
    on paper as well."""
    election, language = application.election, _language_of(application)
    facts = {
        "person": application.full_name,
        "path": application.get_absolute_url(),
        "commission": in_language(application.commission.names, language),
        **facts,
        **_election_facts(election, language),
    }
    about = {"about": election.slug, "reference": application.receipt_number or ""}
    if not application.paper_received_at:
        return letter(kind, recipient=application.applicant, once_key=once_key, **about, **facts)
    facts["path"] = ""
    if application.email:
        return letter_to_address(kind, application.email, language=language, **about, **facts)
    return letter_on_paper(kind, language=language, **about, **facts)


def _election_facts(election: Election, language: str) -> dict[str, Any]:
    """What every letter says of its election, and its times are told by."""
    return {
        "election": in_language(election.names, language),
        "time_zone": election.time_zone,
        "time_zone_names": election.time_zone_names,
    }


def _iso(moment: datetime.datetime | None) -> str:
    return moment.isoformat() if moment else ""
