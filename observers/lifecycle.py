"""The three machines: application, badge, appeal. This is the whole of what may happen."""

from django.utils.translation import gettext_lazy as _

from elections.lifecycle import Machine, StatusText, Transition
from observers.enums import VALID_BADGES, AppealStatus, BadgeStatus, Status

SUBMIT = "submit"
TAKE_UP = "take_up"
RETURN = "return"
APPROVE = "approve"
REFUSE = "refuse"
WITHDRAW = "withdraw"
LAPSE = "lapse"
CANCEL = "cancel"
ENTER = "enter"
WITHDRAW_ON_PAPER = "withdraw_on_paper"
UNDO = "undo"
SUBSTITUTE = "substitute"
UPHOLD = "uphold"
LODGE = "lodge"
DISMISS = "dismiss"

ISSUE = "issue"
PRINT = "print"
HAND_OVER = "hand_over"
REPLACE = "replace"
RENEW = "renew"
REVOKE = "revoke"
EXPIRE = "expire"

APPLICATION = Machine(
    name="application",
    initial=Status.DRAFT,
    texts={
        Status.DRAFT: StatusText(
            _("Draft"),
            _("Draft"),
            _("Complete it and send it before the deadline. Nothing has been sent yet."),
        ),
        Status.SUBMITTED: StatusText(
            _("Submitted"),
            _("Received"),
            _("The commission checks the information and decides within the legal time."),
        ),
        Status.UNDER_REVIEW: StatusText(
            _("Under review"),
            _("Being decided"),
            _("A reviewer is checking the information. The decision comes by letter."),
        ),
        Status.RETURNED: StatusText(
            _("Returned for correction"),
            _("Needs your correction"),
            _("Correct what the commission names and send it again. It keeps its place."),
        ),
        Status.APPROVED: StatusText(
            _("Approved"),
            _("Registered"),
            _("The observer is in the public register. The commission issues the badge."),
        ),
        Status.REFUSED: StatusText(
            _("Refused"),
            _("Refused"),
            _("The letter names the ground, the body to appeal to and the last day to do so."),
        ),
        Status.WITHDRAWN: StatusText(
            _("Withdrawn"),
            _("Withdrawn"),
            _("Nothing more happens. A new application is possible while registration is open."),
        ),
        Status.LAPSED: StatusText(
            _("Lapsed"),
            _("Not sent in time"),
            _("Registration closed before the draft was sent. What was entered can still be read."),
        ),
        Status.CANCELLED: StatusText(
            _("Cancelled"),
            _("Registration cancelled"),
            _("The accreditation is no longer valid. The letter names the act it rests on."),
        ),
    },
    transitions=(
        Transition(SUBMIT, _("Submit"), (Status.DRAFT, Status.RETURNED), Status.SUBMITTED, "edit"),
        # From paper, by staff, for somebody who has no account.
        Transition(ENTER, _("Enter"), (Status.DRAFT, Status.RETURNED), Status.SUBMITTED, "enter"),
        Transition(TAKE_UP, _("Take up"), (Status.SUBMITTED,), Status.UNDER_REVIEW, "review"),
        Transition(APPROVE, _("Approve"), (Status.UNDER_REVIEW,), Status.APPROVED, "approve"),
        Transition(RETURN, _("Return"), (Status.UNDER_REVIEW,), Status.RETURNED, "return"),
        Transition(REFUSE, _("Refuse"), (Status.UNDER_REVIEW,), Status.REFUSED, "refuse"),
        Transition(
            WITHDRAW,
            _("Withdraw"),
            (Status.DRAFT, Status.SUBMITTED, Status.UNDER_REVIEW, Status.RETURNED),
            Status.WITHDRAWN,
            "withdraw",
        ),
        # Of what came on paper: its applicant has no account, and asked for it in writing.
        Transition(
            WITHDRAW_ON_PAPER,
            _("Withdraw at the applicant’s request"),
            (Status.SUBMITTED, Status.UNDER_REVIEW, Status.RETURNED),
            Status.WITHDRAWN,
            "enter",
        ),
        Transition(LAPSE, _("Lapse"), (Status.DRAFT,), Status.LAPSED),
        Transition(CANCEL, _("Cancel"), (Status.APPROVED,), Status.CANCELLED, "cancel"),
        # Its organisation has sent another person’s application in its place: the database makes
        # this move, together with that submission (guard `another_takes_the_place`).
        Transition(
            SUBSTITUTE,
            _("Name another person"),
            (Status.APPROVED,),
            Status.WITHDRAWN,
            "substitute",
        ),
        # As long as its letter has not left.
        Transition(
            UNDO,
            _("Undo"),
            (Status.APPROVED, Status.REFUSED, Status.RETURNED),
            Status.UNDER_REVIEW,
            "undo",
        ),
        # An appeal against it was upheld (art. 112).
        Transition(
            UPHOLD,
            _("Register on appeal"),
            (Status.REFUSED, Status.CANCELLED),
            Status.APPROVED,
            "uphold",
        ),
    ),
)

B = BadgeStatus
BADGE = Machine(
    name="badge",
    initial=B.ISSUED,
    texts={
        B.ISSUED: StatusText(_("Issued"), _("Valid"), _("The badge is printed next.")),
        B.PRINTED: StatusText(_("Printed"), _("Valid"), _("The badge can be collected.")),
        B.HANDED_OVER: StatusText(
            _("Handed over"), _("Valid"), _("Carry the badge while observing.")
        ),
        B.REPLACED: StatusText(
            _("Replaced"), _("Not valid: replaced"), _("Only the newer badge is valid.")
        ),
        B.REVOKED: StatusText(_("Revoked"), _("Not valid: revoked"), _("Hand the badge back.")),
        B.EXPIRED: StatusText(_("Expired"), _("Expired"), _("Nothing more happens.")),
    },
    transitions=(
        Transition(PRINT, _("Print"), (B.ISSUED,), B.PRINTED, "print"),
        Transition(HAND_OVER, _("Hand over"), (B.PRINTED,), B.HANDED_OVER, "hand_over"),
        Transition(REPLACE, _("Replace"), VALID_BADGES, B.REPLACED, "replace"),
        # For the run-off, many at once.
        Transition(RENEW, _("Renew"), VALID_BADGES, B.REPLACED, "renew"),
        Transition(REVOKE, _("Revoke"), VALID_BADGES, B.REVOKED, "revoke"),
        Transition(EXPIRE, _("Expire"), VALID_BADGES, B.EXPIRED),
    ),
)

A = AppealStatus
APPEAL = Machine(
    name="appeal",
    initial=A.LODGED,
    texts={
        A.LODGED: StatusText(
            _("Lodged"), _("Lodged"), _("The body above the commission decides the appeal.")
        ),
        A.UPHELD: StatusText(
            _("Upheld"), _("Upheld"), _("A new decision replaces the one appealed against.")
        ),
        A.DISMISSED: StatusText(
            _("Dismissed"), _("Dismissed"), _("The decision stands. The letter says why.")
        ),
        A.WITHDRAWN: StatusText(_("Withdrawn"), _("Withdrawn"), _("Nothing more happens.")),
    },
    transitions=(
        Transition(UPHOLD, _("Uphold"), (A.LODGED,), A.UPHELD, "decide"),
        Transition(DISMISS, _("Dismiss"), (A.LODGED,), A.DISMISSED, "decide"),
        Transition(WITHDRAW, _("Withdraw"), (A.LODGED,), A.WITHDRAWN, "withdraw"),
    ),
)

MACHINES = (APPLICATION, BADGE, APPEAL)
