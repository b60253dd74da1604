"""Rows are shown to somebody, or not at all.

`Model.objects` starts empty, so that a view that forgets to say for whom it asks shows nothing.
`Model.objects.visible_to(user)` is the way for pages. `Model.unscoped` is for the domain, tasks
and commands, which act for the system; views, forms and the admin do not use it (a test says so).
"""

from typing import Any, Self

from django.db import models


class ScopedQuerySet(models.QuerySet[Any]):
    """A queryset that knows which of its rows a user may see."""

    def visible_to(self, user: Any) -> Self:
        raise TypeError(f"{self.model.__name__} does not say who may see it.")


class ScopedManager(models.Manager[Any]):
    """The default manager of everything that belongs to somebody: empty until told for whom."""

    queryset_class: type[ScopedQuerySet]

    def get_queryset(self) -> ScopedQuerySet:
        return self.queryset_class(self.model, using=self._db).none()

    def visible_to(self, user: Any) -> ScopedQuerySet:
        return self.queryset_class(self.model, using=self._db).visible_to(user)


def scoped(queryset_class: type[ScopedQuerySet]) -> Any:
    """The scoped manager of a queryset class.

    A class is made for each, because Django instantiates the managers of related objects anew
    and without arguments.
    """
    name = f"Scoped{queryset_class.__name__}Manager"
    return type(name, (ScopedManager,), {"queryset_class": queryset_class})()
