"""Columns that the database stores without being able to read them."""

import base64
import datetime
from collections.abc import Iterator

import pytest
from cryptography.exceptions import InvalidTag
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.db import connection
from django.db.models import F

from notifications.models import Letter
from observers.domain.identity import identity_index
from observers.models import Application, Upload, UploadedPhoto
from organisations.models import Organisation
from privacy import keys
from privacy.fields import (
    EncryptedDateField,
    EncryptedJSONField,
    EncryptedTextField,
    seal,
    unseal,
)
from privacy.keys import blind_index
from tests.builders import a_draft, a_submitted, an_organisation, one, stored

pytestmark = pytest.mark.django_db
SECRETS = ("identity_number", "birth_on", "address", "phone", "email")


@pytest.fixture(autouse=True)
def _keys_are_read_anew() -> Iterator[None]:
    yield
    forget_keys()


def forget_keys() -> None:
    keys.ciphers.cache_clear()
    keys._index_key.cache_clear()


def a_key(key_id: str) -> str:
    return f"{key_id}:{base64.b64encode((key_id * 32).encode()[:32]).decode()}"


def raw(row: Application, column: str) -> bytes:
    """What the table holds."""
    with connection.cursor() as cursor:
        name = connection.ops.quote_name(column)
        cursor.execute(f"SELECT {name} FROM observers_application WHERE id = %s", [row.pk])  # noqa: S608
        (value,) = cursor.fetchone()
    return bytes(value)


def whole_row(row: Application) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT a::text FROM observers_application a WHERE id = %s", [row.pk])
        (text,) = cursor.fetchone()
    return str(text)


# --- At rest --------------------------------------------------------------------------------------


@pytest.mark.parametrize("column", SECRETS)
def test_the_table_does_not_hold_what_was_entered(column):
    draft = a_draft()
    plain = str(getattr(draft, column)).encode()
    sealed = raw(draft, column)
    assert len(plain) > 5
    assert plain not in sealed
    assert plain.hex() not in whole_row(draft)
    assert plain.decode() not in whole_row(draft)


def test_every_column_that_must_be_sealed_is():
    sealed = {
        f"{model.__name__}.{field.name}"
        for model in (Application, Organisation, Letter, Upload, UploadedPhoto)
        for field in model._meta.fields
        if isinstance(field, EncryptedTextField)
    }
    assert sealed == {
        *(f"Application.{column}" for column in SECRETS),
        "Organisation.legal_address",
        "Organisation.phone",
        "Letter.address",
        "Letter.facts",
        "Upload.archive_name",
        "Upload.findings",
        "Upload.problem",
        "Upload.sheet_name",
        "UploadedPhoto.name",
    }


def test_the_same_value_is_sealed_differently_each_time():
    assert seal("AA1234567", "t.c") != seal("AA1234567", "t.c")


def test_events_and_letters_do_not_repeat_the_secrets():
    application = a_submitted()
    with connection.cursor() as cursor:
        cursor.execute("SELECT l::text FROM notifications_letter l")
        written = str(cursor.fetchall())
    for column in (*SECRETS, "surname"):
        assert str(getattr(application, column)) not in written


# --- Opening --------------------------------------------------------------------------------------


def test_a_value_from_another_column_does_not_open():
    draft = a_draft()
    one(draft).update(address=F("phone"))
    with pytest.raises(InvalidTag):
        stored(draft)


def test_a_value_that_was_tampered_with_does_not_open():
    sealed = bytearray(seal("AA1234567", "t.c"))
    sealed[-1] ^= 1
    with pytest.raises(InvalidTag):
        unseal(bytes(sealed), "t.c")


@pytest.mark.parametrize("cut", [0, 2, 10, 20])
def test_a_value_that_was_cut_does_not_open(cut):
    with pytest.raises((InvalidTag, KeyError, ValueError)):
        unseal(seal("AA1234567", "t.c")[:cut], "t.c")


# --- Keys -----------------------------------------------------------------------------------------


def test_after_a_new_key_the_old_values_still_open(settings):
    draft = a_draft(address="Old")
    settings.FIELD_KEYS = [a_key("new"), *settings.FIELD_KEYS]
    forget_keys()
    one(draft).update(phone="New")
    assert (stored(draft).address, stored(draft).phone) == ("Old", "New")
    assert raw(draft, "phone").startswith(b"new:")
    assert not raw(draft, "address").startswith(b"new:")


def test_saving_again_seals_with_the_newest_key(settings):
    draft = a_draft()
    settings.FIELD_KEYS = [a_key("new"), *settings.FIELD_KEYS]
    forget_keys()
    stored(draft).save()
    assert {raw(draft, column)[:4] for column in SECRETS} == {b"new:"}


def test_without_its_key_a_value_does_not_open(settings):
    draft = a_draft()
    settings.FIELD_KEYS = [a_key("new")]
    forget_keys()
    with pytest.raises(KeyError):
        stored(draft)


@pytest.mark.parametrize("entries", [[], ["k1"], ["k1:short"], ["k1:###"], [a_key("")]])
def test_keys_that_are_none_are_refused(settings, entries):
    settings.FIELD_KEYS = entries
    forget_keys()
    with pytest.raises(ImproperlyConfigured):
        keys.ciphers()


def test_the_blind_index_needs_its_key(settings):
    before = blind_index("identity", "AZ", "AA1234567")
    settings.BLIND_INDEX_KEY = "another"
    forget_keys()
    assert blind_index("identity", "AZ", "AA1234567") != before


def test_the_parts_of_a_blind_index_do_not_run_together():
    assert blind_index("A", "ZAA1") != blind_index("AZ", "AA1")


def test_the_table_holds_the_index_and_not_the_number():
    draft = a_draft(identity_number="AA1234567")
    index = identity_index(citizenship="AZ", number="AA1234567")
    assert stored(draft).identity_index == index
    assert len(index) == 64


def test_without_a_number_there_is_no_index():
    assert identity_index(citizenship="AZ", number=" - ") == ""


# --- Round trips ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["", " ", "Bakı, Nizami 5", "线\n🏛", "a" * 10_000, "k1:abc", "\\x00"]
)
def test_a_text_comes_back_as_it_was(text):
    assert stored(a_draft(address=text)).address == text


@pytest.mark.parametrize("day", [None, datetime.date(1900, 1, 1), datetime.date(1980, 2, 29)])
def test_a_date_comes_back_as_it_was(day):
    assert stored(a_draft(birth_on=day)).birth_on == day


def test_a_date_given_as_text_or_moment_is_a_date():
    draft = a_draft(birth_on="1980-02-29")
    assert stored(draft).birth_on == datetime.date(1980, 2, 29)
    one(draft).update(birth_on=datetime.datetime(1980, 2, 29, 5, tzinfo=datetime.UTC))
    assert stored(draft).birth_on == datetime.date(1980, 2, 29)


@pytest.mark.parametrize(
    "facts", [{}, [], {"ad": "Əli", "n": [1, None, True, 1.5]}, "text", 0], ids=str
)
def test_json_comes_back_as_it_was(facts):
    letter = Letter.unscoped.create(kind="x", to_address="a@b.az", language="az", facts=facts)
    assert Letter.unscoped.get(pk=letter.pk).facts == facts


def test_nothing_stays_nothing():
    draft = a_draft(birth_on=None)
    assert one(draft).filter(birth_on__isnull=True).exists()
    assert not one(draft).filter(address__isnull=True).exists()


def test_an_empty_text_cannot_be_told_apart_by_its_first_bytes():
    draft = a_draft(phone="", address="")
    assert raw(draft, "phone") != raw(draft, "address")
    assert stored(draft).phone == ""


# --- Queries --------------------------------------------------------------------------------------


def test_values_and_only_open_what_they_read():
    draft = a_draft(address="Bakı")
    assert one(draft).values_list("address", "birth_on").get() == ("Bakı", draft.birth_on)
    assert one(draft).values("address").get() == {"address": "Bakı"}
    assert one(draft).only("address").get().address == "Bakı"
    assert one(draft).defer("address").get().address == "Bakı"
    assert one(draft).annotate(where=F("address")).get().where == "Bakı"


def test_bulk_writing_seals():
    drafts = [a_draft(), a_draft()]
    for draft in drafts:
        draft.address, draft.birth_on = f"Street {draft.pk}", datetime.date(2000, 1, 1)
    Application.unscoped.bulk_update(drafts, ["address", "birth_on"])
    for draft in drafts:
        assert f"Street {draft.pk}".encode() not in raw(draft, "address")
        assert stored(draft).address == f"Street {draft.pk}"
        assert stored(draft).birth_on == datetime.date(2000, 1, 1)


def test_bytes_are_refused_rather_than_stored_in_the_open():
    draft = a_draft()
    with pytest.raises(TypeError, match="bytes"):
        one(draft).update(address=b"Baku, Nizami 5")


@pytest.mark.parametrize(
    "condition",
    [
        {"identity_number": "AA1"},
        {"identity_number__exact": "AA1"},
        {"identity_number__in": ["AA1"]},
        {"address__icontains": "Nizami"},
        {"address__startswith": "B"},
        {"birth_on__year": 1980},
        {"birth_on__lt": datetime.date(2000, 1, 1)},
    ],
    ids=lambda condition: next(iter(condition)),
)
def test_a_sealed_column_cannot_be_searched(condition):
    with pytest.raises(FieldError):
        Application.unscoped.filter(**condition).exists()


@pytest.mark.parametrize(
    "field", [EncryptedTextField(), EncryptedDateField(), EncryptedJSONField()]
)
def test_a_sealed_column_is_bytes(field):
    assert field.db_type(connection) == "bytea"


def test_organisations_are_sealed_too():
    organisation = an_organisation(legal_address="Bakı, Nizami 5")
    with connection.cursor() as cursor:
        cursor.execute("SELECT o::text FROM organisations_organisation o")
        assert "Nizami" not in str(cursor.fetchall())
    assert Organisation.unscoped.get(pk=organisation.pk).legal_address == "Bakı, Nizami 5"
