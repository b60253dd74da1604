"""What the commission asked an applicant to correct, and what it had before it then."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from elections.lifecycle import append_only
from notifications.models import Letter
from observers.models.application import Application
from privacy.fields import EncryptedJSONField


class Return(models.Model):
    """One return of one application. `seen` is what it said then (`domain/snapshots.py`), so that
    the desk can show what has changed since; sealed, because identity numbers are in it."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="returns")
    returned_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    returned_at = models.DateTimeField(_("returned"), db_default=Now())
    answer_by = models.DateTimeField(_("correct by"))
    fields = ArrayField(
        models.CharField(max_length=40), default=list, verbose_name=_("what has to be corrected")
    )
    note = models.TextField(_("what to correct"))
    seen = EncryptedJSONField(default=dict)
    letter = models.ForeignKey(Letter, models.PROTECT, to_field="key", null=True, related_name="+")

    class Meta:
        verbose_name = _("return")
        verbose_name_plural = _("returns")
        ordering = ("returned_at", "pk")
        triggers = [append_only("returns_are_append_only")]

    def __str__(self) -> str:
        return f"{self.application}, {self.returned_at:%Y-%m-%d}"
