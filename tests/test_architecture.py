"""What no single test of behaviour would notice: rules that every module and template keeps."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import DatabaseError
from django.forms import ModelForm
from django.test import RequestFactory

from accounts.scoping import ScopedManager
from notifications.models import Letter
from observers.models import Application
from organisations.models import NominationRight
from tests.builders import a_draft, a_submitted, an_approved, an_organisation

PROJECT = Path(__file__).resolve().parent.parent
ROOMS = ("accounts", "elections", "notifications", "observers", "organisations", "privacy")
MODELS = [model for room in ROOMS for model in apps.get_app_config(room).get_models()]
TEMPLATES = sorted((PROJECT / "templates").rglob("*.html"))
# Templates that crispy forms and Django fill, with whatever they have.
FILLED_BY_FRAMEWORKS = ("bootstrap5", "django")
PAGES = [path for path in TEMPLATES if "letters" not in path.parts]
# Rules with reach of their own; all else meets people and goes through `visible_to`.
UNSCOPED_MAY_BE_IN = re.compile(
    r"/(domain|demo|loading|management|migrations|models)/"
    r"|/(models|outbox|permissions|queries|scoping|tasks)\.py$"
    r"|/intake/(?!forms)\w+\.py$"  # its pages are in intake/views/
    r"|/register/\w+\.py$"  # and these in register/views/
)


def named(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(PROJECT)) for path in paths]


def modules() -> list[Path]:
    return [path for room in ROOMS for path in sorted((PROJECT / room).rglob("*.py"))]


def lines_with(pattern: str, paths: list[Path]) -> list[str]:
    found = re.compile(pattern)
    return [
        f"{path.relative_to(PROJECT)}:{number}: {line.strip()}"
        for path in paths
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if found.search(line)
    ]


# --- Rows are shown to somebody, or not at all ----------------------------------------------------


def test_views_forms_and_the_admin_never_go_past_the_scoping():
    facing = [path for path in modules() if not UNSCOPED_MAY_BE_IN.search(f"/{path}")]
    assert len(facing) > 20
    assert lines_with(r"\.unscoped\b|_base_manager|\.raw\(", facing) == []


def test_pages_reach_the_parts_of_a_row_through_the_row():
    """A document, an event or a decision is nobody's by itself: it is its application's."""
    parts = "ApplicationDocument|ApplicationEvent|NominationDocument|NominationDecision"
    parts += "|SubmissionLine|UploadedPhoto|BatchLine|AgendaItem|Claim|InternalNote|Message"
    parts += "|MissingPhoto|PaperForm|Reassignment|Return"
    parts += "|HandoverLine|PrintPart|PrintLine"
    pages = [path for path in modules() if re.search(r"views|admin|forms", str(path))]
    found = lines_with(rf"\b({parts}|NominationEvent|Decision)\.objects", pages)
    assert found == []


def test_who_a_row_belongs_to_is_said_by_every_model_that_names_people():
    """A new model stands in one list or the other on purpose."""
    scoped = {
        model.__name__ for model in MODELS if isinstance(model._default_manager, ScopedManager)
    }
    problems = {model.__name__ for model in MODELS if model._meta.proxy}
    assert problems <= scoped
    assert scoped - problems == {
        "Appeal",
        "Application",
        "Badge",
        "Batch",
        "BlankMovement",
        "CommissionSession",
        "Handover",
        "Letter",
        "NominationProposal",
        "NominationRight",
        "Organisation",
        "PrintBatch",
        "Proposal",
        "Submission",
        "Upload",
    }
    # Of the calendar and the authorities, public; or reached only through a scoped row.
    assert {model.__name__ for model in MODELS} - scoped == {
        "AgendaItem",
        "AppealEvent",
        "ApplicationCount",
        "ApplicationDocument",
        "ApplicationEvent",
        "BadgeEvent",
        "BatchLine",
        "CalendarEvent",
        "Claim",
        "Commission",
        "CommissionMember",
        "Constituency",
        "Decision",
        "Election",
        "ExemptPerson",
        "Extension",
        "HandoverLine",
        "InternalNote",
        "Message",
        "MissingPhoto",
        "NominationDecision",
        "NominationDocument",
        "NominationEvent",
        "PaperForm",
        "PrintPart",
        "PrintLine",
        "Reassignment",
        "Recusal",
        "RefusalGround",
        "RegisterChange",
        "RegisterSnapshot",
        "RegisterWord",
        "RegisteredName",
        "RegisteredObserver",
        "Representative",
        "RequiredDocument",
        "Return",
        "RunOff",
        "SavedReply",
        "SettledPair",
        "StatisticsSnapshot",
        "SubmissionLine",
        "UploadedPhoto",
        "User",
        "Window",
    }


@pytest.mark.django_db
def test_scoped_managers_start_empty():
    an_organisation(election=an_approved().election)
    for model in MODELS:
        if isinstance(model._default_manager, ScopedManager):
            assert list(model.objects.all()) == []
            assert (model.objects.count(), model.objects.filter(pk__gt=0).exists()) == (0, False)


@pytest.mark.django_db
def test_related_managers_start_empty_too():
    application = a_submitted()
    assert list(application.election.applications.all()) == []
    assert list(application.applicant.applications.all()) == []
    assert list(application.commission.applications.all()) == []


# --- Status is nobody's field ---------------------------------------------------------------------

WITH_STATUS = [
    model for model in MODELS if "status" in {field.name for field in model._meta.fields}
]


def forms_below(form: type) -> set[type]:
    found: set[type] = {form}
    subclasses: list[type] = form.__subclasses__()
    for below in subclasses:
        found |= forms_below(below)
    return found


def test_status_is_not_editable():
    machines = [model for model in WITH_STATUS if not issubclass(model, Letter)]
    assert {model._meta.get_field("status").editable for model in machines} == {False}


def test_no_form_has_a_status():
    import config.urls  # noqa: F401  (brings in every page and its forms)

    ours = [form for form in forms_below(ModelForm) if form.__module__.split(".")[0] in ROOMS]
    assert [form for form in ours if "status" in getattr(form, "base_fields", {})] == []


@pytest.mark.django_db
def test_the_admin_offers_no_status(admin_user):
    request = RequestFactory().get("/admin/")
    request.user = admin_user
    for model, page in admin.site._registry.items():
        assert "status" not in page.list_editable
        if model in WITH_STATUS and page.has_change_permission(request):
            assert "status" not in page.get_form(request).base_fields, model


@pytest.mark.django_db
def test_saving_a_model_does_not_move_it():
    """As a careless line in a view would."""
    draft = a_draft()
    draft.status = "approved"
    with pytest.raises(DatabaseError, match="Invalid transition"):
        draft.save()


# --- Templates ------------------------------------------------------------------------------------


def test_there_are_templates_to_look_at():
    assert len(PAGES) > 50


def test_no_page_has_inline_script_or_style():
    """The Content-Security-Policy would stop it, without a word to the reader."""
    inline = (
        r"<style\b"
        r"|<script\b(?![^>]*(\bsrc=|application/json))"
        r"|<[^>]*\sstyle\s*="
        r"|<[^>]*\son[a-z]+\s*="
        r"|javascript:"
    )
    assert lines_with(inline, PAGES) == []


def test_every_include_is_given_what_it_uses_and_nothing_else():
    others = (
        "widget.template_name",
        "part.template_name",
        '"mfa/webauthn/snippets/',
        '"account/snippets/already_logged_in.html"',
    )
    includes = lines_with(r"{%-?\s*include\b", ours())
    own = [line for line in includes if not any(f"include {other}" in line for other in others)]
    assert len(own) > 50
    assert [line for line in own if not re.search(r"\bonly\s*%}", line)] == []


def ours() -> list[Path]:
    return [path for path in PAGES if not {*FILLED_BY_FRAMEWORKS} & {*path.parts}]


def test_nothing_is_marked_safe():
    assert lines_with(r"\|\s*safe\b|{%\s*autoescape off", ours()) == []
    assert lines_with(r"\bmark_safe\(|SafeString\(", modules()) == []


def test_nothing_is_loaded_from_elsewhere():
    assert lines_with(r"""(src|href)=["'](https?:)?//""", PAGES) == []


def test_no_form_forgets_its_token():
    for path in PAGES:
        forms = re.findall(r'<form\b[^>]*method="post".*?</form>', path.read_text(), re.S | re.I)
        assert [form for form in forms if "csrf" not in form] == [], path


# --- Migrations -----------------------------------------------------------------------------------


def test_migrations_are_named_by_hand():
    paths = [path for room in ROOMS for path in (PROJECT / room / "migrations").glob("0*.py")]
    assert [name for name in named(paths) if re.search(r"_auto_|_alter_|_\d{8}", name)] == []


def test_both_machines_of_the_paper_are_guarded():
    for model in (Application, NominationRight):
        assert {trigger.name for trigger in model._meta.triggers} >= {
            "begins_as_initial",
            "beginnings_are_recorded",
            "comes_back_in_its_place",
            "decided_by_a_decision",
            "legal_moves",
            "moves_are_recorded",
            "submission_is_kept",
            "submitted_in_time",
            "submitted_is_not_deleted",
        }
