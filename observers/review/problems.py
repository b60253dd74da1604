"""The lists of what is wrong: which there are, and what to do about each."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from observers.domain import problems
from observers.models import (
    Application,
    Forgotten,
    NotReached,
    Overdue,
    WithoutBadge,
    WithoutPhoto,
)


@dataclass(frozen=True)
class Problem:
    """`name` is that of `domain/problems.py`; `to_do` says in one sentence what helps."""

    name: str
    model: type[Application]
    to_do: Any

    @property
    def title(self) -> Any:
        return self.model._meta.verbose_name_plural

    @property
    def url(self) -> str:
        return reverse(f"admin:observers_{self.model._meta.model_name}_changelist")

    def rows(self, applications: QuerySet[Any]) -> QuerySet[Any]:
        return problems.LISTS[self.name](applications)


PROBLEMS = (
    Problem(
        "overdue",
        Overdue,
        _(
            "Decide these before everything else: the legal time is over, and each further day "
            "has to be explained."
        ),
    ),
    Problem(
        "forgotten",
        Forgotten,
        _(
            "A colleague opened these and left them: anybody may take them now. Ask the colleague, "
            "or free them, and they stand in the queue as before."
        ),
    ),
    Problem(
        "not_reached",
        NotReached,
        _(
            "The applicant has not read what the commission wrote: reach them by phone, and have "
            "the address corrected, after which the election administrator sends the letter again."
        ),
    ),
    Problem(
        "without_photo",
        WithoutPhoto,
        _(
            "The file of the photo is not in the storage, and no badge can be printed without it: "
            "have it restored from the backup, or ask the applicant for the photo again."
        ),
    ),
    Problem(
        "without_badge",
        WithoutBadge,
        _("These observers are registered and have no valid badge: issue one for each."),
    ),
)
BY_MODEL = {problem.model: problem for problem in PROBLEMS}
