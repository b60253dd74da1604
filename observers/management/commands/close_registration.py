from typing import Any

from django.core.management.base import BaseCommand

from observers.domain import closing


class Command(BaseCommand):
    help = "Lapse the drafts of closed windows and record each closing. May run twice."

    def handle(self, *args: Any, **options: Any) -> None:
        recorded = closing.close_registration()
        for event in recorded:
            self.stdout.write(f"Closed: {event.window}, {event.lapsed} drafts lapsed.")
        if not recorded:
            self.stdout.write("Nothing to close.")
