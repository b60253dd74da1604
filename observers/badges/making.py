"""The files of a print batch, part by part.

Each part is stored as soon as it is made, so a worker that follows a killed one goes on with the
badges that have no page yet.
"""

from observers.badges import rendering
from observers.badges.facts import facts_of
from observers.badges.layout import Form
from observers.domain import print_files
from observers.enums import BadgeSize, PrintSheet
from observers.models import PrintBatch


def make(batch: PrintBatch, *, size: int = rendering.PART) -> None:
    """Until every badge has its page, or somebody cancels. `size`: badges of a part.

    May run again from the start. One whose photo is gone is left out, and the batch says so.
    """
    while True:
        try:
            if not _make_what_is_left(batch, size):
                return
        except rendering.PhotoMissing as missing:
            print_files.leave_out(batch, str(missing))
        else:
            print_files.finish(batch)
            return


def _make_what_is_left(batch: PrintBatch, size: int) -> bool:
    """False when somebody has cancelled it meanwhile."""
    form = Form(BadgeSize(batch.size), PrintSheet(batch.sheet), title=batch.chosen)
    for part in rendering.parts(facts_of(print_files.unmade(batch)), form, size=size):
        if not print_files.keep(batch, part.pdf, [(b.number, b.serial) for b in part.badges]):
            return False
    return True
