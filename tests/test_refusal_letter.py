"""A refusal in three languages: each letter names ground, fields, what was checked, body, last day.

As a table of expectations, in the words that a person reads.
"""

import datetime
import re
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils.translation import override

from elections.models import RefusalGround
from notifications import outbox
from notifications.models import Letter
from observers.domain import letters
from observers.domain.snapshots import STATED
from observers.models import Decision
from tests.builders import a_user, an_application_under_review, an_election

pytestmark = pytest.mark.django_db

GROUND = {
    "az": "Ərizədəki məlumatlar həqiqətə uyğun deyil",
    "en": "The information in the application is not true",
    "ru": "Сведения в заявлении не соответствуют действительности",
}
ARTICLE = {
    "az": "Seçki Məcəlləsi, maddə 40.7",
    "en": "Election Code, art. 40.7",
    "ru": "Избирательный кодекс, ст. 40.7",
}
BODY = {
    "az": "Mərkəzi Seçki Komissiyası",
    "en": "Central Election Commission",
    "ru": "Центральная избирательная комиссия",
}
ZONE = {"az": "Bakı vaxtı", "en": "Baku time", "ru": "по бакинскому времени"}
CHECKED = "The register of identity cards does not know the number AA1234567."
FIELDS = ["photo", "surname", "birth_on", "identity_number", "documents"]
# Decided on 22 January; three days to appeal: the whole of the 25th is in time.
APPEAL_UNTIL = datetime.datetime(2024, 1, 26, tzinfo=ZoneInfo("Asia/Baku"))

PERSON = "Məmmədov Elçin Rauf oğlu"
EXPECTED = {
    "az": (
        f"Qeydiyyatdan imtina edilib: {PERSON}",
        f"Komissiya {PERSON} adlı şəxsi müşahidəçi kimi qeydiyyata almaqdan imtina edib.",
        "Əsas: Ərizədəki məlumatlar həqiqətə uyğun deyil (Seçki Məcəlləsi, maddə 40.7)",
        "Təsdiqini tapmayıb: şəkil, soyadı, doğum tarixi, sənədin nömrəsi, sənədlər",
        "Nə yoxlanılıb:",
        CHECKED,
        "Şikayət veriləcək orqan: Mərkəzi Seçki Komissiyası",
        "Şikayət vermək üçün son müddət: 25 yanvar 2024, cümə axşamı, saat 24:00 (Bakı vaxtı)",
    ),
    "en": (
        f"Refused: application of {PERSON}",
        f"The commission has refused the application of {PERSON} to be registered as an observer.",
        "Ground: The information in the application is not true (Election Code, art. 40.7)",
        "Not confirmed: photo, surname, date of birth, number of the document, documents",
        "What was checked:",
        CHECKED,
        "Body to appeal to: Central Election Commission",
        "The appeal must be lodged by: Thursday 25 January 2024, 24:00 (Baku time)",
    ),
    "ru": (
        f"Отказано в регистрации наблюдателем: {PERSON}",
        f"Комиссия отказала в регистрации наблюдателем: {PERSON}.",
        "Основание: Сведения в заявлении не соответствуют действительности "
        "(Избирательный кодекс, ст. 40.7)",
        "Не подтверждено: фотография, фамилия, дата рождения, номер документа, документы",
        "Что проверено:",
        CHECKED,
        "Орган, в который подаётся жалоба: Центральная избирательная комиссия",
        "Срок подачи жалобы: 25 января 2024 года (четверг), 24:00 (по бакинскому времени)",
    ),
}


def written(language: str, fields: list[str]) -> Letter:
    """While the page of the reviewer speaks another language."""
    election = an_election(time_zone_names=ZONE)
    application = an_application_under_review(
        election=election, applicant=a_user(language=language)
    )
    ground = RefusalGround(election=election, texts=GROUND, articles=ARTICLE)
    decision = Decision(
        application=application,
        ground=ground,
        unconfirmed_fields=fields,
        what_was_checked=CHECKED,
        appeal_body_names=BODY,
        appeal_until=APPEAL_UNTIL,
    )
    with override({"az": "ru", "en": "az", "ru": "en"}[language]):
        return letters.refused(application, decision)


def letter_in(language: str) -> Any:
    return outbox.compose(written(language, FIELDS), "a@example.org")


@pytest.mark.parametrize("language", EXPECTED)
def test_a_refusal_says_in_every_language_why_and_what_can_be_done(language):
    message, (subject, *sentences) = letter_in(language), EXPECTED[language]
    assert message.subject.strip() == subject
    lines = message.body.splitlines()
    assert [sentence for sentence in sentences if sentence not in lines] == []
    places = [lines.index(sentence) for sentence in sentences]
    assert places == sorted(places)


@pytest.mark.parametrize("language", EXPECTED)
def test_the_letter_in_html_says_the_same(language):
    message, (_subject, *sentences) = letter_in(language), EXPECTED[language]
    html = str(message.alternatives[0][0])
    read = " ".join(re.sub(r"</?(strong|br)[^>]*>", "", html).split())
    assert [sentence for sentence in sentences if sentence not in read] == []
    assert f'<html lang="{language}">' in html


@pytest.mark.parametrize("language", EXPECTED)
def test_no_word_of_another_language_stands_in_the_letter(language):
    """The commission's own words aside: what was checked is said in one language."""
    body = letter_in(language).body.replace(CHECKED, "")
    for other in set(EXPECTED) - {language}:
        strange = [*EXPECTED[other][2:5], BODY[other], ZONE[other]]
        assert [words for words in strange if words in body] == []


@pytest.mark.parametrize("language", EXPECTED)
def test_every_field_that_a_reviewer_can_name_has_a_name_in_the_letter(language):
    names = written(language, [*STATED, "documents"]).facts["unconfirmed"]
    assert len(names) == len(STATED) + 1
    latin = {name for name in names if name.isascii()}
    assert not any("_" in name for name in names)
    assert language == "en" or latin <= {"telefon"}
