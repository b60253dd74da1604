"""What the pages of uploads have in common: whose upload it is, and the way back."""

import uuid
from urllib.parse import urlencode

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from elections.models import Election
from observers.models import Upload
from organisations.models import Organisation
from organisations.views.theirs import SignedIn, organisation_of


def upload_of(request: SignedIn, organisation: uuid.UUID, upload: uuid.UUID) -> Upload:
    """An upload of an organisation that the user represents; anything else is not there: 404."""
    theirs = organisation_of(request.user, organisation)
    visible = Upload.objects.visible_to(request.user).filter(organisation=theirs)
    found: Upload = get_object_or_404(
        visible.select_related("organisation", "election", "constituency"), key=upload
    )
    return found


def uploads_url(theirs: Organisation, election: Election) -> str:
    where = reverse("people:uploads", args=[theirs.key])
    return f"{where}?{urlencode({'election': election.slug})}"


def way_to_uploads(theirs: Organisation) -> list[dict[str, str]]:
    return [{"label": theirs.shown_name, "url": theirs.get_absolute_url()}]


def way_to_upload(upload: Upload) -> list[dict[str, str]]:
    theirs = upload.organisation
    uploads = {"label": _("Uploads"), "url": uploads_url(theirs, upload.election)}
    return [*way_to_uploads(theirs), uploads]
