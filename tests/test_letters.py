"""Every letter in every language: rendered from the facts that the domain writes."""

import datetime
import re
from typing import Any

import pytest
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.utils.translation import override

from notifications import account_letters, outbox
from notifications.models import Letter
from observers.domain import (
    agreement,
    appeals,
    closing,
    conversation,
    letters,
    paper,
    reassigning,
    replacing,
    submissions,
)
from observers.domain.applications import move
from observers.domain.reasons import Reasons
from observers.enums import IssueReason
from observers.lifecycle import CANCEL, SUBMIT
from observers.models import Application
from organisations.domain import letters as organisation_letters
from organisations.domain import nominations, people
from tests import builders as make

pytestmark = pytest.mark.django_db

LANGUAGES = ("az", "en", "ru")
# The moment in words, as it must stand in the letter: in full, with its zone.
IN_FULL = re.compile(r"\d{4}, \d\d:\d\d \(Baku time \((az|en|ru)\)\)")


def the_letter(kind: str) -> Letter:
    letter: Letter = Letter.unscoped.get(kind=kind)
    return letter


def composed(letter: Letter) -> EmailMultiAlternatives:
    return outbox.compose(letter, "somebody@example.org")


def html_of(message: EmailMultiAlternatives) -> str:
    return str(message.alternatives[0][0])


def read(html: str) -> str:
    """HTML as it is read, in one line."""
    body = re.sub(r"<[^>]+>", " ", html[html.index("<body>") :])
    for entity, sign in (
        ("&quot;", '"'),
        ("&#x27;", "'"),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&amp;", "&"),
    ):
        body = body.replace(entity, sign)
    return squeezed(body)


def squeezed(text: str) -> str:
    return re.sub(r"[\s–]+", "", text)


# --- Each letter, by what causes it ---------------------------------------------------------------


def received(applicant: Any) -> None:
    make.a_submitted(applicant=applicant)


def submitted_together(applicant: Any) -> None:
    """Two were sent, a third has no photo."""
    election = make.an_election()
    theirs = make.an_organisation(election=election, owner=applicant)
    make.many_drafts(2, election=election, organisation=theirs)
    make.a_draft(election=election, organisation=theirs, photo=False)
    submissions.submit_many(
        Application.unscoped.filter(organisation=theirs),
        organisation=theirs,
        election=election,
        actor=applicant,
        confirmed=True,
    )


def returned(applicant: Any) -> None:
    make.a_returned(applicant=applicant, note="The photo shows two people.")


def message(applicant: Any) -> None:
    application = make.a_submitted(applicant=applicant)
    chair = make.the_chair(application.election)
    text = "Is Bakı, Nizami 5 your address <now>?"
    conversation.write_to_applicant(application, author=chair, text=text)


def approved(applicant: Any) -> None:
    make.an_approved(applicant=applicant)


def refused(applicant: Any) -> None:
    make.a_refused(applicant=applicant)


def cancelled(applicant: Any) -> None:
    observer = make.an_approved(applicant=applicant)
    reasons = Reasons(what_was_checked="Court act 5 of 1 February.")
    move(make.one(observer), CANCEL, actor=make.the_chair(observer.election), reasons=reasons)


def badge_replaced(applicant: Any) -> None:
    observer = make.an_approved(applicant=applicant)
    chair = make.the_chair(observer.election)
    replacing.replace(make.badge_of(observer), why=IssueReason.LOST, by=chair)


def badge_revoked(applicant: Any) -> None:
    observer = make.an_approved(applicant=applicant)
    chair = make.the_chair(observer.election)
    replacing.revoke(make.badge_of(observer), by=chair, because="Lent to <somebody> else.")


def substituted(applicant: Any) -> None:
    """Of somebody without an address: otherwise it goes there, in the language of the election."""
    election = make.an_election()
    make.substitutions_close(election)
    theirs = make.an_organisation(election=election, owner=applicant)
    former = make.an_approved(election=election, organisation=theirs, email="")
    draft = make.a_substitute(former)
    move(make.one(draft), SUBMIT, actor=make.afresh(applicant))


def withdrawn(applicant: Any) -> None:
    """Only what came on paper is withdrawn by others; its letters are in the language of the
    form."""
    on_paper = make.an_application_on_paper(language=applicant.language)
    paper.withdraw(on_paper, actor=on_paper.applicant, request="Letter of 2 February.")


def reassigned(applicant: Any) -> None:
    application = make.a_submitted(applicant=applicant)
    election = application.election
    reassigning.transfer(
        make.one(application),
        to=make.central_commission(election),
        actor=make.the_chair(election),
        reason="The law sends it there.",
    )


def appeal_lodged(applicant: Any) -> None:
    make.an_appeal(applicant=applicant)


def registered_on_appeal(applicant: Any) -> None:
    appeal = make.an_appeal(applicant=applicant)
    appeals.uphold(appeal, actor=make.a_judge(appeal), reasoning="The card was valid.")


def appeal_dismissed(applicant: Any) -> None:
    appeal = make.an_appeal(applicant=applicant)
    appeals.dismiss(appeal, actor=make.a_judge(appeal), reasoning="Nobody knows the number.")


def appeal_ruling(applicant: Any) -> None:
    refusal = make.a_refused(applicant=applicant, scope="nationwide")
    chair = make.the_chair(refusal.election)
    appeals.record_ruling(refusal, actor=chair, ruling=make.a_ruling(upheld=False))


def draft_reminder(applicant: Any) -> None:
    election = make.an_election(closes_in=datetime.timedelta(hours=60))
    for _ in range(2):
        make.a_draft(applicant=applicant, election=election)
    closing.remind_of_drafts()


def draft_lapsed(applicant: Any) -> None:
    draft = make.a_draft(applicant=applicant)
    outbox.write([letters.draft_lapsed([draft], closes_at=draft.window.closes_at)])


def agreement_asked(applicant: Any) -> None:
    election = make.an_election(languages=[applicant.language], observer_consent="before_badge")
    theirs = make.an_organisation(owner=applicant, name="Üfüq & Co")
    draft = make.a_draft(election=election, organisation=theirs)
    agreement.ask(make.one(draft), by=applicant)


def _right(applicant: Any) -> Any:
    election = make.an_election()
    organisation = make.an_organisation(
        owner=applicant, name="Üfüq & Co", election=election, granted=False
    )
    right = organisation.rights.model.unscoped.get(organisation=organisation)
    return nominations.submit(right, by=applicant), make.the_chair(election)


def nomination_received(applicant: Any) -> None:
    _right(applicant)


def nomination_granted(applicant: Any) -> None:
    right, chair = _right(applicant)
    nominations.grant(right, by=chair)


def nomination_returned(applicant: Any) -> None:
    right, chair = _right(applicant)
    nominations.give_back(right, by=chair, note="The charter lacks a page.")


def nomination_refused(applicant: Any) -> None:
    right, chair = _right(applicant)
    ground = make.a_ground(right.election, "organisation")
    refusal = nominations.Refusal(ground=ground, what_was_checked="The decision is not signed.")
    nominations.refuse(right, by=chair, refusal=refusal)


def invitation(applicant: Any) -> None:
    organisation = make.an_organisation(owner=applicant)
    people.invite(organisation=organisation, email="new@example.org", by=applicant)


CAUSES = (
    received, submitted_together, returned, message, approved, refused, cancelled, withdrawn,
    badge_replaced, badge_revoked, substituted, reassigned, appeal_lodged,
    registered_on_appeal, appeal_dismissed, appeal_ruling,
    draft_reminder, draft_lapsed, agreement_asked, nomination_received, nomination_granted,
    nomination_returned, nomination_refused, invitation,
)  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("cause", CAUSES, ids=lambda cause: cause.__name__)
def test_a_letter_says_the_same_in_text_and_html(cause, language):
    cause(make.a_user(language=language, full_name="Anar Quliyev"))
    letter = the_letter(cause.__name__)
    assert letter.language == language
    message = composed(letter)
    html = html_of(message)
    assert squeezed(message.body) == read(html)
    assert message.subject
    assert "\n" not in message.subject
    assert f'<html lang="{language}">' in html
    assert message.extra_headers["Content-Language"] == language
    assert "{" not in message.body + message.subject
    assert "&amp;" not in message.body
    assert "None" not in message.body


@pytest.mark.parametrize("cause", CAUSES, ids=lambda cause: cause.__name__)
def test_every_moment_in_the_facts_is_in_the_letter_in_full(cause):
    cause(make.a_user(language="en"))
    letter = the_letter(cause.__name__)
    names = ("due_at", "answer_by", "appeal_until", "closes_at", "sent_at", "valid_until")
    moments = [letter.facts[name] for name in names if letter.facts.get(name)]
    assert len(IN_FULL.findall(composed(letter).body)) == len(moments)


@pytest.mark.parametrize("cause", CAUSES, ids=lambda cause: cause.__name__)
def test_every_letter_links_to_where_it_matters_and_names_its_receipt(cause, settings):
    settings.SITE_URL = "https://portal.example.org"
    cause(make.a_user())
    letter = the_letter(cause.__name__)
    body = composed(letter).body
    # Without an account there is no page to lead to: the next step is said in words.
    path = letter.facts["path"] or "/"
    assert f"https://portal.example.org{path}\n" in body
    assert letter.reference in body
    assert letter.facts.get("commission", "") in body


def test_there_is_a_letter_for_every_function_and_a_test_for_every_letter():
    functions = {
        name
        for module in (letters, organisation_letters)
        for name, value in vars(module).items()
        if callable(value)
        and getattr(value, "__module__", "") == module.__name__
        and not name.startswith("_")
    }
    assert functions == {cause.__name__ for cause in CAUSES}


# --- What single letters say ----------------------------------------------------------------------


def test_a_refusal_says_ground_fields_what_was_checked_and_where_to_appeal():
    refused(make.a_user(language="en"))
    body = composed(the_letter("refused")).body
    lines = body.splitlines()
    assert lines[0] == (
        "The commission has refused the application of Məmmədov Elçin Rauf oğlu to be registered "
        "as an observer."
    )
    assert "Ground: The information is not confirmed (en) (Election Code, art. 40 (en))" in lines
    assert "Not confirmed: number of the document" in lines
    assert "The register of identity cards does not know the number." in lines
    assert "Body to appeal to: The body above (en)" in lines


def test_the_fields_of_a_refusal_are_named_in_the_language_of_the_letter():
    refused(make.a_user(language="az"))
    field = Application._meta.get_field("identity_number")
    with override("az"):
        name = str(field.verbose_name)
    assert the_letter("refused").facts["unconfirmed"] == [name]


def test_the_subject_says_the_outcome():
    approved(make.a_user(language="en"))
    message = composed(the_letter("approved"))
    assert message.subject == "Registered as an observer: Məmmədov Elçin Rauf oğlu"
    assert Application.unscoped.get().accreditation_number in message.body


def test_the_receipt_of_an_appeal_says_who_decides_it_and_by_when():
    appeal_lodged(make.a_user(language="en"))
    message = composed(the_letter("appeal_lodged"))
    assert message.subject == "Appeal received: Məmmədov Elçin Rauf oğlu"
    assert "Decided by: Mərkəzi Seçki Komissiyası (en)" in message.body.splitlines()
    assert "The body above decides by " in message.body


def test_an_upheld_appeal_says_in_its_subject_that_the_person_is_registered():
    registered_on_appeal(make.a_user(language="en"))
    message = composed(the_letter("registered_on_appeal"))
    name = "Məmmədov Elçin Rauf oğlu"
    assert message.subject == f"Appeal upheld, registered as an observer: {name}"
    assert message.body.splitlines()[0] == (
        f"The appeal against the refusal was upheld: {name} is registered as an observer."
    )
    number = Application.unscoped.get().accreditation_number
    assert f"Accreditation number: {number}" in message.body.splitlines()
    assert "The card was valid." in message.body.splitlines()
    assert "ruling" not in message.body


def test_a_cancelled_registration_is_said_to_be_made_again():
    appeal = make.an_appeal(make.a_cancelled(applicant=make.a_user(language="en")))
    appeals.uphold(appeal, actor=make.a_judge(appeal), reasoning="It was annulled.")
    assert composed(the_letter("registered_on_appeal")).body.startswith(
        "The appeal against the cancellation was upheld: Məmmədov Elçin Rauf oğlu is registered"
    )


def test_a_dismissed_appeal_says_why_and_who_may_be_asked_next():
    appeal_dismissed(make.a_user(language="en"))
    message = composed(the_letter("appeal_dismissed"))
    lines = message.body.splitlines()
    assert message.subject == "Appeal dismissed: Məmmədov Elçin Rauf oğlu"
    assert "Nobody knows the number." in lines
    assert "Who may be asked next: The body above (en)" in lines
    assert any(line.startswith("A further appeal must be lodged by: ") for line in lines)


def test_a_courts_ruling_is_named_with_its_number_and_day():
    appeal_ruling(make.a_user(language="en"))
    message = composed(the_letter("appeal_ruling"))
    lines = message.body.splitlines()
    assert message.subject == "The court has dismissed the complaint: Məmmədov Elçin Rauf oğlu"
    assert "Court: Court of Appeal" in lines
    assert "Number of the ruling: 2-1(103)-77/2024" in lines
    assert "Date of the ruling: Thursday 1 February 2024" in lines


def test_a_return_keeps_the_lines_of_its_note():
    make.a_returned(
        applicant=make.a_user(language="en"), note="The photo is dark.\nThe name <b>is</b> cut."
    )
    message = composed(the_letter("returned"))
    assert "The photo is dark.\nThe name <b>is</b> cut." in message.body
    assert "The photo is dark.<br>The name &lt;b&gt;is&lt;/b&gt; cut." in html_of(message)


def test_a_reminder_counts_and_names_the_drafts():
    draft_reminder(make.a_user(language="en"))
    message = composed(the_letter("draft_reminder"))
    assert message.subject.startswith("2 applications not sent yet: registration closes ")
    assert message.body.count("– Məmmədov Elçin Rauf oğlu\n") == 2


def test_a_name_with_a_line_break_makes_no_header():
    letter = outbox.letter(
        "received",
        about="e",
        recipient=make.a_user(language="en"),
        person="A\r\nBcc: b@c.d",
        election="E",
        commission="C",
        path="/x/",
        due_at="",
        time_zone="UTC",
    )
    message = composed(letter)
    assert message.subject == "Application received: A Bcc: b@c.d ()"
    assert message.message()["Bcc"] is None


# --- Letters of accounts --------------------------------------------------------------------------


def account_letter(message: EmailMessage) -> EmailMultiAlternatives:
    return composed(account_letters.account(message, language="en"))


def test_what_allauth_has_worded_is_said_in_both_forms():
    text = "Confirm:\n\nhttps://example.org/?a=1&b=<2>"
    message = account_letter(EmailMessage("Confirm & go", text, to=["a@example.org"]))
    assert message.subject == "Confirm & go"
    assert message.body.startswith(text)
    assert '<a href="https://example.org/?a=1&amp;b=' in html_of(message)


def test_nothing_is_fetched_from_elsewhere_by_opening_a_letter():
    for cause in CAUSES[:4]:
        cause(make.a_user())
    for letter in Letter.unscoped.all():
        assert not re.search(
            r"<(img|link|script|style|iframe)|style=|src=", html_of(composed(letter))
        )
