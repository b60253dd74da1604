"""An application that came on paper."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from elections.lifecycle import append_only
from observers.models.application import Application


class PaperForm(models.Model):
    """Who entered it, and the scan of what was handed in. When it was handed in stands in
    `Application.paper_received_at`, by which it is in time and due."""

    application = models.OneToOneField(Application, models.PROTECT, related_name="paper_form")
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(_("entered"), db_default=Now())
    language = models.CharField(_("language of letters"), max_length=5, choices=settings.LANGUAGES)
    scan = models.FileField(_("scan"), upload_to="paper/%Y/%m/")
    original_name = models.CharField(_("file name"), max_length=200)
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField(_("size"), help_text=_("In bytes."))
    # Of a PDF; 0 where it cannot be shown (`domain/pages.py`).
    pages = models.PositiveIntegerField(null=True, editable=False)

    class Meta:
        verbose_name = _("paper form")
        verbose_name_plural = _("paper forms")
        triggers = [append_only("paper_forms_are_append_only")]

    def __str__(self) -> str:
        return str(self.application)
