"""How many applications stand how, kept by the database."""

from django.db import models

from elections.enums import Kind, Scope
from elections.models import Commission, Constituency, Election
from observers.enums import Status
from organisations.models import Organisation


class ApplicationCount(models.Model):
    """A change of a number, or what many changes came to: their sum is how many there are.

    Every statement that moves applications adds its changes, so nobody waits for anybody; now and
    then they are added up (`domain/counting.fold`). Drafts are not counted: they are nobody's
    business.
    """

    election = models.ForeignKey(Election, models.CASCADE, related_name="+")
    commission = models.ForeignKey(Commission, models.CASCADE, related_name="+", db_index=False)
    status = models.CharField(max_length=20, choices=Status.choices, editable=False)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    scope = models.CharField(max_length=20, choices=Scope.choices)
    constituency = models.ForeignKey(
        Constituency, models.CASCADE, null=True, related_name="+", db_index=False
    )
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, null=True, related_name="+", db_index=False
    )
    applications = models.IntegerField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.status}: {self.applications:+}"
