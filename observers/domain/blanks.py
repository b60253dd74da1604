"""The stock of blanks, and what changes it.

Paper is paper: what was used was used, so the stock may be brought below zero, with a note that
says how that can be. A stock that somebody counts is right again.
"""

from collections.abc import Collection

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from elections.models import Commission
from observers import permissions
from observers.enums import BadgeSize, BlankReason
from observers.models import BlankMovement, PrintBatch

# What staff enter by hand; printing enters itself.
BY_HAND = (
    BlankReason.RECEIVED,
    BlankReason.SPOILED,
    BlankReason.GIVEN,
    BlankReason.COUNTED,
)


class BlanksError(Exception):
    """It cannot be entered. The message may be shown to a person."""


class ShortOfBlanks(BlanksError):
    """More would be used than there are. With a note it is entered all the same."""


def stock(commission: Commission) -> dict[str, int]:
    """How many blanks of each size the commission has; below zero where nobody entered what
    came."""
    return stocks([commission])[commission.pk]


def stocks(commissions: Collection[Commission]) -> dict[int, dict[str, int]]:
    """The same of many, by commission id."""
    found = {each.pk: dict.fromkeys(BadgeSize.values, 0) for each in commissions}
    held = BlankMovement.unscoped.filter(commission__in=found).order_by()
    for key, size, count in held.values_list("commission", "size").annotate(Sum("change")):
        found[key][size] = count
    return found


@transaction.atomic
def use(batch: PrintBatch, *, count: int, spoiled: int, by: User, note: str) -> None:
    """What printing took. Raises ShortOfBlanks when there was less, and no note says how."""
    commission = batch.commission
    if commission is None:
        raise BlanksError(_("A download uses no blanks of a commission."))
    left = _held(commission)[batch.size] - count - spoiled
    _insist_on_a_note(left, note)
    for change, why in ((-count, BlankReason.PRINTED), (-spoiled, BlankReason.SPOILED)):
        if change:
            _enter(commission, batch.size, change, why, by=by, note=note, batch=batch)


@transaction.atomic
def enter(
    commission: Commission,
    *,
    size: BadgeSize,
    why: BlankReason,
    number: int,
    by: User,
    note: str = "",
    to: Commission | None = None,
) -> None:
    """What staff say: so many received, spoiled or given `to` another commission, or counted: then
    `number` is what is there.

    Raises BlanksError when it makes no sense, or is not for this user to say.
    """
    _insist(commission, why, number, by, to)
    involved = _held(commission, to)
    if why == BlankReason.COUNTED:
        change = number - involved[size]
    else:
        change = number if why == BlankReason.RECEIVED else -number
        _insist_on_a_note(min(0, involved[size] + change) if change < 0 else 0, note)
    _enter(commission, size, change, why, by=by, note=note, other=to)
    if to:
        _enter(to, size, number, BlankReason.GOT, by=by, note=note, other=commission)


def _insist(
    commission: Commission, why: BlankReason, number: int, by: User, to: Commission | None
) -> None:
    permitted = permissions.may_keep_blanks(by, commission)
    if not permitted:
        raise BlanksError(permitted.reason)
    if why not in BY_HAND:
        raise BlanksError(_("This is entered by printing, not by hand."))
    if number < 0 or (number == 0 and why != BlankReason.COUNTED):
        raise BlanksError(_("Enter how many there are."))
    if (why == BlankReason.GIVEN) != (to is not None):
        raise BlanksError(_("Say to which commission they were given."))
    if to and (to == commission or to.election_id != commission.election_id):
        raise BlanksError(_("Choose another commission of the same election."))


def _insist_on_a_note(left: int, note: str) -> None:
    if left < 0 and not note.strip():
        raise ShortOfBlanks(
            ngettext(
                "By what was entered %(n)s blank is lacking. Say in the note how that can be.",
                "By what was entered %(n)s blanks are lacking. Say in the note how that can be.",
                -left,
            )
            % {"n": -left}
        )


def _held(*commissions: Commission | None) -> dict[str, int]:
    """The stock of the first, which nobody else changes until the end of the transaction."""
    keys = sorted(each.pk for each in commissions if each)
    rows = Commission.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=keys)
    list(rows.order_by("pk").values_list("pk"))
    return stock(commissions[0]) if commissions[0] else {}


def _enter(
    commission: Commission,
    size: str,
    change: int,
    why: BlankReason,
    *,
    by: User,
    note: str,
    batch: PrintBatch | None = None,
    other: Commission | None = None,
) -> None:
    BlankMovement.unscoped.create(
        commission=commission,
        size=size,
        change=change,
        why=why,
        other=other,
        batch=batch,
        by=by,
        note=note.strip(),
    )
