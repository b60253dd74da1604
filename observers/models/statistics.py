"""What the statistics of an election rest on, as it was found at a moment."""

from django.db import models

from elections.models import Election


class StatisticsSnapshot(models.Model):
    """The sums from which every public table is made: one moment for all of them, so that no two
    contradict each other. Nobody is in it, only numbers."""

    election = models.OneToOneField(Election, models.CASCADE, related_name="+")
    taken_at = models.DateTimeField()
    # The newest event there was. Where nothing has happened since, nothing is counted again.
    last_event = models.BigIntegerField(default=0)
    facts = models.JSONField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.election}: {self.taken_at:%Y-%m-%d %H:%M}"
