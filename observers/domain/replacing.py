"""A badge that ends before its time: followed by the next, or revoked.

Its name and photo are the application's, so correcting what a badge shows of a registered observer
is part of replacing it. Nothing else of the observer is touched, and the history of the old badge
keeps what it said.
"""

import datetime
from collections.abc import Mapping
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.names import tidy
from elections.domain.clock import database_now
from notifications import outbox
from observers.domain import badges, drafts, letters
from observers.domain.badges import CannotReplace
from observers.enums import IssueReason
from observers.lifecycle import REVOKE
from observers.models import Application, Badge

# Why an observer who is at the desk gets the next badge; a renewal is for all at once.
REASONS = (
    IssueReason.LOST,
    IssueReason.DAMAGED,
    IssueReason.WRONG_NAME,
    IssueReason.NEW_PHOTO,
)


class CannotRevoke(Exception):
    """The badge cannot be revoked. The message says why, and may be shown."""


def replace(
    badge: Badge,
    *,
    why: IssueReason,
    by: User,
    because: str = "",
    names: Mapping[str, str] | None = None,
    photo: ContentFile | None = None,
) -> Badge:
    """The next badge of the same observer, with the name and photo corrected where they were wrong.

    The old one is refused from now on. `names` are those of `drafts.NAMES`; `photo` is prepared
    (`photos.prepare_photo`). Raises CannotReplace; nothing is changed then.
    """
    stored = _store(badge.application, photo) if photo else ""
    try:
        return _replace(badge, why=why, by=by, because=because, names=names or {}, photo=stored)
    except BaseException:
        if stored:
            _photo_field().storage.delete(stored)
        raise


@transaction.atomic
def _replace(
    badge: Badge, *, why: IssueReason, by: User, because: str, names: Mapping[str, str], photo: str
) -> Badge:
    row = Application.unscoped.select_for_update(of=("self",)).get(pk=badge.application_id)
    before = row.full_name
    corrected = _corrected(row, names)
    _insist(why, names=bool(corrected), photo=bool(photo))
    for name, value in corrected.items():
        setattr(row, name, value)
    words = _in_words(because, before=before, after=row.full_name)
    following = badges.replace(badge, why=why, by=by, because=words)
    if corrected or photo:
        _write(row, corrected, photo=photo, now=database_now())
    outbox.write([letters.badge_replaced(_in_full(following), following)])
    return following


def _corrected(row: Application, names: Mapping[str, str]) -> dict[str, str]:
    """Those parts of the name that become others."""
    tidied = {name: tidy(names[name]) for name in drafts.NAMES if name in names}
    return {name: value for name, value in tidied.items() if getattr(row, name) != value}


def _insist(why: IssueReason, *, names: bool, photo: bool) -> None:
    """What is corrected is what the reason says. Raises CannotReplace."""
    if why == IssueReason.WRONG_NAME and not names:
        raise CannotReplace(_("Correct the name: it is the same as on the old badge."))
    if why == IssueReason.NEW_PHOTO and not photo:
        raise CannotReplace(_("Choose the new photo."))
    if names and why != IssueReason.WRONG_NAME:
        raise CannotReplace(_("The name was changed: choose that the name was wrong."))
    if photo and why not in (IssueReason.WRONG_NAME, IssueReason.NEW_PHOTO):
        raise CannotReplace(_("A new photo was chosen: choose that the photo was changed."))


def _in_words(because: str, *, before: str, after: str) -> str:
    changed = f"{before} → {after}" if before != after else ""
    return "\n".join(filter(None, (changed, because.strip())))


def _write(
    row: Application, corrected: dict[str, str], *, photo: str, now: datetime.datetime
) -> None:
    """Into the register as well. What a colleague has proposed about it meanwhile was about what
    it said before: the version ends that."""
    columns: dict[str, Any] = dict(corrected)
    if corrected:
        columns |= drafts.name_keys(*(getattr(row, name) for name in drafts.NAMES))
    if photo:
        columns["photo"] = photo
    these = Application.unscoped.filter(pk=row.pk)
    these.update(**columns, version=row.version + 1, updated_at=now)


def _store(application: Application, photo: ContentFile) -> str:
    """Under a name that says nothing. The earlier photo stays: the commission has decided on it."""
    field = _photo_field()
    name = field.generate_filename(application, f"{application.key}.jpg")
    return str(field.storage.save(name, photo))


def _photo_field() -> Any:
    return Application._meta.get_field("photo")


@transaction.atomic
def revoke(badge: Badge, *, by: User, because: str) -> Badge:
    """The badge is refused from now on and nothing follows it; the registration stands.

    Raises CannotRevoke where it is not valid any longer, or not for this user to revoke.
    """
    moved = badges.move(
        Badge.unscoped.filter(pk=badge.pk), REVOKE, actor=by, because=because.strip()
    )
    for _badge, reason in moved.skipped:
        raise CannotRevoke(reason)
    [revoked] = moved.done
    outbox.write([letters.badge_revoked(_in_full(revoked), revoked, because=because.strip())])
    return revoked


def _in_full(badge: Badge) -> Application:
    """The badge's application with all that a letter about it says."""
    found: Application = Application.unscoped.select_related(
        "election", "commission", "applicant", "organisation", "paper_form"
    ).get(pk=badge.application_id)
    return found
