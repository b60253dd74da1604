"""Organisations and who acts for them."""

from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.names import fold, tidy
from notifications import outbox
from organisations.domain import letters
from organisations.enums import RepresentativeRole
from organisations.models import Organisation, Representative


class PeopleError(Exception):
    """It cannot be done. The message may be shown to a person."""


@transaction.atomic
def register(*, owner: User, name: str, **columns: Any) -> Organisation:
    """A new organisation; who enters it owns it."""
    organisation = Organisation.unscoped.create(
        name=tidy(name),
        search_key=search_key(name, columns.get("short_name", "")),
        **columns,
    )
    Representative.objects.create(
        organisation=organisation, user=owner, email=owner.email, role=RepresentativeRole.OWNER
    )
    return organisation


def change(organisation: Organisation, **columns: Any) -> None:
    """Correct the organisation's particulars."""
    for column, value in columns.items():
        setattr(organisation, column, value)
    organisation.search_key = search_key(organisation.name, organisation.short_name)
    organisation.save(update_fields=[*columns, "search_key"])


def search_key(name: str, short_name: str) -> str:
    return fold(f"{short_name} {name}")[:400]


@transaction.atomic
def invite(*, organisation: Organisation, email: str, by: User) -> Representative:
    """Let a person act for the organisation as soon as they sign in with that address."""
    address = email.strip().lower()
    invited, is_new = Representative.objects.get_or_create(organisation=organisation, email=address)
    if not is_new:
        raise PeopleError(_("This person is already on the list."))
    outbox.write([letters.invitation(invited, invited_by=by)])
    return invited


def accept_invitations(user: User) -> int:
    """Attach the user to the organisations that invited one of their verified addresses."""
    verified = EmailAddress.objects.filter(user=user, verified=True)
    waiting = Representative.objects.filter(
        user__isnull=True, email__in=verified.values("email")
    ).exclude(organisation__representatives__user=user)
    return waiting.update(user=user)


def remove(representative: Representative) -> None:
    """Take a person's right to act. The last owner stays: an organisation is never left alone.

    Raises PeopleError for the last owner.
    """
    with transaction.atomic():
        Organisation.unscoped.select_for_update().get(pk=representative.organisation_id)
        others = Representative.objects.filter(
            organisation=representative.organisation_id,
            role=RepresentativeRole.OWNER,
            user__isnull=False,
        ).exclude(pk=representative.pk)
        if representative.is_owner and not others.exists():
            raise PeopleError(_("An organisation keeps at least one owner."))
        representative.delete()
