from django.db import models
from django.utils.translation import gettext_lazy as _


class LetterStatus(models.TextChoices):
    """Where a letter is on its way."""

    QUEUED = "queued", _("Waiting to be sent")
    SENT = "sent", _("Handed to the mail server")
    HELD = "held", _("No verified address")
    FAILED = "failed", _("Undeliverable")
    WITHDRAWN = "withdrawn", _("Withdrawn before it left")
    ON_PAPER = "on_paper", _("To be handed over on paper")
    HANDED_OVER = "handed_over", _("Handed over on paper")
