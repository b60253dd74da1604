"""The automatic checks: what each shows, for one and for many in as many queries."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.enums import StaffRole
from elections.domain.clock import database_now
from elections.enums import ObserverConsent
from observers.domain import document_numbers
from observers.domain.checks import checkable, is_clean, run_checks
from observers.domain.duplicates import likenesses
from observers.domain.exempt import exempt
from observers.enums import CheckOutcome
from observers.models import Application, MissingPhoto, SettledPair
from tests import builders

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

PASSED, ATTENTION, FAILED = CheckOutcome.PASSED, CheckOutcome.ATTENTION, CheckOutcome.FAILED


def checked(application):
    row = checkable(builders.one(application)).get()
    return {each.code: each for each in run_checks([row], now=database_now())[row.pk]}


def outcomes(application):
    """What is not in order, by code."""
    found = checked(application).values()
    return {each.code: each.outcome for each in found if each.outcome != PASSED}


def test_an_ordinary_application_is_clean():
    found = checked(builders.a_submitted())
    assert [each.code for each in found.values() if each.outcome != PASSED] == []
    assert is_clean(found.values())
    assert all(each.sentence.endswith(".") for each in found.values())


def test_one_thing_to_look_at_is_not_clean():
    found = checked(builders.a_submitted(identity_number="QQ1234567"))
    assert not is_clean(found.values())


@pytest.mark.parametrize(
    ("number", "citizenship", "document", "expected"),
    [
        ("AA1234567", "AZ", "identity_card", True),
        ("AA123456", "AZ", "identity_card", False),
        ("AA12345678", "AZ", "identity_card", False),
        ("AZE12345678", "AZ", "identity_card", True),
        ("12345678", "AZ", "identity_card", True),
        ("1234567", "AZ", "identity_card", False),
        ("XD1234567", "AZ", "identity_card", False),
        ("C01234567", "AZ", "passport", True),
        ("P1234567", "AZ", "passport", True),
        ("P12345678", "AZ", "passport", False),
        ("750123456", "RU", "passport", True),
        ("C4F7K9X21", "DE", "passport", True),
        ("ABCDEF123", "DE", "passport", False),
        ("12345", "DE", "passport", False),
        ("1234567890123", "DE", "passport", False),
    ],
)
def test_the_form_of_a_number(settings, number, citizenship, document, expected):
    settings.DEMO = False
    form = document_numbers.has_usual_form(number, citizenship=citizenship, document=document)
    assert form == expected


def test_only_the_demo_knows_its_made_up_series(settings):
    settings.DEMO = True
    assert document_numbers.has_usual_form("XD1234567", citizenship="AZ", document="identity_card")


def test_a_number_of_another_form_is_to_be_looked_at():
    assert outcomes(builders.a_submitted(identity_number="AA123456")) == {"number_form": ATTENTION}


def test_somebody_too_young_by_a_day():
    election = builders.an_election(minimum_age=18)
    day = election.polling_on
    birthday = day.replace(year=day.year - 18)
    old_enough = builders.a_submitted(election=election, birth_on=birthday)
    assert outcomes(old_enough) == {}
    election.minimum_age = 19
    election.save()
    assert outcomes(old_enough) == {"age": FAILED}


def test_sent_at_the_moment_of_closing_is_too_late():
    application = builders.a_submitted()
    windows = application.election.windows
    windows.update(closes_at=application.submitted_at)
    assert outcomes(application) == {"in_time": FAILED}
    windows.update(closes_at=application.submitted_at + datetime.timedelta(microseconds=1))
    assert outcomes(application) == {}


def test_a_window_that_does_not_admit_the_kind():
    application = builders.a_submitted()
    application.election.windows.update(kinds=["party"])
    assert outcomes(application) == {"place": FAILED}


def test_a_required_document_that_is_missing_is_named():
    application = builders.a_submitted()
    document = builders.a_required_document(application.election)
    found = checked(application)["documents"]
    assert (found.outcome, found.sentence) == (FAILED, f"Missing: {document.title}.")


def test_a_photo_whose_file_is_lost():
    application = builders.a_submitted()
    MissingPhoto.objects.create(application=application)
    assert outcomes(application) == {"photo": FAILED}


def test_a_person_refused_before_is_to_be_looked_at():
    election = builders.an_election()
    before = builders.a_refused(election=election, identity_number="AA7654321", surname="Quliyev")
    application = builders.a_submitted(
        election=election, identity_number="AA7654321", birth_on=datetime.date(1990, 1, 1)
    )
    found = checked(application)["duplicate"]
    assert found.outcome == ATTENTION
    assert before.receipt_number in found.sentence


def test_a_namesake_born_on_the_same_day_is_asked_about_once():
    election = builders.an_election()
    one, other = (builders.a_submitted(election=election) for _ in range(2))
    assert outcomes(other) == outcomes(one) == {"look_alike": ATTENTION}
    SettledPair.objects.create(
        first=one, second=other, is_same_person=False, settled_by=builders.the_chair(election)
    )
    assert outcomes(other) == outcomes(one) == {}


def test_a_withdrawn_namesake_is_gone():
    election = builders.an_election()
    builders.a_withdrawn(election=election)
    assert outcomes(builders.a_submitted(election=election)) == {}


def test_who_applies_alone_and_is_nominated_too():
    election = builders.an_election()
    organisation = builders.an_organisation(election=election)
    nominated = builders.a_submitted(election=election, organisation=organisation)
    alone = builders.a_submitted(election=election)
    assert outcomes(alone) == {"look_alike": ATTENTION, "nominated_too": ATTENTION}
    assert outcomes(nominated) == {"look_alike": ATTENTION}


@pytest.mark.parametrize(
    ("name", "number", "born", "flagged"),
    [
        ("Nobody At All", "AA7654321", None, True),
        ("ALIYEV ELCHIN", "", None, True),
        ("Əliyev Elçin Rauf oğlu", "", datetime.date(1970, 5, 5), True),
        ("Əliyev Elçin Rauf oğlu", "", datetime.date(1970, 5, 6), False),
        ("Əliyev Kamran", "", None, False),
        ("Əliyev Rauf", "", None, False),
        ("Əliyev Elçin Murad oğlu", "", None, False),
        ("Elçin Əliyev", "", None, True),
        ("Алиев Эльчин", "", None, True),
    ],
)
def test_a_candidate_who_applies(name, number, born, flagged):
    election = builders.an_election()
    builders.an_exempt_person(election, name, number=number, born=born)
    application = builders.a_submitted(
        election=election,
        surname="Əliyev",
        identity_number="AA7654321",
        birth_on=datetime.date(1970, 5, 5),
    )
    assert outcomes(application) == ({"exempt": ATTENTION} if flagged else {})


def test_a_member_of_a_commission_who_applies():
    election = builders.an_election()
    builders.a_staff_member(StaffRole.CONSTITUENCY_REVIEWER, election, full_name="Leyla Həsənova")
    application = builders.a_submitted(
        election=election, surname="Həsənova", given_name="Leyla", patronymic=""
    )
    found = checked(application)["exempt"]
    assert found.outcome == ATTENTION
    assert found.sentence == "Might need no registration: Leyla Həsənova (Member of a commission)."


def test_exempt_people_of_another_election_do_not_count():
    builders.an_exempt_person(builders.an_election(), "Məmmədov Elçin")
    assert outcomes(builders.a_submitted()) == {}


def test_an_organisation_whose_right_is_not_granted():
    election = builders.an_election()
    organisation = builders.an_organisation(election=election)
    application = builders.a_submitted(election=election, organisation=organisation)
    assert outcomes(application) == {}
    row = checkable(builders.one(application)).get()
    row.organisation = builders.an_organisation(election=election, granted=False)
    found = {each.code: each for each in run_checks([row], now=database_now())[row.pk]}
    assert found["nomination"].outcome == FAILED


@pytest.mark.parametrize(
    ("consent", "answer", "expected"),
    [
        (ObserverConsent.NOT_ASKED, "", {}),
        (ObserverConsent.BEFORE_BADGE, "", {}),
        (ObserverConsent.BEFORE_BADGE, "declined", {"agreement": FAILED}),
        (ObserverConsent.BEFORE_SUBMISSION, "", {"agreement": ATTENTION}),
        (ObserverConsent.BEFORE_SUBMISSION, "agreed", {}),
    ],
)
def test_the_observers_own_answer(consent, answer, expected):
    election = builders.an_election()
    organisation = builders.an_organisation(election=election)
    application = builders.a_submitted(election=election, organisation=organisation)
    election.observer_consent = consent
    election.save()
    builders.one(application).update(
        observer_answer=answer, observer_answered_at=database_now() if answer else None
    )
    assert outcomes(application) == expected


def test_fifty_are_checked_in_as_many_queries_as_one():
    election = builders.an_election()
    builders.a_required_document(election, is_required=False)
    builders.an_exempt_person(election, "Məmmədov Elçin")
    drafts = builders.many_drafts(50, election=election)
    rows = list(checkable(Application.unscoped.filter(pk__in=[row.pk for row in drafts])))
    counts = []
    for number in (1, 50):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            run_checks(rows[:number], now=database_now())
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_likenesses_and_exempt_people_need_nothing_sealed():
    rows = Application.unscoped.filter(pk=builders.a_submitted().pk).defer(
        "birth_on", "identity_number", "address", "phone", "email"
    )
    row = rows.get()
    likenesses([row])
    exempt([row])
    assert row.get_deferred_fields() == {
        "birth_on", "identity_number", "address", "phone", "email",
    }  # fmt: skip
