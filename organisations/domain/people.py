"""Organisations and who acts for them."""

from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.names import fold, tidy
from elections.domain.clock import database_now
from notifications import outbox
from organisations.domain import letters
from organisations.enums import NominationStatus, RepresentativeRole
from organisations.models import NominationRight, Organisation, Representative

# What the commission decides on; kept as it was decided while the election lasts.
JUDGED = ("kind", "name", "short_name", "country", "registration_number")


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


@transaction.atomic
def change(organisation: Organisation, **columns: Any) -> None:
    """Correct the organisation's particulars.

    Raises PeopleError for a column that the commission is considering or has decided on.
    """
    stored = Organisation.unscoped.select_for_update().get(pk=organisation.pk)
    held = [column for column in held_columns(stored) if column in columns]
    if any(columns[column] != getattr(stored, column) for column in held):
        raise PeopleError(
            _("The commission decides on these particulars, so they stay as they were sent.")
        )
    for column, value in columns.items():
        setattr(organisation, column, value)
    organisation.search_key = search_key(organisation.name, organisation.short_name)
    organisation.save(update_fields=[*columns, "search_key"])


def held_columns(organisation: Organisation) -> tuple[str, ...]:
    """What may not be changed now: a nomination right rests on it, sent or granted, in an
    election that is not over. Otherwise one organisation could be granted it and another use it.
    """
    rights = NominationRight.unscoped.filter(
        organisation=organisation,
        status__in=(NominationStatus.SUBMITTED, NominationStatus.GRANTED),
        election__polling_on__gte=database_now().date(),
    )
    return JUDGED if rights.exists() else ()


def represents_namesake(user: User, name: str) -> bool:
    """Whether the user already acts for an organisation of that name. Only their own are looked
    at: that somebody else has registered a name is nobody's business before it is public."""
    own = Organisation.unscoped.filter(representatives__user=user)
    return fold(name) in {fold(known) for known in own.values_list("name", flat=True)}


def search_key(name: str, short_name: str) -> str:
    return fold(f"{short_name} {name}")[:400]


@transaction.atomic
def invite(
    *,
    organisation: Organisation,
    email: str,
    by: User,
    role: str = RepresentativeRole.REPRESENTATIVE,
) -> Representative:
    """Let a person act for the organisation as soon as they sign in with that address."""
    invited, is_new = Representative.objects.get_or_create(
        organisation=organisation, email=email.strip().lower(), defaults={"role": role}
    )
    if not is_new:
        raise PeopleError(_("This person is already on the list."))
    outbox.write([letters.invitation(invited, invited_by=by)])
    return invited


def accept_invitations(user: User) -> int:
    """Attach the user to the organisations that invited one of their verified addresses.

    Invited twice, under two addresses, a person is attached once.
    """
    verified = EmailAddress.objects.filter(user=user, verified=True)
    waiting = Representative.objects.filter(
        user__isnull=True, email__in=verified.values("email")
    ).exclude(organisation__representatives__user=user)
    once = waiting.order_by("organisation_id", "role", "pk").distinct("organisation_id")
    return Representative.objects.filter(pk__in=list(once.values_list("pk", flat=True))).update(
        user=user
    )


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
