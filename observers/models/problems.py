"""Lists whose rows are all wrong in one way: applications, under the name of the list.

What belongs on each is in `observers/domain/problems.py`.
"""

from django.utils.translation import gettext_lazy as _

from observers.models.application import Application


class WithoutBadge(Application):
    class Meta:
        proxy = True
        default_manager_name = "objects"
        base_manager_name = "unscoped"
        verbose_name = _("approved without a badge")
        verbose_name_plural = _("approved without a badge")


class Overdue(Application):
    class Meta:
        proxy = True
        default_manager_name = "objects"
        base_manager_name = "unscoped"
        verbose_name = _("overdue application")
        verbose_name_plural = _("overdue applications")


class NotReached(Application):
    class Meta:
        proxy = True
        default_manager_name = "objects"
        base_manager_name = "unscoped"
        verbose_name = _("letter that could not be delivered")
        verbose_name_plural = _("letters that could not be delivered")


class WithoutPhoto(Application):
    class Meta:
        proxy = True
        default_manager_name = "objects"
        base_manager_name = "unscoped"
        verbose_name = _("photo that is missing")
        verbose_name_plural = _("photos that are missing")


class Forgotten(Application):
    class Meta:
        proxy = True
        default_manager_name = "objects"
        base_manager_name = "unscoped"
        verbose_name = _("claimed and forgotten")
        verbose_name_plural = _("claimed and forgotten")
