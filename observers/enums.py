"""Closed lists of applications, badges and appeals. Articles: Election Code of Azerbaijan."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    """Of an application. What each means to whom is in `observers/lifecycle.py`."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    UNDER_REVIEW = "under_review", _("Under review")
    RETURNED = "returned", _("Returned for correction")
    APPROVED = "approved", _("Approved")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    LAPSED = "lapsed", _("Lapsed")
    CANCELLED = "cancelled", _("Cancelled")


EDITABLE = (Status.DRAFT, Status.RETURNED)
WAITING = (Status.SUBMITTED, Status.UNDER_REVIEW)
# One of these per person and election (kept by a unique constraint).
LIVE = (Status.SUBMITTED, Status.UNDER_REVIEW, Status.RETURNED, Status.APPROVED)
# As long as it stands so, nobody else is named in its place as well: see `Application.substitutes`.
GIVEN_UP = (Status.LAPSED, Status.WITHDRAWN)
DECIDED = (Status.APPROVED, Status.REFUSED, Status.CANCELLED)
# What statistics count: whatever was sent and neither taken back nor left behind.
COUNTED = (*WAITING, Status.RETURNED, *DECIDED)
# What the public register lists.
PUBLIC = (Status.APPROVED, Status.CANCELLED)


class IdentityDocument(models.TextChoices):
    """Identity card or its substitute (instructions of the central commission)."""

    IDENTITY_CARD = "identity_card", _("Identity card")
    PASSPORT = "passport", _("Passport")
    SUBSTITUTE = "substitute", _("Document that replaces the identity card")


class BadgeStatus(models.TextChoices):
    ISSUED = "issued", _("Issued")
    PRINTED = "printed", _("Printed")
    HANDED_OVER = "handed_over", _("Handed over")
    REPLACED = "replaced", _("Replaced")
    REVOKED = "revoked", _("Revoked")
    EXPIRED = "expired", _("Expired")


# One of these per observer (kept by a unique constraint); whether it is valid at a moment, its
# dates say.
VALID_BADGES = (BadgeStatus.ISSUED, BadgeStatus.PRINTED, BadgeStatus.HANDED_OVER)


class IssueReason(models.TextChoices):
    """Why a badge was issued."""

    FIRST = "first", _("First badge")
    LOST = "lost", _("The badge was lost or stolen")
    DAMAGED = "damaged", _("The badge was damaged")
    WRONG_NAME = "wrong_name", _("The name on it was wrong")
    NEW_PHOTO = "new_photo", _("The photo was changed")
    RENEWED = "renewed", _("Renewed for the run-off")


class AppealStatus(models.TextChoices):
    """Complaints against decisions (art. 112)."""

    LODGED = "lodged", _("Lodged")
    UPHELD = "upheld", _("Upheld")
    DISMISSED = "dismissed", _("Dismissed")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class UploadStatus(models.TextChoices):
    """How far a spreadsheet with its photos has come."""

    CHECKING = "checking", _("Being checked")
    UNMAPPED = "unmapped", _("Columns to be named")
    CHECKED = "checked", _("Checked, not stored yet")
    STORING = "storing", _("Being stored")
    STORED = "stored", _("Stored")
    CANCELLED = "cancelled", _("Cancelled")
    UNUSABLE = "unusable", _("Cannot be used")


class StoreMode(models.TextChoices):
    """What becomes of the good rows of a file that has bad ones as well."""

    GOOD_ROWS = "good_rows", _("Store the good rows")
    ALL_OR_NOTHING = "all_or_nothing", _("Store all rows or none")


class ObserverAnswer(models.TextChoices):
    """Of the person whom an organisation nominates, asked whether they agree."""

    AGREED = "agreed", _("Agreed")
    DECLINED = "declined", _("Declined")


class Capacity(models.TextChoices):
    """Who may be present without registration (art. 40.2-40.3)."""

    CANDIDATE = "candidate", _("Candidate")
    AGENT = "agent", _("Agent of a candidate")
    COMMISSION_MEMBER = "commission_member", _("Member of a commission")


class BatchStatus(models.TextChoices):
    """How far the approval of many has come."""

    CHECKING = "checking", _("Being checked")
    SAMPLING = "sampling", _("The sample is to be looked at")
    OFFERED = "offered", _("Ready to be decided")
    DECIDING = "deciding", _("Being decided")
    DECIDED = "decided", _("Decided")
    FAILED = "failed", _("Not offered: one of the sample was not in order")
    CANCELLED = "cancelled", _("Cancelled")
    BROKEN = "broken", _("Given up after an error")


class SampleVerdict(models.TextChoices):
    """Of somebody who looked at one of a batch's sample."""

    IN_ORDER = "in_order", _("In order")
    NOT_IN_ORDER = "not_in_order", _("Not in order")


class CheckOutcome(models.TextChoices):
    """What an automatic check of an application showed."""

    PASSED = "passed", _("In order")
    ATTENTION = "attention", _("To be looked at")
    FAILED = "failed", _("Not in order")


class BadgeSize(models.TextChoices):
    """The blanks that a commission has in stock."""

    CARD = "card", _("Card (85.6 × 54 mm)")
    LANYARD = "lanyard", _("On a lanyard (A6)")


class PrintSheet(models.TextChoices):
    """What comes out of the printer."""

    SINGLE = "single", _("One badge to a page, for a card printer")
    A4 = "a4", _("A4 sheets with cut marks")


class PrintStatus(models.TextChoices):
    """How far the files of a print batch have come."""

    PREPARING = "preparing", _("Being prepared")
    READY = "ready", _("Ready to print")
    CANCELLED = "cancelled", _("Cancelled")
    BROKEN = "broken", _("Given up after an error")


class BlankReason(models.TextChoices):
    """Why the stock of blanks changed."""

    RECEIVED = "received", _("Received")
    GOT = "got", _("Received from another commission")
    PRINTED = "printed", _("Printed")
    SPOILED = "spoiled", _("Spoiled")
    GIVEN = "given", _("Given to another commission")
    COUNTED = "counted", _("Counted")
