from django.db import models
from django.utils.translation import gettext_lazy as _

from elections.enums import ORGANISATION_KINDS


class OrganisationKind(models.TextChoices):
    """Who may nominate observers (art. 40.5); the same values as `elections.enums.Kind`."""

    CANDIDATE = ORGANISATION_KINDS[0].value, ORGANISATION_KINDS[0].label
    PARTY = ORGANISATION_KINDS[1].value, ORGANISATION_KINDS[1].label
    BLOC = ORGANISATION_KINDS[2].value, ORGANISATION_KINDS[2].label
    REFERENDUM_GROUP = ORGANISATION_KINDS[3].value, ORGANISATION_KINDS[3].label
    NGO = ORGANISATION_KINDS[4].value, ORGANISATION_KINDS[4].label
    INTERNATIONAL = ORGANISATION_KINDS[5].value, ORGANISATION_KINDS[5].label


class NominationStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    RETURNED = "returned", _("Returned for correction")
    GRANTED = "granted", _("Granted")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class RepresentativeRole(models.TextChoices):
    OWNER = "owner", _("Owner")
    REPRESENTATIVE = "representative", _("Representative")
