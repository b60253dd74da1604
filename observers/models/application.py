"""The application of one person for one election."""

import datetime
import uuid
from typing import Any, ClassVar, Self

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.scoping import ScopedQuerySet, scoped
from elections.domain.posts import reached_by_posts
from elections.enums import Kind, Scope
from elections.lifecycle import StatusEvent, append_only, describe
from elections.models import Commission, Constituency, Election, RequiredDocument, Window
from observers.enums import (
    EDITABLE,
    GIVEN_UP,
    LIVE,
    PUBLIC,
    WAITING,
    IdentityDocument,
    ObserverAnswer,
    Status,
)
from observers.lifecycle import APPLICATION
from observers.models.counting_triggers import COUNTING
from observers.models.guards import APPLICATION_GUARDS
from observers.models.register_triggers import REGISTERING
from organisations.models import Organisation, Representative
from privacy.fields import EncryptedDateField, EncryptedTextField

# What is opened only where it is needed: of thousands, that takes a while.
SEALED = ("birth_on", "identity_number", "address", "phone", "email")


class ApplicationQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any) -> Self:
        """What the user filed, what their organisations filed, and what was submitted to the
        commissions they work for. Drafts are nobody's business but the applicant's."""
        if not user.is_authenticated:
            return self.none()
        by_post = reached_by_posts(user, "application", "view")
        return self.filter(self.own(user) | (by_post & Q(submitted_at__isnull=False)))

    @staticmethod
    def own(user: User) -> Q:
        """What staff entered from paper is not theirs."""
        represented = Representative.objects.filter(user=user).values("organisation")
        filed = Q(applicant=user, organisation__isnull=True, paper_received_at__isnull=True)
        return filed | Q(organisation__in=represented)

    def owned_by(self, user: Any) -> Self:
        return self.filter(self.own(user)) if user.is_authenticated else self.none()

    def public(self) -> Self:
        """What the register lists: nothing of an undecided application or hidden election."""
        return self.filter(status__in=PUBLIC, election__is_published=True)

    def waiting(self) -> Self:
        return self.filter(status__in=WAITING)

    def overdue(self) -> Self:
        return self.waiting().filter(due_at__lt=Now())

    def live(self) -> Self:
        return self.filter(status__in=LIVE)


class Application(models.Model):
    """One person, one election.

    Times are set by the database when the application is submitted: `submitted_at` is the first
    submission and is kept when a returned application comes back; `due_at` is the end of the
    legal time to decide (Azerbaijan: 3 days from submission).
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    election = models.ForeignKey(Election, models.PROTECT, related_name="applications")
    window = models.ForeignKey(Window, models.PROTECT, related_name="applications")
    commission = models.ForeignKey(Commission, models.PROTECT, related_name="applications")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    scope = models.CharField(_("scope"), max_length=20, choices=Scope.choices)
    constituency = models.ForeignKey(
        Constituency,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="applications",
        verbose_name=_("constituency"),
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="applications"
    )
    # The registered person in whose place an organisation names this one.
    substitutes = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        editable=False,
        related_name="substitutions",
        verbose_name=_("in place of"),
    )
    applicant = models.ForeignKey(
        User,
        models.PROTECT,
        related_name="applications",
        help_text=_("Who filed it: the observer, or a representative of the organisation."),
    )

    surname = models.CharField(_("surname"), max_length=100, blank=True)
    given_name = models.CharField(_("given name"), max_length=100, blank=True)
    patronymic = models.CharField(_("patronymic"), max_length=100, blank=True)
    birth_on = EncryptedDateField(_("date of birth"), null=True, blank=True)
    citizenship = models.CharField(_("citizenship"), max_length=2, blank=True)
    identity_document = models.CharField(
        _("identity document"), max_length=20, choices=IdentityDocument.choices, blank=True
    )
    identity_number = EncryptedTextField(_("number of the document"), blank=True)
    identity_index = models.CharField(max_length=64, blank=True, editable=False)
    address = EncryptedTextField(_("address"), blank=True)
    phone = EncryptedTextField(_("phone"), blank=True)
    email = EncryptedTextField(_("e-mail"), blank=True)
    photo = models.FileField(_("photo"), upload_to="photos/%Y/%m/", blank=True)
    consented_at = models.DateTimeField(_("consent given"), null=True, blank=True)
    # The observer's own word, where an organisation nominates them.
    observer_asked_at = models.DateTimeField(_("observer asked"), null=True, editable=False)
    observer_answer = models.CharField(
        _("observer’s answer"),
        max_length=10,
        choices=ObserverAnswer.choices,
        blank=True,
        db_default="",
        default="",
        editable=False,
    )
    observer_answered_at = models.DateTimeField(_("observer answered"), null=True, editable=False)
    # Finds people born on the same day without storing the day; names are compared then.
    birth_index = models.CharField(
        max_length=64, blank=True, db_default="", default="", editable=False
    )

    # Azerbaijani order and diacritics folded away: see observers/domain/names.py.
    sort_key = models.CharField(max_length=320, blank=True, editable=False, db_collation="C")
    search_key = models.CharField(max_length=700, blank=True, editable=False)

    status = models.CharField(
        _("status"), max_length=20, choices=Status.choices, default=Status.DRAFT, editable=False
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    # Came on paper and was entered by staff: then it counts from here. See `PaperForm`.
    paper_received_at = models.DateTimeField(_("received on paper"), null=True, editable=False)
    assigned_to = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("assigned to"),
    )
    receipt_number = models.CharField(
        _("receipt number"), max_length=24, null=True, unique=True, editable=False
    )
    accreditation_number = models.CharField(
        _("accreditation number"), max_length=24, null=True, unique=True, editable=False
    )
    submitted_at = models.DateTimeField(_("submitted"), null=True, editable=False)
    due_at = models.DateTimeField(_("to be decided by"), null=True, editable=False)
    returned_at = models.DateTimeField(_("returned"), null=True, editable=False)
    answer_by = models.DateTimeField(_("correct by"), null=True, editable=False)
    return_note = models.TextField(_("what to correct"), blank=True, editable=False)
    decided_at = models.DateTimeField(_("decided"), null=True, editable=False)
    decision = models.ForeignKey(
        "observers.Decision", models.PROTECT, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)
    updated_at = models.DateTimeField(_("changed"), db_default=Now(), editable=False)

    unscoped: ClassVar[Any] = ApplicationQuerySet.as_manager()
    objects: ClassVar[Any] = scoped(ApplicationQuerySet)

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        default_manager_name = "objects"
        base_manager_name = "unscoped"
        constraints = [
            models.UniqueConstraint(
                fields=["election", "identity_index"],
                condition=Q(status__in=LIVE),
                name="one_live_application_per_person",
            ),
            models.UniqueConstraint(
                fields=["substitutes"],
                condition=Q(substitutes__isnull=False) & ~Q(status__in=GIVEN_UP),
                name="one_substitution_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(substitutes__isnull=True) | Q(organisation__isnull=False),
                name="an_organisation_substitutes",
            ),
            models.CheckConstraint(
                condition=Q(scope=Scope.CONSTITUENCY, constituency__isnull=False)
                | (~Q(scope=Scope.CONSTITUENCY) & Q(constituency__isnull=True))
                | Q(status__in=[Status.DRAFT, Status.LAPSED, Status.WITHDRAWN]),
                name="scope_has_its_constituency",
            ),
            models.CheckConstraint(
                condition=Q(kind=Kind.OWN_INITIATIVE, organisation__isnull=True)
                | (~Q(kind=Kind.OWN_INITIATIVE) & Q(organisation__isnull=False)),
                name="kind_has_its_organisation",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[Status.DRAFT, Status.LAPSED, Status.WITHDRAWN])
                | (
                    ~Q(surname="")
                    & ~Q(given_name="")
                    & ~Q(identity_index="")
                    & ~Q(photo="")
                    & Q(birth_on__isnull=False)
                    & Q(submitted_at__isnull=False)
                    & Q(due_at__isnull=False)
                    & Q(receipt_number__isnull=False)
                ),
                name="submitted_application_is_complete",
            ),
            models.CheckConstraint(
                condition=Q(observer_answer="", observer_answered_at__isnull=True)
                | (~Q(observer_answer="") & Q(observer_answered_at__isnull=False)),
                name="observer_answered_at_some_time",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=PUBLIC) | Q(accreditation_number__isnull=False),
                name="registered_observer_has_a_number",
            ),
        ]
        indexes = [
            GinIndex(
                OpClass("search_key", name="gin_trgm_ops"),
                name="application_search",
                fastupdate=False,
            ),
            models.Index(
                F("commission"),
                F("due_at"),
                name="commission_queue",
                condition=Q(status__in=WAITING),
            ),
            models.Index(
                F("election"),
                F("due_at"),
                F("id"),
                name="election_queue",
                condition=Q(status__in=WAITING),
            ),
            models.Index(
                F("assigned_to"),
                F("due_at"),
                name="own_queue",
                condition=Q(status__in=WAITING, assigned_to__isnull=False),
            ),
            # How many came in on each day.
            models.Index(
                F("commission"),
                F("submitted_at"),
                name="commission_incoming",
                condition=Q(submitted_at__isnull=False),
            ),
            models.Index(fields=["election", "status"], name="application_by_status"),
            models.Index(fields=["organisation", "sort_key", "id"], name="application_of_desk"),
            models.Index(
                fields=["election", "identity_index"],
                name="application_of_person",
                condition=~Q(identity_index=""),
            ),
            models.Index(
                fields=["election", "birth_index"],
                name="application_by_birth",
                condition=~Q(birth_index=""),
            ),
        ]
        triggers = [
            *APPLICATION.triggers(
                event_table="observers_applicationevent", row_column="application_id"
            ),
            *APPLICATION_GUARDS,
            *COUNTING,
            *REGISTERING,
        ]

    def __str__(self) -> str:
        return self.full_name or str(_("Observer without a name"))

    def get_absolute_url(self) -> str:
        return reverse("apply:overview", args=[self.key])

    @property
    def full_name(self) -> str:
        """Surname first, as the commission's lists have it."""
        return " ".join(part for part in (self.surname, self.given_name, self.patronymic) if part)

    @property
    def letter_language(self) -> str:
        """In which the applicant is written to: their account's, or what the paper form says."""
        if self.paper_received_at:
            return str(self.paper_form.language)
        return self.applicant.language

    @property
    def is_editable(self) -> bool:
        return self.status in EDITABLE

    @property
    def is_waiting(self) -> bool:
        return self.status in WAITING

    def is_overdue(self, now: datetime.datetime) -> bool:
        return self.is_waiting and self.due_at is not None and self.due_at < now

    def public_status(self) -> dict[str, Any]:
        return describe(APPLICATION, self.status, to_staff=False)

    def staff_status(self) -> dict[str, Any]:
        return describe(APPLICATION, self.status, to_staff=True)


class ApplicationDocument(models.Model):
    """A file attached to an application; it answers one version of a required document."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    application = models.ForeignKey(Application, models.CASCADE, related_name="documents")
    answers = models.ForeignKey(RequiredDocument, models.PROTECT, related_name="+")
    file = models.FileField(upload_to="documents/%Y/%m/")
    original_name = models.CharField(_("file name"), max_length=200)
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField(_("size"), help_text=_("In bytes."))
    # Of a PDF, once they are counted (`domain/pages.py`); 0 where it cannot be shown.
    pages = models.PositiveIntegerField(null=True, editable=False)
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(_("uploaded"), db_default=Now())

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ("answers__code", "pk")

    def __str__(self) -> str:
        return self.original_name


class ApplicationEvent(StatusEvent):
    """The history of an application."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="events")

    class Meta(StatusEvent.Meta):
        verbose_name = _("event")
        verbose_name_plural = _("events")
        indexes = [
            # What came back after a return: a few of many.
            models.Index(
                fields=["application"],
                name="event_of_coming_back",
                condition=Q(status_from=Status.RETURNED, status_to=Status.SUBMITTED),
            ),
        ]
        triggers = [append_only("application_events_are_append_only")]
