"""Closed lists of the calendar and the authorities. Articles are of the Election Code of
Azerbaijan, the first configuration; another election chooses among the same values."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """On whose initiative a person observes (art. 40.5; internationals: art. 40.2, 44.5)."""

    OWN_INITIATIVE = "own_initiative", _("Own initiative")
    CANDIDATE = "candidate", _("Candidate")
    PARTY = "party", _("Political party")
    BLOC = "bloc", _("Bloc of parties")
    REFERENDUM_GROUP = "referendum_group", _("Referendum campaign group")
    NGO = "ngo", _("Non-governmental organisation")
    INTERNATIONAL = "international", _("International organisation")


ORGANISATION_KINDS = tuple(kind for kind in Kind if kind != Kind.OWN_INITIATIVE)


class Scope(models.TextChoices):
    """Where a person may observe (instructions of the central commission)."""

    NATIONWIDE = "nationwide", _("The whole country")
    CONSTITUENCY = "constituency", _("One constituency")
    SPECIAL_PERMISSION = "special_permission", _("Sessions of commissions before polling day")


class Authority(models.TextChoices):
    """Which commission decides."""

    CENTRAL = "central", _("Central election commission")
    CONSTITUENCY = "constituency", _("Constituency election commission")


class NamePolicy(models.TextChoices):
    """How much of an observer's name the public register shows."""

    FULL = "full", _("Full name")
    INITIALS = "initials", _("Surname and initials")
    NUMBER = "number", _("Accreditation number only")


class ObserverConsent(models.TextChoices):
    """When a person whom an organisation nominates has to have agreed themselves."""

    NOT_ASKED = "not_asked", _("Not asked")
    BEFORE_SUBMISSION = "before_submission", _("Before the application is sent")
    BEFORE_BADGE = "before_badge", _("Before the badge is issued")


class DecisionWay(models.TextChoices):
    """How many people an outcome takes: a setting of the election, for each outcome."""

    ONE = "one", _("One member decides")
    TWO = "two", _("One member proposes, another confirms")
    SESSION = "session", _("Proposed by a member, adopted in a session of the commission")


class Outcome(models.TextChoices):
    """What a decision says."""

    APPROVED = "approved", _("Approved")
    REFUSED = "refused", _("Refused")
    CANCELLED = "cancelled", _("Cancelled")


class SettledAs(models.TextChoices):
    """What became of a proposal."""

    ADOPTED = "adopted", _("Adopted")
    DECLINED = "declined", _("Not adopted")
    TAKEN_BACK = "taken_back", _("Taken back")
    VOID = "void", _("Void: the application has changed")


class Subject(models.TextChoices):
    """Who a document or a ground is about."""

    PERSON = "person", _("Observer")
    ORGANISATION = "organisation", _("Organisation")
