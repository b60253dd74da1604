"""How long a page of the register waits for the database."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext as _
from psycopg.errors import QueryCanceled

from observers.register.searching import TooCommon

# No search takes nearly as long; it is a net under what nobody has thought of.
PATIENCE_MS = 3000


class TakesTooLong(Exception):
    """The message says so to whoever asked."""


@contextmanager
def patiently() -> Iterator[None]:
    """Raises TakesTooLong where one question keeps the database busier than is good for others."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = {PATIENCE_MS}")
            yield
    except TooCommon as error:
        raise TakesTooLong(
            _("These words are in too many names to be searched together. Add a surname.")
        ) from error
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise TakesTooLong(
                _("This search takes too long. A surname, a number or one more word is quicker.")
            ) from error
        raise
