"""The components say what they must, whoever calls them."""

import re
from typing import Any

import pytest
from crispy_forms.helper import FormHelper
from crispy_forms.utils import render_crispy_form
from django import forms
from django.conf import settings
from django.template import Context, Template
from django.utils.translation import override

from notifications.enums import LetterStatus
from observers.enums import AppealStatus, BadgeStatus, Status
from organisations.enums import NominationStatus

STATUSES = [
    status
    for enumeration in (Status, BadgeStatus, AppealStatus, NominationStatus, LetterStatus)
    for status in enumeration.values
]


def static(path: str) -> str:
    return (settings.BASE_DIR / "static" / path).read_text(encoding="utf-8")


def rendered(source: str, **context: object) -> str:
    with override("en"):
        return Template(source).render(Context(context))


@pytest.mark.parametrize("status", sorted(set(STATUSES)))
def test_every_status_has_a_colour_and_a_symbol(status):
    assert re.search(rf"\.status--{status}\b", static("css/shared.css"))
    assert f'<symbol id="{status}"' in static("img/symbols.svg")


def test_a_status_shows_its_symbol_beside_its_word():
    html = rendered(
        '{% include "components/status.html" with status=status label=status.label only %}',
        status=Status.RETURNED,
    )
    assert "symbols" in html
    assert "#returned" in html
    assert "<span>Returned for correction</span>" in html


class Question(forms.Form):
    surname = forms.CharField(help_text="As in the identity card.")
    scope = forms.ChoiceField(choices=[("a", "Here"), ("b", "There")], widget=forms.RadioSelect)
    note = forms.CharField(required=False)


def shown(form: Any) -> str:
    form.helper = FormHelper()
    with override("en"):
        return render_crispy_form(form)


def test_a_wrong_answer_is_described_by_its_hint_and_its_error():
    html = shown(Question({}))
    field = re.search(r"<input[^>]*id=\"id_surname\"[^>]*>", html).group()
    assert 'aria-describedby="id_surname_helptext id_surname_error"' in field
    assert 'aria-invalid="true"' in field
    assert 'id="id_surname_helptext"' in html
    assert 'id="id_surname_error"' in html


def test_a_question_reads_label_then_error_then_hint_then_control():
    html = shown(Question({}))
    order = ["<label for=", "id_surname_error", "id_surname_helptext", "<input"]
    question = html[html.index('id="div_id_surname"') :].replace("aria-describedby", "")
    assert sorted(order, key=question.index) == order


def test_the_error_summary_links_to_the_first_control_of_each_field():
    html = shown(Question({}))
    assert re.findall(r'<a href="#(\w+)">', html) == ["id_surname", "id_scope_0"]
    assert 'id="id_scope_0"' in html
    assert "data-error-summary" in html


def test_a_form_without_errors_shows_no_summary():
    assert "data-error-summary" not in shown(Question())


def test_what_may_be_left_out_says_so():
    html = shown(Question())
    assert html.count("(optional)") == 1
    assert html.index("Note") < html.index("(optional)")


def test_no_template_has_inline_script_or_style():
    folder = settings.BASE_DIR / "templates"
    inline = re.compile(r"\sstyle=|\son[a-z]+=\"|<style|<script(?![^>]*\b(src|application/json))")
    letters = folder / "letters"
    pages = [page for page in folder.rglob("*.html") if letters not in page.parents]
    assert [page.name for page in pages if inline.search(page.read_text(encoding="utf-8"))] == []
