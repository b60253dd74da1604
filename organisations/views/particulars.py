"""The organisations that a person acts for, and who they say they are."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.kept_forms import keeps_what_was_typed
from accounts.verdict import insist
from organisations import permissions
from organisations.domain import people
from organisations.forms import OrganisationForm
from organisations.models import NominationRight, Organisation, Representative
from organisations.views.theirs import SignedIn, organisation_of, typed, way_to_organisations


@login_required
def organisations(request: SignedIn) -> HttpResponse:
    """My organisations, each with what it needs."""
    people.accept_invitations(request.user)
    rights = NominationRight.objects.visible_to(request.user).select_related("election")
    mine = (
        Representative.objects.filter(user=request.user)
        .select_related("organisation")
        .prefetch_related(
            Prefetch("organisation__rights", rights.order_by("-created_at"), to_attr="newest")
        )
        .order_by("organisation__name")
    )
    rows = [_row(representation) for representation in mine]
    may_register = permissions.may_register(request.user)
    context = {"rows": rows, "may_register": may_register}
    return render(request, "organisations/list.html", context)


def _row(representation: Representative) -> dict[str, Any]:
    """One organisation and its newest nomination right."""
    organisation: Any = representation.organisation
    right = next(iter(organisation.newest), None)
    row = {
        "organisation": organisation,
        "detail": f"{organisation.get_kind_display()}, {representation.get_role_display()}",
        "status": "not_started",
        "label": _("Not applied yet"),
        "next": _("The organisation needs a nomination right before its observers can be sent."),
    }
    if right:
        said = right.public_status()
        named = f"{right.election.name}: {said['next_step']}"
        row |= {"status": right.status, "label": said["label"], "next": named}
    return row


@keeps_what_was_typed
def new(request: SignedIn) -> HttpResponse:
    insist(permissions.may_register(request.user))
    form = OrganisationForm(typed(request))
    if request.method == "POST" and form.is_valid():
        columns = form.cleaned_data
        if people.represents_namesake(request.user, columns["name"]):
            form.add_error("name", _("You already act for an organisation of this name."))
        else:
            return redirect(people.register(owner=request.user, **columns))
    return render(
        request, "organisations/new.html", {"form": form, "crumbs": way_to_organisations()}
    )


@keeps_what_was_typed
def details(request: SignedIn, organisation: uuid.UUID) -> HttpResponse:
    theirs = organisation_of(request.user, organisation)
    insist(permissions.may(request.user, "edit", theirs))
    form, changed = change_particulars(request, theirs)
    if changed:
        return redirect(theirs)
    context = {"organisation": theirs, "form": form, "held": people.held_columns(theirs)}
    context["crumbs"] = [{"label": theirs.shown_name, "url": theirs.get_absolute_url()}]
    return render(request, "organisations/details.html", context)


def change_particulars(
    request: SignedIn, organisation: Organisation
) -> tuple[OrganisationForm, bool]:
    """The form, filled with what is stored or was typed, and whether it has been stored."""
    form = OrganisationForm(
        typed(request),
        initial=OrganisationForm.of(organisation),
        held=people.held_columns(organisation),
    )
    if request.method != "POST" or not form.is_valid():
        return form, False
    try:
        people.change(organisation, **form.cleaned_data)
    except people.PeopleError as error:
        form.add_error(None, str(error))
        return form, False
    messages.success(request, _("The particulars are saved."))
    return form, True
