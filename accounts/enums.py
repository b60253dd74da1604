"""Roles. The table of what each may do is `accounts/access.py`."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class StaffRole(models.TextChoices):
    """A post in an election commission."""

    CONSTITUENCY_REVIEWER = "constituency_reviewer", _("Constituency reviewer")
    CONSTITUENCY_CHAIR = "constituency_chair", _("Constituency chair")
    CENTRAL_REVIEWER = "central_reviewer", _("Central reviewer")
    CENTRAL_CHAIR = "central_chair", _("Central chair")
    ELECTION_ADMINISTRATOR = "election_administrator", _("Election administrator")
    AUDITOR = "auditor", _("Auditor")


CONSTITUENCY_ROLES = (StaffRole.CONSTITUENCY_REVIEWER, StaffRole.CONSTITUENCY_CHAIR)
CENTRAL_ROLES = (
    StaffRole.CENTRAL_REVIEWER,
    StaffRole.CENTRAL_CHAIR,
    StaffRole.ELECTION_ADMINISTRATOR,
    StaffRole.AUDITOR,
)
