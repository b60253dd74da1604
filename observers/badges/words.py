"""What the verification page says: for the page itself, and for the script that works offline."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from observers.domain.verification import Verdict

Words = str | Promise
_SIZES = ((7, "great"), (9, "large"), (11, "broad"), (13, "long"), (99, "longest"))


@dataclass(frozen=True)
class Saying:
    """One word as large as the screen allows, what it means, and what to do about it.

    `tone` is a colour of `static/css/verify.css`, `symbol` a shape of `static/img/verify.svg`.
    """

    tone: str
    symbol: str
    word: Words
    line: Words = ""
    next: Words = ""

    @property
    def size(self) -> str:
        """As large as its longest part leaves it on a narrow screen; a class of the style sheet."""
        letters = max(map(len, str(self.word).split()))
        return next(size for most, size in _SIZES if letters <= most)

    def as_json(self) -> dict[str, str]:
        texts = {name: str(getattr(self, name)) for name in ("word", "line", "next")}
        return {"tone": self.tone, "symbol": self.symbol, "size": self.size, **texts}


_REFUSE = gettext_lazy(
    "This badge does not admit. If its holder disagrees, they can ask the commission that "
    "registered them."
)
_PAPER = gettext_lazy(
    "Open this page once with a network, then scan again. Until then, look the number up in the "
    "commission’s printed list."
)
SAYINGS = {
    Verdict.VALID: Saying(
        "good",
        "tick",
        gettext_lazy("Valid"),
        next=gettext_lazy("Compare the photo on the badge with the person in front of you."),
    ),
    Verdict.ELSEWHERE: Saying(
        "wait",
        "elsewhere",
        gettext_lazy("Not here"),
        line=gettext_lazy("Valid, but for another place: %(place)s"),
        next=gettext_lazy("Its holder may observe there, and not at this polling station."),
    ),
    Verdict.NOT_YET: Saying(
        "wait",
        "clock",
        gettext_lazy("Not yet"),
        line=gettext_lazy("Valid from %(moment)s"),
        next=gettext_lazy("Before that moment this badge does not admit."),
    ),
    Verdict.EXPIRED: Saying(
        "bad",
        "clock",
        gettext_lazy("Expired"),
        line=gettext_lazy("It was valid until %(moment)s"),
        next=_REFUSE,
    ),
    Verdict.REVOKED: Saying(
        "bad",
        "cross",
        gettext_lazy("Revoked"),
        line=gettext_lazy("This badge is no longer valid."),
        next=_REFUSE,
    ),
    Verdict.REPLACED: Saying(
        "bad",
        "cross",
        gettext_lazy("Replaced"),
        line=gettext_lazy("A newer badge was issued in place of this one."),
        next=gettext_lazy("Ask for the newer badge. This one does not admit."),
    ),
    Verdict.NOT_GENUINE: Saying(
        "bad",
        "cross",
        gettext_lazy("Not genuine"),
        line=gettext_lazy("The commission has not signed this code."),
        next=gettext_lazy(
            "Do not rely on this badge. Tell the commission where and when you saw it."
        ),
    ),
    Verdict.UNKNOWN: Saying(
        "bad",
        "question",
        gettext_lazy("Unknown"),
        line=gettext_lazy("No observer is registered under this number."),
        next=gettext_lazy("Compare the number with the badge, figure by figure."),
    ),
    Verdict.NO_BADGE: Saying(
        "bad",
        "question",
        gettext_lazy("No badge"),
        line=gettext_lazy("Registered, but no badge has been issued yet."),
        next=gettext_lazy("Nobody observes without a badge."),
    ),
    Verdict.NOT_ON_LIST: Saying(
        "wait",
        "question",
        gettext_lazy("Not checked"),
        line=gettext_lazy(
            "The signature is genuine. Whether the badge was revoked could not be checked."
        ),
        next=_PAPER,
    ),
    Verdict.NOT_CHECKED: Saying(
        "wait",
        "question",
        gettext_lazy("Not checked"),
        line=gettext_lazy("This phone does not have the key that the badge is signed with."),
        next=_PAPER,
    ),
    Verdict.NOT_ASKED: Saying(
        "wait",
        "question",
        gettext_lazy("Not checked"),
        line=gettext_lazy("A number alone cannot be checked without a network."),
        next=gettext_lazy(
            "Scan the code on the badge: that works without a network. Or look the number up in "
            "the commission’s printed list."
        ),
    ),
}


def labels() -> dict[str, str]:
    """Of the lines under a result."""
    return {
        "number": _("Accreditation number"),
        "serial": _("Badge"),
        "nominator": _("Nominated by"),
        "where": _("Where"),
        "valid_from": _("Valid from"),
        "valid_until": _("Valid until"),
        "election": _("Election"),
    }


def choose_your_place() -> str:
    return _(
        "Say below where you are, once, and this page will tell whether a badge is valid there."
    )


def phrases() -> dict[str, Any]:
    """Everything else that the script says."""
    return labels() | {
        "moment": _("%(weekday)s %(day)s %(month)s %(year)s, %(time)s (%(zone)s)"),
        "compare": _("Compare the number below with the one printed on the badge."),
        "choose": choose_your_place(),
        "asking": _("This phone has checked the code. Asking the commission’s server as well …"),
        "offline": _(
            "There is no network: this is what the code itself and the list on this phone say."
        ),
        "no_answer": _("The server did not answer. This is what this phone found by itself."),
        "too_many": _(
            "Too many badges were checked from this network in a short while. This is what this "
            "phone found by itself."
        ),
        "list_age": _(
            "The list of revoked badges on this phone is from %(moment)s. Age: %(span)s."
        ),
        "old_list": _(
            "The list of revoked badges on this phone is old: from %(moment)s. Age: %(span)s. A "
            "badge that was revoked since then still looks valid here. Connect to a network."
        ),
        "no_list": _(
            "This phone has no list of revoked badges. Open this page once with a network."
        ),
        "ready": _("This phone is ready to check badges without a network."),
        "not_ready": _(
            "This phone cannot check badges without a network yet: open this page once with one."
        ),
        "you_are": _("You are here: %(place)s"),
        "nowhere": _("Where are you?"),
        "looking": _("Hold the code on the badge before the camera."),
        "camera_denied": _(
            "The browser was not allowed to use the camera. Allow it in the settings of this page, "
            "choose a picture instead, or type the number."
        ),
        "camera_missing": _(
            "No camera was found. Choose a picture of the code instead, or type the number."
        ),
        "camera_busy": _(
            "The camera cannot be used now; another application may be using it. Close that one, "
            "choose a picture instead, or type the number."
        ),
        "no_code": _("No code was found in that picture. Take one that shows the code large."),
    }
