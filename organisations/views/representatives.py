"""Who acts for an organisation. Owners invite and remove; the others see who does."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.kept_forms import keeps_what_was_typed
from accounts.verdict import insist
from organisations import permissions
from organisations.domain import people
from organisations.forms import InvitationForm
from organisations.models import Organisation
from organisations.views.theirs import SignedIn, organisation_of, typed


@keeps_what_was_typed
def representatives(request: SignedIn, organisation: uuid.UUID) -> HttpResponse:
    """The list, and for an owner the form to invite."""
    theirs = organisation_of(request.user, organisation)
    if request.method != "POST":
        return _page(request, theirs, InvitationForm(typed(request)))
    insist(permissions.may(request.user, "invite", theirs))
    form = InvitationForm(request.POST)
    if form.is_valid():
        try:
            invited = people.invite(organisation=theirs, by=request.user, **form.cleaned_data)
        except people.PeopleError as error:
            form.add_error("email", str(error))
        else:
            messages.success(request, _("Invited: %(email)s.") % {"email": invited.email})
            return redirect("organisations:representatives", theirs.key)
    return _page(request, theirs, form)


@login_required
@require_POST
def remove(request: SignedIn, organisation: uuid.UUID, representative: int) -> HttpResponse:
    theirs = organisation_of(request.user, organisation)
    leaving = get_object_or_404(theirs.representatives, pk=representative)
    insist(permissions.may(request.user, "invite", theirs))
    try:
        people.remove(leaving)
    except people.PeopleError as error:
        messages.error(request, str(error))
        return redirect("organisations:representatives", theirs.key)
    messages.success(
        request, _("%(email)s no longer acts for the organisation.") % {"email": leaving.email}
    )
    if leaving.user_id == request.user.pk:
        return redirect("organisations:list")
    return redirect("organisations:representatives", theirs.key)


def _page(request: SignedIn, theirs: Organisation, form: InvitationForm) -> HttpResponse:
    people_of_it = list(theirs.representatives.select_related("user"))
    context = {
        "organisation": theirs,
        "representatives": people_of_it,
        "may_invite": permissions.may(request.user, "invite", theirs),
        "owners": [person for person in people_of_it if person.is_owner and person.user_id],
        "form": form,
        "crumbs": [{"label": theirs.shown_name, "url": theirs.get_absolute_url()}],
    }
    return render(request, "organisations/representatives.html", context)
