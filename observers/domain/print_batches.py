"""Badges that are printed together: chosen, made into files by a worker, and marked as printed.

A batch remembers what it held, in its order. What lies in another batch, or was printed before, is
left out unless somebody says yes to printing it again. What ended since it was chosen is neither
made nor marked: where its page exists already, that page is to be destroyed.
"""

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.access import Reach, reach
from accounts.copying import sheet as copied
from accounts.copying import take_in
from accounts.models import User
from accounts.names import sort_key
from elections.domain.clock import database_now
from elections.domain.posts import posts_of
from elections.models import Commission, Election
from observers import permissions
from observers.domain import badges, blanks, print_files
from observers.domain.print_choice import Choice, look_over, printable
from observers.enums import VALID_BADGES, BadgeSize, BadgeStatus, PrintSheet, PrintStatus
from observers.lifecycle import PRINT
from observers.models import Badge, PrintBatch, PrintLine

# Who applied on their own stands after every organisation.
LAST = "\uffff"


class PrintError(Exception):
    """It is not at the point where that can be done. The message may be shown to a person."""


# --- Beginning ------------------------------------------------------------------------------------


@transaction.atomic
def begin(
    chosen: QuerySet[Badge],
    *,
    by: User,
    size: BadgeSize,
    sheet: PrintSheet,
    words: str = "",
    reprint: bool = False,
) -> PrintBatch:
    """A batch of what can be printed of `chosen`; a worker makes its files. `words` say how it
    was chosen.

    Of two who begin with the same badges, the second finds them taken. Raises PrintError when
    nothing is left to print, or it is not for one commission to print.
    """
    election = _one_election(printable(chosen, by))
    _one_at_a_time(election)
    found = look_over(chosen, by=by, reprint=reprint)
    if not found.keys:
        raise PrintError(_why_nothing(found))
    these = Badge.unscoped.filter(pk__in=found.keys)
    batch: PrintBatch = PrintBatch.unscoped.create(
        election_id=election,
        commission=printer_of(these, by),
        begun_by=by,
        size=size,
        sheet=sheet,
        chosen=words,
        count=found.count,
    )
    put_in(batch, in_order(these))
    return batch


def _one_election(chosen: QuerySet[Badge]) -> int:
    elections = list(chosen.order_by().values_list("application__election", flat=True).distinct())
    if not elections:
        raise PrintError(_("Nothing is chosen: there is nothing to print."))
    if len(elections) > 1:
        raise PrintError(_("Choose badges of one election only."))
    return int(elections[0])


def _one_at_a_time(election: int) -> None:
    """Beginnings in one election wait for one another, so that none misses what another takes."""
    list(Election.objects.select_for_update(no_key=True).filter(pk=election).values_list("pk"))


def _why_nothing(found: Choice) -> str:
    if found.again:
        return _(
            "All of them have been printed before, or are in another batch. Say so if you want "
            "them printed again."
        )
    return _("None of them can be printed: each has ended, or its photo is missing.")


def printer_of(these: QuerySet[Badge], by: User) -> Commission:
    """Who prints, and hands over: the commission of all these, if the user works there; else the
    central one of its election. Raises PrintError where it is neither."""
    found = these.order_by().values_list("application__commission", "application__election")
    commissions, elections = map(set, zip(*found.distinct(), strict=True))
    posts = [post for post in posts_of(by) if reach(post.role, "badge", "print") != Reach.NOTHING]
    for post in posts:
        if commissions == {post.commission_id}:
            return post.commission
    for post in posts:
        if reach(post.role, "badge", "print") == Reach.ALL and elections == {
            post.commission.election_id
        }:
            return post.commission
    raise PrintError(_("Choose badges of one commission only."))


def in_order(these: QuerySet[Badge]) -> list[int]:
    """By organisation, then by name, both as the Azerbaijani alphabet has them."""
    rows = these.order_by().values_list(
        "application__organisation__name", "application__sort_key", "serial", "pk"
    )
    known = {name: sort_key(name) if name else LAST for name in {row[0] for row in rows}}
    return [row[-1] for row in sorted(rows, key=lambda row: (known[row[0]], *row[1:]))]


def put_in(batch: PrintBatch, keys: list[int]) -> None:
    """At their places, in the order of `keys`."""
    lines = [
        {
            "batch_id": batch.pk,
            "badge_id": key,
            "position": position,
            "part": None,
            "lacks_photo": False,
            "is_printed": False,
        }
        for position, key in enumerate(keys, start=1)
    ]
    take_in(copied(PrintLine, lines))


# --- What became of it ----------------------------------------------------------------------------


def cancel(batch: PrintBatch, *, by: User) -> None:
    """Nothing is printed; what has been made of its files is removed. Raises PrintError once it
    is marked as printed."""
    _insist(batch, by)
    these = PrintBatch.unscoped.filter(
        pk=batch.pk,
        status__in=(PrintStatus.PREPARING, PrintStatus.READY),
        printed_at__isnull=True,
    )
    if not these.update(status=PrintStatus.CANCELLED):
        raise PrintError(_("This batch can no longer be cancelled."))
    batch.refresh_from_db()
    transaction.on_commit(lambda: print_files.remove(batch))


@transaction.atomic
def mark_printed(batch: PrintBatch, *, by: User, spoiled: int = 0, note: str = "") -> int:
    """They lie on the table: those still valid can be collected, and the blanks are used up,
    `spoiled` ones besides. Returns how many badges are printed now.

    Raises PrintError when its files are not ready or a colleague has marked it, and
    blanks.ShortOfBlanks when more were used than there were and no `note` says how.
    """
    _insist(batch, by)
    held = PrintBatch.unscoped.select_for_update().get(pk=batch.pk)
    if held.status != PrintStatus.READY or held.printed_at is not None:
        raise PrintError(_("It is not ready, or a colleague has just marked it as printed."))
    made = held.lines.filter(part__isnull=False).count()
    blanks.use(held, count=made, spoiled=spoiled, by=by, note=note)
    keys = list(valid_lines(held).values_list("pk", flat=True))
    issued = Badge.unscoped.filter(prints__in=keys, status=BadgeStatus.ISSUED)
    badges.move(issued, PRINT, actor=by)
    marked: int = PrintLine.objects.filter(
        pk__in=keys, badge__in=Badge.unscoped.filter(prints__in=keys).valid()
    ).update(is_printed=True)
    PrintBatch.unscoped.filter(pk=held.pk).update(printed_by=by, printed_at=database_now())
    batch.refresh_from_db()
    return marked


def _insist(batch: PrintBatch, by: User) -> None:
    permitted = permissions.may_print(by, batch)
    if not permitted:
        raise PrintError(permitted.reason)


def valid_lines(batch: PrintBatch) -> QuerySet[PrintLine]:
    """What has a page and can be carried: the badges that are marked as printed."""
    lines: QuerySet[PrintLine] = batch.lines.filter(
        part__isnull=False, badge__status__in=VALID_BADGES
    )
    return lines


def ended(batch: PrintBatch) -> QuerySet[PrintLine]:
    """The lines whose badge was replaced or revoked after it was chosen, or has expired."""
    lines: QuerySet[PrintLine] = batch.lines.exclude(badge__status__in=VALID_BADGES)
    return lines


def to_destroy(batch: PrintBatch) -> QuerySet[PrintLine]:
    """Of those, the ones that lie on paper in the office: made, and handed over to nobody."""
    return ended(batch).filter(Q(part__isnull=False) & Q(badge__handover_line__isnull=True))
