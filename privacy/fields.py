"""Columns that the database stores without being able to read them."""

import datetime
import json
import os
from typing import Any

from django.db import models

from privacy.keys import ciphers

NONCE_BYTES = 12
TAG_BYTES = 16


def seal(plain: str, column: str) -> bytes:
    """Encrypt with the newest key. The column's name is bound in, so that a value that is
    copied to another column does not open there."""
    return seal_bytes(plain.encode(), column)


def unseal(sealed: bytes, column: str) -> str:
    """The text that was sealed. Raises KeyError for a key that is gone, and
    cryptography's InvalidTag for a value that was tampered with."""
    return unseal_bytes(sealed, column).decode()


def seal_bytes(plain: bytes, purpose: str) -> bytes:
    key_id, cipher = next(iter(ciphers().items()))
    nonce = os.urandom(NONCE_BYTES)
    return key_id + b":" + nonce + cipher.encrypt(nonce, plain, purpose.encode())


def unseal_bytes(sealed: bytes, purpose: str) -> bytes:
    key_id, _, rest = bytes(sealed).partition(b":")
    nonce, body = rest[:NONCE_BYTES], rest[NONCE_BYTES:]
    return ciphers()[key_id].decrypt(nonce, body, purpose.encode())


class EncryptedTextField(models.TextField):
    """Text, encrypted with AES-256-GCM in a bytea column. The empty string is sealed as well.

    It cannot be searched, ordered or compared by the database: only `isnull` works.
    """

    def db_type(self, connection: Any) -> str:
        return "bytea"

    def get_internal_type(self) -> str:
        return "BinaryField"

    def _seal_name(self) -> str:
        return f"{self.model._meta.db_table}.{self.column}"

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if value is None:
            return None
        if isinstance(value, bytes | memoryview):
            raise TypeError("A sealed column takes a value, not bytes: they would be stored open.")
        return seal(self.value_to_text(value), self._seal_name())

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        if value is None:
            return None
        return self.text_to_value(unseal(value, self._seal_name()))

    def get_lookup(self, lookup_name: str) -> Any:
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None

    def value_to_text(self, value: Any) -> str:
        return str(value)

    def text_to_value(self, text: str) -> Any:
        return text


class EncryptedDateField(EncryptedTextField):
    """A date, encrypted like `EncryptedTextField`."""

    def formfield(self, **kwargs: Any) -> Any:
        return models.DateField.formfield(self, **kwargs)

    def to_python(self, value: Any) -> Any:
        if isinstance(value, datetime.datetime):
            return value.date()
        if isinstance(value, datetime.date) or value is None:
            return value
        return datetime.date.fromisoformat(str(value))

    def value_to_text(self, value: Any) -> str:
        return str(self.to_python(value).isoformat())

    def text_to_value(self, text: str) -> datetime.date:
        return datetime.date.fromisoformat(text)


class EncryptedJSONField(EncryptedTextField):
    """Anything JSON can hold, encrypted like `EncryptedTextField`."""

    # What type checkers take for the value of such a column.
    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def to_python(self, value: Any) -> Any:
        return value

    def value_to_text(self, value: Any) -> str:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    def text_to_value(self, text: str) -> Any:
        return json.loads(text)


class IsFilled(models.Func):
    """Whether an encrypted text is not empty: all that the database can say of one."""

    output_field = models.BooleanField()
    template = (
        "(octet_length(%(expressions)s) - position('\\x3a'::bytea in %(expressions)s)"
        f" > {NONCE_BYTES + TAG_BYTES})"
    )
