"""What PostgreSQL itself insists on for what was printed."""

import pgtrigger

# A batch says what lay on the printer's tray: neither what it held nor that it was printed is
# changed afterwards.
BATCH_GUARDS = [
    pgtrigger.Protect(name="print_batch_is_not_deleted", operation=pgtrigger.Delete),
    pgtrigger.Protect(
        name="print_batch_is_kept",
        operation=pgtrigger.UpdateOf(
            "election_id", "commission_id", "organisation_id", "is_download", "begun_by_id",
            "begun_at", "size", "sheet", "chosen",
        ),
    ),
    pgtrigger.Protect(
        name="printed_once",
        operation=pgtrigger.UpdateOf("printed_at", "printed_by_id", "status"),
        condition=pgtrigger.Q(old__printed_at__isnull=False),
    ),
]  # fmt: skip
LINE_GUARDS = [
    pgtrigger.Protect(name="print_line_is_not_deleted", operation=pgtrigger.Delete),
    pgtrigger.Protect(
        name="print_line_is_kept",
        operation=pgtrigger.UpdateOf("batch_id", "badge_id", "position"),
    ),
]
