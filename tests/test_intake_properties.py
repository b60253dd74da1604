"""The reader is fed what nobody would think of: it answers with rows, or with its own error."""

import datetime
import io
import zipfile

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from observers.intake.columns import COLUMNS
from observers.intake.findings import Unusable, say
from observers.intake.reading import Sheet, find_headings, read_people, read_sheet
from tests.test_intake_reading import ROWS, RULES, ods, xls, xlsx

WORKBOOKS = [xlsx(ROWS), xls(ROWS), ods(ROWS)]
CELLS = st.one_of(
    st.none(),
    st.text(max_size=40),
    st.text("0123456789.,-/ eE+AZƏİıа", max_size=14),
    st.floats(),
    st.integers(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.sampled_from(["#REF!", "ƏLİYEV", "07.02.1990", "AA1234567", "7", "Cəmi:", "РФ", "pasport"]),
)
quickly = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow], database=None
)
# Each of these starts a process.
sparingly = settings(quickly, max_examples=25)


def read(content: bytes) -> None:
    """Whatever is found in it can be said, and so can the reason why it cannot be used."""
    try:
        sheet = read_sheet(content, "list.xlsx")
    except Unusable as unusable:
        str(unusable)
        return
    for row in read_people(sheet, find_headings(sheet), RULES):
        for finding in row.findings:
            say(finding.code, finding.params)
            assert len(finding.value) <= 80


@quickly
@given(st.binary(max_size=400), st.sampled_from([b"", b"PK\x03\x04", b"\xff\xfe", b"Soyad;Ad\n"]))
def test_bytes_of_any_kind_are_read_or_refused(content: bytes, beginning: bytes) -> None:
    read(beginning + content)


@sparingly
@given(st.sampled_from(WORKBOOKS), st.data())
def test_a_workbook_damaged_anywhere_is_read_or_refused(
    workbook: bytes, data: st.DataObject
) -> None:
    content = bytearray(workbook)
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    read(bytes(content[: data.draw(st.integers(len(content) // 2, len(content)))]))


@sparingly
@given(st.integers(0, 3000), st.binary(max_size=30), st.sampled_from(["sheet1", "workbook"]))
def test_a_workbook_with_odd_xml_is_read_or_refused(at: int, odd: bytes, part: str) -> None:
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(WORKBOOKS[0])) as whole, zipfile.ZipFile(changed, "w") as copy:
        for name in whole.namelist():
            inside = whole.read(name)
            if part in name:
                inside = inside[: at % len(inside)] + odd + inside[at % len(inside) :]
            copy.writestr(name, inside)
    read(changed.getvalue())


@quickly
@given(st.lists(st.lists(st.text(max_size=20), max_size=8), max_size=8), st.sampled_from(";,\t"))
def test_text_of_any_kind_is_read_or_refused(rows: list[list[str]], delimiter: str) -> None:
    read(
        (delimiter.join(ROWS[0]) + "\n").encode()
        + "\n".join(map(delimiter.join, rows)).encode("utf-8", "replace")
    )


@settings(quickly, max_examples=150)
@given(st.lists(st.tuples(*[CELLS] * len(COLUMNS)), max_size=5))
def test_cells_of_any_kind_become_answers_that_can_be_stored(rows: list[tuple]) -> None:
    table = [(1, tuple(COLUMNS)), *((number, cells) for number, cells in enumerate(rows, start=2))]
    sheet = Sheet("", table)
    for row in read_people(sheet, find_headings(sheet), RULES):
        answers = dict(row.answers)
        assert answers.pop("birth_on") is None or type(row.answers["birth_on"]) is datetime.date
        assert answers.pop("constituency") in (None, *RULES.constituencies)
        assert all(isinstance(value, str) and "\0" not in value for value in answers.values())
        assert max(map(len, answers.values())) <= 500
        required = ("surname", "given_name", "birth_on", "identity_number", "address", "scope")
        assert not row.is_good or all(row.answers[name] for name in required)
