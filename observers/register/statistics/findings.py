"""What each chart shows, in a sentence that stands above it."""

import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.time_words import day_in_full
from elections.enums import Kind
from observers.register.statistics.concentration import concentration
from observers.register.statistics.figures import (
    DAY,
    count,
    percent,
    percents,
    ratio,
    whole_percent,
)
from observers.register.statistics.tables import Source, kind_labels


def standing(source: Source) -> str:
    everything = source.facts.everything
    if not everything.received:
        return _("No application has been received yet.")
    return _(
        "Of %(received)s applications %(registered)s stand in the register, %(waiting)s are being "
        "decided and %(refused)s are refused."
    ) % {
        "received": count(everything.received),
        "registered": count(everything.approved),
        "waiting": count(everything.waiting),
        "refused": count(everything.refused),
    }


def days(source: Source) -> str:
    if not source.facts.days:
        return _("Nobody is registered yet.")
    best: tuple[datetime.date, int] = max(source.facts.days.items(), key=lambda day: day[1])
    return ngettext(
        "The most on one day: %(shown)s observer, %(day)s.",
        "The most on one day: %(shown)s observers, %(day)s.",
        best[1],
    ) % {"shown": count(best[1]), "day": day_in_full(best[0], zone=source.election.time_zone)}


def kinds(source: Source) -> str:
    registered = source.facts.registered
    if not registered:
        return _("Nobody is registered yet.")
    first = max(source.kinds, key=lambda kind: source.kinds[kind].approved)
    return _("Most come through one kind of nominator: %(kind)s, %(share)s of the registered.") % {
        "kind": kind_labels()[first],
        "share": percent(source.kinds[first].approved / registered),
    }


def commissions(source: Source) -> str:
    if not source.facts.registered:
        return _("Nobody is registered yet.")
    groups = source.commissions
    most = max(groups, key=lambda key: groups[key].approved)
    return _("The most were registered by: %(commission)s, %(count)s of %(all)s.") % {
        "commission": source.names.commissions[most],
        "count": count(groups[most].approved),
        "all": count(source.facts.registered),
    }


def times(source: Source) -> str:
    everything = source.facts.everything
    if everything.median is None or everything.ninety is None:
        return _("Nothing has been decided yet.")
    return _(
        "Half of the applications were decided within %(median)s days, nine in ten within "
        "%(ninety)s; %(share)s within the legal time."
    ) % {
        "median": ratio(everything.median / DAY),
        "ninety": ratio(everything.ninety / DAY),
        "share": percent(1 - everything.lateness.rate),
    }


def refusals(source: Source) -> str:
    everything = source.facts.everything
    if not everything.decided:
        return _("Nothing has been decided yet.")
    return _("Of %(decided)s decisions %(refused)s were refusals: %(rate)s (%(interval)s).") % {
        "decided": count(everything.decided),
        "refused": count(everything.first_refused),
        "rate": percent(everything.refusals.rate),
        "interval": percents(everything.refusals.interval),
    }


def appeals(source: Source) -> str:
    lodged = sum(source.facts.appeals.values())
    if not lodged:
        return _("No decision has been appealed against.")
    return ngettext(
        "%(n)s decision has been appealed against.",
        "%(n)s decisions have been appealed against.",
        lodged,
    ) % {"n": count(lodged)}


def constituencies(source: Source) -> str:
    """Of observers of one constituency; those of the whole country may go anywhere."""
    stations = sum(place.polling_stations for place in source.names.places.values())
    observers = sum(source.facts.constituencies.values())
    if not stations or not observers:
        return _("Nobody is registered for a constituency yet.")
    said = _("On average %(ratio)s observers of a constituency to a polling station.") % {
        "ratio": ratio(observers / stations)
    }
    voters = source.election.voters
    if not voters or not source.facts.registered:
        return said
    of_voters = _("In all, one observer for every %(voters)s voters.") % {
        "voters": count(voters / source.facts.registered)
    }
    return f"{said} {of_voters}"


def nominators(source: Source) -> str:
    found = concentration(source.facts.organisations.values())
    if not found.nominated:
        return _("No organisation has a registered observer yet.")
    own = source.facts.kinds.get(Kind.OWN_INITIATIVE)
    said = _(
        "The largest organisation nominated %(one)s of the observers of organisations, the three "
        "largest %(three)s, the five largest %(five)s: as if %(as_many)s of equal size had "
        "nominated all."
    ) % {
        "one": whole_percent(found.largest[1]),
        "three": whole_percent(found.largest[3]),
        "five": whole_percent(found.largest[5]),
        "as_many": ratio(found.as_many_as),
    }
    if own is None or not own.approved:
        return said
    citizens = _("Citizens on their own initiative: %(count)s, %(share)s of the registered.") % {
        "count": count(own.approved),
        "share": percent(own.approved / source.facts.registered),
    }
    return f"{said} {citizens}"
