from typing import Any

from django.core.management.base import BaseCommand

from notifications import outbox


class Command(BaseCommand):
    help = "Send the letters that wait in the outbox. May run twice, and beside itself."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{outbox.carry()} letters sent.")
