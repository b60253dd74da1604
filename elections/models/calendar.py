"""The election, its windows, and what was announced about them."""

import datetime
from typing import Any, ClassVar, Self
from zoneinfo import ZoneInfo

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from elections.enums import (
    Authority,
    DecisionWay,
    Kind,
    NamePolicy,
    ObserverConsent,
    Outcome,
    Scope,
)
from elections.texts import in_language


def validate_time_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError) as error:
        raise ValidationError(_("This is not the name of a time zone.")) from error


def validate_name_policies(policies: Any) -> None:
    """A table of kind of observer to how much of their names is shown."""
    known = isinstance(policies, dict) and set(policies) <= set(Kind.values)
    if not known or not set(policies.values()) <= set(NamePolicy.values):
        raise ValidationError(_("This names a kind of observer or a choice that does not exist."))


class ElectionQuerySet(models.QuerySet["Election"]):
    def published(self) -> Self:
        return self.filter(is_published=True)


class Election(models.Model):
    """One election. Everything that differs between elections hangs on it as rows."""

    slug = models.SlugField(_("name in addresses"), unique=True)
    code = models.CharField(
        _("code"), max_length=6, help_text=_("Stands in receipt and accreditation numbers.")
    )
    names = models.JSONField(_("names by language"))
    authority_names = models.JSONField(_("names of the authority by language"))
    polling_on = models.DateField(_("polling day"))
    time_zone = models.CharField(_("time zone"), max_length=64, validators=[validate_time_zone])
    time_zone_names = models.JSONField(_("names of the time zone by language"), default=dict)
    languages = ArrayField(models.CharField(max_length=5), verbose_name=_("languages"))
    name_policy = models.CharField(
        _("names in the register"),
        max_length=10,
        choices=NamePolicy.choices,
        default=NamePolicy.FULL,
    )
    name_policies = models.JSONField(
        _("names of some kinds of observer"),
        default=dict,
        db_default=models.Value({}, models.JSONField()),
        blank=True,
        validators=[validate_name_policies],
        help_text=_("Where they are shown otherwise than in general."),
    )
    minimum_age = models.PositiveSmallIntegerField(
        _("minimum age"), default=18, help_text=_("In years, on polling day (art. 40.4).")
    )
    observer_consent = models.CharField(
        _("consent of observers whom an organisation nominates"),
        max_length=20,
        choices=ObserverConsent.choices,
        default=ObserverConsent.NOT_ASKED,
    )
    conduct_texts = models.JSONField(
        _("code of conduct by language"),
        default=dict,
        blank=True,
        help_text=_("What observers accept, one rule a line."),
    )
    approval_way = models.CharField(
        _("how an application is approved"),
        max_length=10,
        choices=DecisionWay.choices,
        default=DecisionWay.ONE,
        db_default=DecisionWay.ONE,
    )
    refusal_way = models.CharField(
        _("how an application is refused"),
        max_length=10,
        choices=DecisionWay.choices,
        default=DecisionWay.TWO,
        db_default=DecisionWay.TWO,
    )
    cancellation_way = models.CharField(
        _("how a registration is cancelled"),
        max_length=10,
        choices=DecisionWay.choices,
        default=DecisionWay.ONE,
        db_default=DecisionWay.ONE,
    )
    clock_stands_still = models.BooleanField(
        _("the time to decide stands still while an application is returned"),
        default=True,
        db_default=True,
    )
    sample_size = models.PositiveSmallIntegerField(
        _("sample of a batch"),
        default=20,
        db_default=20,
        help_text=_("So many of a batch, drawn at random, are looked at singly first."),
    )
    undo_seconds = models.PositiveSmallIntegerField(
        _("seconds to undo"),
        default=10,
        db_default=10,
        help_text=_("So long a decision's letter waits, and the decision can be undone."),
    )
    claim_minutes = models.PositiveSmallIntegerField(
        _("minutes on a desk"),
        default=15,
        db_default=15,
        help_text=_("So long nobody else is given an application that a reviewer has open."),
    )
    badges_until = models.DateTimeField(
        _("badges are valid until"),
        null=True,
        blank=True,
        help_text=_("Empty: until the end of the day after polling, when the count is over."),
    )
    international_badges_until = models.DateTimeField(
        _("badges of international observers are valid until"),
        null=True,
        blank=True,
        help_text=_("Until the results are published (art. 44.5). Empty: 30 days after polling."),
    )
    badge_download = models.BooleanField(
        _("observers and organisations download their badges themselves"),
        default=False,
        db_default=False,
    )
    polling_stations = models.PositiveIntegerField(_("polling stations"), default=0)
    voters = models.PositiveIntegerField(_("voters"), default=0)
    is_published = models.BooleanField(_("published"), default=False)

    objects: ClassVar[Any] = ElectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("election")
        verbose_name_plural = _("elections")
        ordering = ("-polling_on", "slug")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("register:election", args=[self.slug])

    @property
    def name(self) -> str:
        return in_language(self.names)

    @property
    def authority_name(self) -> str:
        return in_language(self.authority_names)

    @property
    def conduct_rules(self) -> list[str]:
        """What observers accept, rule by rule."""
        return [
            line.strip() for line in in_language(self.conduct_texts).splitlines() if line.strip()
        ]

    @property
    def time_zone_name(self) -> str:
        """As it stands behind a time of day, for example "Baku time"."""
        return in_language(self.time_zone_names) or self.time_zone

    def way_of(self, outcome: str) -> DecisionWay:
        """How many people a decision with this outcome takes."""
        ways = {
            Outcome.APPROVED: self.approval_way,
            Outcome.REFUSED: self.refusal_way,
            Outcome.CANCELLED: self.cancellation_way,
        }
        return DecisionWay(ways[Outcome(outcome)])

    def name_policy_of(self, kind: str) -> NamePolicy:
        """How much of the names of this kind of observer everybody may read."""
        return NamePolicy(self.name_policies.get(kind, self.name_policy))

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def badges_valid_until(self, kind: str) -> datetime.datetime:
        """The moment, exclusive, to which badges of this kind of observer are valid (art. 44.5)."""
        if kind == Kind.INTERNATIONAL:
            return self.international_badges_until or self.end_of_day(-30)
        return self.badges_until or self.end_of_day(-1)

    def end_of_day(self, days_before_polling: int) -> datetime.datetime:
        """The first moment after the day that lies `days_before_polling` days before polling.

        A window closes there: half-open, so the whole of that day still belongs to it.
        """
        day = self.polling_on - datetime.timedelta(days=days_before_polling - 1)
        return datetime.datetime.combine(day, datetime.time(), tzinfo=self.zone)


class ClosesAt(Func):
    """When a window closes for one constituency and kind, extensions included."""

    function = "elections_closes_at"
    output_field = models.DateTimeField()

    def __init__(self, window: Any, constituency: Any = None, kind: Any = "", **extra: Any) -> None:
        super().__init__(window, _typed(constituency), _as_value(kind), **extra)


def _typed(constituency: Any) -> Any:
    if isinstance(constituency, str):
        return F(constituency)
    return models.Value(constituency, output_field=models.BigIntegerField())


def _as_value(kind: Any) -> Any:
    return kind if hasattr(kind, "resolve_expression") else models.Value(str(kind))


class WindowQuerySet(models.QuerySet["Window"]):
    def admitting(self, kind: str) -> Self:
        return self.filter(kinds__contains=[kind])

    def with_closing(self) -> Self:
        """Adds `last_closes_at`: when the window closes for the last of those it admits."""
        return self.annotate(
            last_closes_at=models.functions.Greatest("closes_at", models.Max("extensions__until"))
        )

    def open_now(self) -> Self:
        """Windows that somebody may still use, by the database's clock."""
        return self.with_closing().filter(opens_at__lte=Now(), last_closes_at__gt=Now())


class Window(models.Model):
    """Who may apply to which commission, from when to when.

    Half-open: an application is in time if `opens_at <= now < closes_at`, where now is the
    database's clock. Azerbaijan 2024: to the central commission until day -10, to a
    constituency commission until day -5 (instructions of the central commission).
    """

    election = models.ForeignKey(Election, models.CASCADE, related_name="windows")
    scope = models.CharField(_("scope"), max_length=20, choices=Scope.choices)
    kinds = ArrayField(
        models.CharField(max_length=20, choices=Kind.choices), verbose_name=_("admits")
    )
    authority = models.CharField(_("decided by"), max_length=20, choices=Authority.choices)
    opens_at = models.DateTimeField(_("opens"))
    closes_at = models.DateTimeField(_("closes"))
    days_to_decide = models.PositiveSmallIntegerField(_("days to decide"), default=3)
    days_to_answer = models.PositiveSmallIntegerField(
        _("days to answer"),
        default=2,
        help_text=_("For an application that was returned for correction."),
    )
    substitutions_close_at = models.DateTimeField(
        _("substitutions close"),
        null=True,
        blank=True,
        help_text=_(
            "Until then an organisation may name another person for one who is registered. "
            "Empty: never."
        ),
    )
    articles = models.JSONField(_("article of law, by language"), default=dict, blank=True)

    objects: ClassVar[Any] = WindowQuerySet.as_manager()

    class Meta:
        verbose_name = _("window")
        verbose_name_plural = _("windows")
        ordering = ("closes_at", "scope")
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")), name="window_closes_after_it_opens"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_scope_display()} ({self.get_authority_display()})"

    @property
    def article(self) -> str:
        return in_language(self.articles)

    def kind_labels(self) -> list[str]:
        return [str(Kind(kind).label) for kind in self.kinds]


class Extension(models.Model):
    """More time for some. Public: who got it, until when, why, and who gave it."""

    window = models.ForeignKey(Window, models.CASCADE, related_name="extensions")
    constituency = models.ForeignKey(
        "elections.Constituency",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="extensions",
        help_text=_("Empty: for all constituencies."),
    )
    kind = models.CharField(
        _("kind"),
        max_length=20,
        choices=Kind.choices,
        blank=True,
        help_text=_("Empty: for all kinds."),
    )
    until = models.DateTimeField(_("until"))
    reason = models.TextField(_("reason"))
    granted_by = models.ForeignKey(User, models.PROTECT, related_name="+", editable=False)
    granted_at = models.DateTimeField(_("granted"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("extension")
        verbose_name_plural = _("extensions")
        ordering = ("until",)
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="extension_has_a_reason"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="extension_is_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            ),
        ]

    def __str__(self) -> str:
        return f"{self.window}: {self.until:%Y-%m-%d %H:%M}"


class CalendarEvent(models.Model):
    """What happened to a window, once: it was announced as closed. Append-only."""

    window = models.ForeignKey(Window, models.CASCADE, related_name="events")
    closed_at = models.DateTimeField(_("closed"))
    recorded_at = models.DateTimeField(_("recorded"), db_default=Now())
    lapsed = models.PositiveIntegerField(_("drafts that lapsed"))

    class Meta:
        verbose_name = _("closing")
        verbose_name_plural = _("closings")
        ordering = ("-closed_at",)
        constraints = [
            models.UniqueConstraint(
                fields=["window", "closed_at"], name="a_closing_is_recorded_once"
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="closing_is_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            ),
        ]

    def __str__(self) -> str:
        return f"{self.window}: {self.closed_at:%Y-%m-%d %H:%M}"


class RunOff(models.Model):
    """The second round. Badges of the first are valid in it, or are issued anew."""

    election = models.OneToOneField(Election, models.CASCADE, related_name="run_off")
    polling_on = models.DateField(_("polling day of the run-off"))
    badges_stay_valid = models.BooleanField(
        _("badges of the first round stay valid"),
        default=True,
        help_text=_("Otherwise they are issued anew, all at once."),
    )
    badges_until = models.DateTimeField(_("badges are then valid until"))
    announced_by = models.ForeignKey(User, models.PROTECT, related_name="+", editable=False)
    announced_at = models.DateTimeField(_("announced"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("run-off")
        verbose_name_plural = _("run-offs")

    def __str__(self) -> str:
        return f"{self.election}: {self.polling_on:%Y-%m-%d}"
