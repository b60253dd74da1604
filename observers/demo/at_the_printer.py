"""What the commission's printer has before it today, made by the domain's own functions."""

from django.db.models import QuerySet

from elections.enums import Kind
from elections.models import Commission
from observers.demo.accounts import Bench
from observers.domain import print_batches, print_choice, replacing
from observers.domain.print_batches import PrintError
from observers.enums import BadgeSize, BadgeStatus, IssueReason, PrintSheet
from observers.models import Badge


def set_up(commission: Commission, bench: Bench) -> None:
    """One badge was lost this morning, and those of the parties are being printed: the worker
    makes their pages when the demo begins. The others wait."""
    _lost(commission, bench)
    waiting = print_choice.to_print(bench.reviewer).filter(application__commission=commission)
    _begin(waiting.filter(kind=Kind.PARTY), bench, words=str(Kind.PARTY.label))


def _begin(chosen: QuerySet[Badge], bench: Bench, *, words: str) -> None:
    try:
        print_batches.begin(
            chosen, by=bench.reviewer, size=BadgeSize.LANYARD, sheet=PrintSheet.A4, words=words
        )
    except PrintError:
        return  # too small a demo: nothing waits


def _lost(commission: Commission, bench: Bench) -> None:
    carried = Badge.unscoped.filter(
        application__commission=commission, status=BadgeStatus.HANDED_OVER
    )
    for badge in carried.order_by("pk")[:1]:
        replacing.replace(badge, why=IssueReason.LOST, by=bench.reviewer)
