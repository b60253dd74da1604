"""Who may be present without registration, and so has no need to apply (art. 40.2-40.3)."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from elections.models import Election
from observers.enums import Capacity


class ExemptPerson(models.Model):
    """A candidate, an agent of one, or a member of a commission. An application by one of them is
    flagged: nobody is refused by it."""

    election = models.ForeignKey(Election, models.CASCADE, related_name="exempt_people")
    capacity = models.CharField(_("capacity"), max_length=20, choices=Capacity.choices)
    full_name = models.CharField(_("full name"), max_length=300, help_text=_("Surname first."))
    # As it is compared, and by what it is found: see `domain/duplicates.py`.
    search_key = models.CharField(max_length=700, editable=False)
    name_keys = ArrayField(models.CharField(max_length=200), default=list, editable=False)
    # Of the identity document, where it is known.
    identity_index = models.CharField(max_length=64, blank=True, editable=False)
    birth_index = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = _("person who needs no registration")
        verbose_name_plural = _("people who need no registration")
        ordering = ("election", "capacity", "full_name")
        indexes = [
            models.Index(fields=["election", "identity_index"], name="exempt_by_identity"),
            models.Index(fields=["election", "birth_index"], name="exempt_by_birth"),
            GinIndex(fields=["name_keys"], name="exempt_by_name"),
        ]

    def __str__(self) -> str:
        return self.full_name
