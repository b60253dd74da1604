"""The organisation and the people who act for it."""

import uuid
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from accounts.scoping import ScopedQuerySet, scoped
from elections.domain.posts import reached_by_posts
from organisations.enums import OrganisationKind, RepresentativeRole
from privacy.fields import EncryptedTextField


class OrganisationQuerySet(ScopedQuerySet):
    def represented_by(self, user: User) -> Self:
        return self.filter(pk__in=Representative.objects.filter(user=user).values("organisation"))

    def visible_to(self, user: Any) -> Self:
        """Its representatives, and the posts that consider nomination rights."""
        if not user.is_authenticated:
            return self.none()
        own = Q(pk__in=Representative.objects.filter(user=user).values("organisation"))
        by_post = reached_by_posts(
            user,
            "organisation",
            "view",
            commission="rights__commission",
            election="rights__election",
        )
        submitted = Q(rights__submitted_at__isnull=False)
        return self.filter(own | (by_post & submitted)).distinct()


class Organisation(models.Model):
    """Nominates observers (art. 40.5).

    Legal registration is not required to apply: whether an unregistered group may nominate is
    the commission's decision, not a field's.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=20, choices=OrganisationKind.choices)
    name = models.CharField(pgettext_lazy("organisation", "full name"), max_length=300)
    short_name = models.CharField(_("short name"), max_length=60, blank=True)
    country = models.CharField(
        _("country of seat"), max_length=2, default="AZ", help_text=_("ISO 3166 code.")
    )
    registration_number = models.CharField(
        _("number of legal registration"),
        max_length=40,
        blank=True,
        help_text=_("Leave empty if the organisation is not registered. It can still apply."),
    )
    legal_address = EncryptedTextField(_("address"), blank=True)
    phone = EncryptedTextField(_("phone"), blank=True)
    search_key = models.CharField(max_length=400, editable=False, default="")
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)

    unscoped: ClassVar[Any] = OrganisationQuerySet.as_manager()
    objects: ClassVar[Any] = scoped(OrganisationQuerySet)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ("name",)
        default_manager_name = "objects"
        base_manager_name = "unscoped"
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="organisation_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("people:desk", args=[self.key])

    @property
    def shown_name(self) -> str:
        return self.short_name or self.name


class Representative(models.Model):
    """A person who acts for an organisation.

    `user` is empty while somebody is invited who has not signed in with that verified address.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="representatives")
    user = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="representations"
    )
    email = models.EmailField(_("e-mail address"))
    role = models.CharField(
        _("role"),
        max_length=20,
        choices=RepresentativeRole.choices,
        default=RepresentativeRole.REPRESENTATIVE,
    )
    added_at = models.DateTimeField(_("added"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("representative")
        verbose_name_plural = _("representatives")
        ordering = ("organisation", "role", "email")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "email"], name="one_invitation_per_address"
            ),
            models.UniqueConstraint(
                fields=["organisation", "user"], name="one_representation_per_user"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email}: {self.organisation}"

    @property
    def is_owner(self) -> bool:
        return self.role == RepresentativeRole.OWNER
