"""Observers that somebody who tries the demo shall find: those of its own accounts."""

from dataclasses import dataclass
from itertools import cycle

from accounts.models import User
from elections.enums import Kind
from observers.demo.accounts import DemoAccounts
from observers.demo.drafts import Gap
from observers.demo.organisations import Nominator
from observers.demo.people import Name, Names
from observers.demo.plan import Plan
from observers.enums import Status

# People of the party whose accounts the demo has, by status; 2 of any other.
OF_THE_PARTY = {Status.DRAFT: 8, Status.RETURNED: 3}
# People of various organisations in the constituency whose staff has accounts.
AT_HOME = {Status.SUBMITTED: 6, Status.UNDER_REVIEW: 8, Status.RETURNED: 2, Status.REFUSED: 6}
GAPS = (Gap.NOTHING, Gap.PHOTO, Gap.NOTHING, Gap.CONSENT, Gap.PHOTO, Gap.DOCUMENT)


@dataclass(frozen=True)
class Pin:
    """What is settled about one observer of the plan."""

    applicant: User | None = None
    nominator: Nominator | None = None
    name: Name | None = None
    constituency: int | None = None
    gap: Gap = Gap.NOTHING
    # The language of its letters, where it came on paper.
    on_paper: str = ""
    has_email: bool = True
    # Returned once, and sent again.
    came_back: bool = False


def pin_down(
    plan: Plan, *, demo: DemoAccounts, nominators: list[Nominator], names: Names
) -> dict[int, Pin]:
    """By number in the plan. A small plan may have too few people for all of them."""
    home = next(table["constituency"] for table in demo.tables if "constituency" in table)
    return {
        **_applicants_own(plan, demo.users["applicant"], names, home),
        **_of_the_party(plan, demo, nominators, home),
        **_on_paper(plan, demo, home),
        **_at_home(plan, home),
    }


def _applicants_own(plan: Plan, user: User, names: Names, home: int) -> dict[int, Pin]:
    """A draft for the applicant, nearly complete, and a relative's application that was returned:
    nobody has two live applications."""
    given_name, surname = user.full_name.split(" ", 1)
    own = names.local(surname=surname, given_name=given_name, female=True)
    relative = names.local(surname=surname, female=False)
    pins = {}
    for status, name in ((Status.DRAFT, own), (Status.RETURNED, relative)):
        for number in plan.claim(status=status, kind=Kind.OWN_INITIATIVE, count=1):
            pins[number] = Pin(
                applicant=user, name=name, constituency=home, gap=Gap.PHOTO_AND_CONSENT
            )
    return pins


def _of_the_party(
    plan: Plan, demo: DemoAccounts, nominators: list[Nominator], home: int
) -> dict[int, Pin]:
    """Every other one is the business of the constituency whose staff has accounts."""
    (party,) = (n for n in nominators if n.owner == demo.users["organisation_owner"])
    gaps, places = cycle(GAPS), cycle((home, None))
    return {
        number: Pin(nominator=party, constituency=next(places), gap=next(gaps))
        for status in plan.statuses
        for number in plan.claim(
            status=status, kind=party.row["kind"], count=OF_THE_PARTY.get(Status(status), 2)
        )
    }


def _on_paper(plan: Plan, demo: DemoAccounts, home: int) -> dict[int, Pin]:
    """Entered by staff of that constituency; whoever entered it leaves the decision to the other.
    One has no e-mail address, and gets letters on paper."""
    reviewer, chair = (demo.users[f"constituency_{post}"] for post in ("reviewer", "chair"))
    wanted = (
        (Status.SUBMITTED, reviewer, "az", False),
        (Status.SUBMITTED, chair, "ru", True),
        (Status.UNDER_REVIEW, chair, "az", True),
        (Status.APPROVED, reviewer, "az", False),
    )
    return {
        number: Pin(applicant=clerk, constituency=home, on_paper=language, has_email=has_email)
        for status, clerk, language, has_email in wanted
        for number in plan.claim(status=status, kind=Kind.OWN_INITIATIVE, count=1)
    }


def _at_home(plan: Plan, home: int) -> dict[int, Pin]:
    """So that the commission whose staff has accounts has enough of everything to do."""
    return {
        number: Pin(constituency=home, came_back=place % 3 == 0)
        for status, count in AT_HOME.items()
        for place, number in enumerate(plan.claim(status=status, kind=Kind.NGO, count=count))
    }
