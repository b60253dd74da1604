"""Who may do what: the whole of it, as one table.

How far a right reaches: `own` is what a person filed or what belongs to an organisation they
represent; `com` is what was filed with the commission they work for; `all` is everything of
the elections their central commission holds; `pub` is what is published; `-` is nothing.

The rooms above turn a reach into rows (`visible_to` of each queryset) and into answers with a
reason (`permissions.py`). `tests/test_access.py` walks every URL against this table.
"""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.enums import StaffRole


class Reach(StrEnum):
    NOTHING = "-"
    PUBLISHED = "pub"
    OWN = "own"
    COMMISSION = "com"
    ALL = "all"


class Role(models.TextChoices):
    """Everybody who can meet the portal; the staff roles are the posts of `StaffRole`."""

    ANONYMOUS = "anonymous", _("Anonymous visitor")
    APPLICANT = "applicant", _("Applicant")
    REPRESENTATIVE = "representative", _("Representative")
    ORGANISATION_OWNER = "organisation_owner", _("Organisation owner")
    CONSTITUENCY_REVIEWER = StaffRole.CONSTITUENCY_REVIEWER.value, _("Constituency reviewer")
    CONSTITUENCY_CHAIR = StaffRole.CONSTITUENCY_CHAIR.value, _("Constituency chair")
    CENTRAL_REVIEWER = StaffRole.CENTRAL_REVIEWER.value, _("Central reviewer")
    CENTRAL_CHAIR = StaffRole.CENTRAL_CHAIR.value, _("Central chair")
    ELECTION_ADMINISTRATOR = StaffRole.ELECTION_ADMINISTRATOR.value, _("Election administrator")
    AUDITOR = StaffRole.AUDITOR.value, _("Auditor")


# Columns: anonymous, applicant, representative, organisation owner, constituency reviewer and
# chair, central reviewer and chair, election administrator, auditor.
TABLE = """
object        action     anon  appl  repr  ownr  crev  ccha  zrev  zcha  admn  audt

register      view       pub   pub   pub   pub   pub   pub   pub   pub   pub   pub
election      view       pub   pub   pub   pub   all   all   all   all   all   all
election      change     -     -     -     -     -     -     -     -     all   -
window        extend     -     -     -     -     -     -     -     all   all   -
runoff        announce   -     -     -     -     -     -     -     all   all   -

application   create     -     own   own   own   -     -     -     -     -     -
application   view       -     own   own   own   com   com   all   all   -     all
application   edit       -     own   own   own   -     -     -     -     -     -
application   withdraw   -     own   own   own   -     -     -     -     -     -
application   substitute -     -     own   own   -     -     -     -     -     -
application   review     -     -     -     -     com   com   all   all   -     -
application   approve    -     -     -     -     com   com   all   all   -     -
application   return     -     -     -     -     com   com   all   all   -     -
application   refuse     -     -     -     -     com   com   all   all   -     -
application   cancel     -     -     -     -     -     com   -     all   -     -
application   confirm    -     -     -     -     com   com   all   all   -     -
application   undo       -     -     -     -     com   com   all   all   -     -
application   uphold     -     -     -     -     -     -     all   all   -     -
application   adopt      -     -     -     -     -     com   -     all   -     -
application   assign     -     -     -     -     -     com   -     all   -     -
application   transfer   -     -     -     -     -     com   -     all   -     -
application   enter      -     -     -     -     com   com   all   all   -     -
application   converse   -     own   own   own   com   com   all   all   -     -
application   files      -     own   own   own   com   com   all   all   -     all
application   history    -     -     -     -     com   com   all   all   -     all

appeal        lodge      -     own   own   own   -     -     -     -     -     -
appeal        view       -     own   own   own   com   com   all   all   -     all
appeal        withdraw   -     own   own   own   -     -     -     -     -     -
appeal        decide     -     -     -     -     -     -     all   all   -     -
appeal        record     -     -     -     -     -     -     -     all   -     -

badge         view       -     own   own   own   com   com   all   all   -     all
badge         download   -     own   own   own   com   com   all   all   -     -
badge         print      -     -     -     -     com   com   all   all   -     -
badge         hand_over  -     -     -     -     com   com   all   all   -     -
badge         replace    -     -     -     -     com   com   all   all   -     -
badge         revoke     -     -     -     -     -     com   -     all   -     -
badge         renew      -     -     -     -     -     com   -     all   -     -

organisation  create     -     own   own   own   -     -     -     -     -     -
organisation  view       -     own   own   own   -     -     all   all   -     all
organisation  edit       -     -     own   own   -     -     -     -     -     -
organisation  invite     -     -     -     own   -     -     -     -     -     -
nomination    create     -     -     own   own   -     -     -     -     -     -
nomination    view       -     -     own   own   -     -     all   all   -     all
nomination    edit       -     -     own   own   -     -     -     -     -     -
nomination    submit     -     -     -     own   -     -     -     -     -     -
nomination    decide     -     -     -     -     -     -     all   all   -     -
nomination    files      -     -     own   own   -     -     all   all   -     all

letter        view       -     -     -     -     -     -     -     -     all   all
letter        resend     -     -     -     -     -     -     -     -     all   -
staff         view       -     -     -     -     -     -     -     -     all   all
staff         appoint    -     -     -     -     -     -     -     -     all   -
exempt        view       -     -     -     -     -     -     all   all   all   all
exempt        keep       -     -     -     -     -     -     -     -     all   -
"""


def _parse(table: str) -> dict[tuple[str, str], dict[Role, Reach]]:
    header, *rows = [line.split() for line in table.strip().splitlines() if line.strip()]
    roles = list(Role)
    if len(header) != len(roles) + 2:
        raise ValueError("The access table has a column too many or too few.")
    parsed: dict[tuple[str, str], dict[Role, Reach]] = {}
    for kind, action, *cells in rows:
        parsed[kind, action] = {role: Reach(cell) for role, cell in zip(roles, cells, strict=True)}
    return parsed


ACCESS = _parse(TABLE)


def reach(role: Role | StaffRole | str, kind: str, action: str) -> Reach:
    """How far `role` may do `action` on objects of `kind`.

    Raises KeyError for an object or action that the table does not name: a right that nobody
    wrote down is a mistake in the code, not a refusal.
    """
    return ACCESS[kind, action][Role(role)]
