"""The public register as rows of its own: what everybody may read, and nothing else.

Kept by the database (`register_triggers.py`) in the transaction of the change itself. Nothing of
an undecided application, and no name that the election does not show, is in these tables, so no
search, order, count or duration can tell of it.
"""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from elections.enums import Kind, Scope
from elections.models import Constituency, Election
from observers.enums import PUBLIC, Status
from observers.models.application import Application
from organisations.models import Organisation

# The tables follow the applications, which have the constraints; checking them twice costs time.
_FOLLOWS: Any = {"related_name": "+", "db_constraint": False, "db_index": False}


class RegisteredObserver(models.Model):
    """A line of the register.

    `name` is as much of it as the election shows. `order_key` is the place in the register, told
    by what is shown alone: without names by the number. `search_key` are the words of the name,
    where it is shown in full; otherwise nothing finds it.
    """

    application = models.OneToOneField(
        Application, models.CASCADE, primary_key=True, related_name="+", db_constraint=False
    )
    election = models.ForeignKey(Election, models.CASCADE, **_FOLLOWS)
    number = models.CharField(_("accreditation number"), max_length=24, db_collation="C")
    name = models.CharField(_("name"), max_length=310, blank=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    scope = models.CharField(_("scope"), max_length=20, choices=Scope.choices)
    constituency = models.ForeignKey(Constituency, models.CASCADE, null=True, **_FOLLOWS)
    organisation = models.ForeignKey(Organisation, models.CASCADE, null=True, **_FOLLOWS)
    status = models.CharField(_("status"), max_length=20, choices=Status.choices, editable=False)
    registered_at = models.DateTimeField(_("registered on"), null=True)
    order_key = models.CharField(max_length=350, db_collation="C")
    search_key = models.CharField(max_length=700, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["election", "number"], name="one_line_per_accreditation_number"
            ),
        ]
        indexes = [
            models.Index(fields=["election", "order_key", "application"], name="registered_order"),
            models.Index(
                fields=["election", "kind", "order_key", "application"], name="registered_by_kind"
            ),
            models.Index(
                fields=["constituency", "order_key", "application"],
                name="registered_by_place",
                condition=models.Q(constituency__isnull=False),
            ),
            models.Index(
                fields=["organisation", "election", "order_key", "application"],
                name="registered_by_nominator",
                condition=models.Q(organisation__isnull=False),
            ),
            models.Index(
                fields=["election", "order_key", "application"],
                name="registered_and_cancelled",
                condition=models.Q(status=Status.CANCELLED),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}".strip()

    @property
    def is_registered(self) -> bool:
        """Not cancelled since."""
        return self.status == PUBLIC[0]


class RegisteredName(models.Model):
    """A word of a name in the register, and whose: found by the word, in the register's order."""

    pk = models.CompositePrimaryKey("election_id", "word", "order_key", "application_id")
    election = models.ForeignKey(Election, models.CASCADE, **_FOLLOWS)
    word = models.CharField(max_length=60, db_collation="C")
    order_key = models.CharField(max_length=350, db_collation="C")
    application = models.ForeignKey(Application, models.CASCADE, **_FOLLOWS)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.word


class RegisterWord(models.Model):
    """How many names of the register have a word: changes whose sum it is, like
    `ApplicationCount`. It is the dictionary in which a misspelt word is looked up."""

    election = models.ForeignKey(Election, models.CASCADE, **_FOLLOWS)
    word = models.CharField(max_length=60, db_collation="C")
    observers = models.IntegerField()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["election", "word"], name="register_words")]

    def __str__(self) -> str:
        return f"{self.word}: {self.observers:+}"


class RegisterChange(models.Model):
    """That the register of an election has changed, and when; like `ApplicationCount` a change of
    a number. Two readings that agree in the sum are of the same register."""

    election = models.ForeignKey(Election, models.CASCADE, related_name="+", db_constraint=False)
    at = models.DateTimeField()
    changes = models.IntegerField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"


class RegisterSnapshot(models.Model):
    """The register as it was on a day, kept as a file. Without names: how much of them is shown
    may be decided otherwise later."""

    election = models.ForeignKey(Election, models.CASCADE, related_name="+")
    day = models.DateField()
    taken_at = models.DateTimeField()
    file = models.FileField(upload_to="snapshots/%Y/")
    observers = models.PositiveIntegerField()
    size = models.PositiveBigIntegerField(help_text=_("In bytes."))
    sha256 = models.CharField(max_length=64)

    class Meta:
        default_permissions = ()
        ordering = ("-day",)
        constraints = [
            models.UniqueConstraint(fields=["election", "day"], name="one_snapshot_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.election}: {self.day}"
