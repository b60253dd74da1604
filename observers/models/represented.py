"""Rows of an organisation's own: its representatives see them, and nobody else."""

from typing import Any, Self

from accounts.scoping import ScopedQuerySet
from organisations.models import Representative


class RepresentedQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any) -> Self:
        """What belongs to the organisations that the user represents."""
        if not user.is_authenticated:
            return self.none()
        represented = Representative.objects.filter(user=user).values("organisation")
        return self.filter(organisation__in=represented)
