"""What an election asks for, and on what grounds it may refuse."""

from typing import Any, ClassVar, Self

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from elections.enums import Kind, Subject
from elections.models.calendar import Election
from elections.texts import in_language


class RefusalGround(models.Model):
    """One of the closed list of grounds, each with its article of law."""

    election = models.ForeignKey(Election, models.CASCADE, related_name="refusal_grounds")
    subject = models.CharField(_("about"), max_length=20, choices=Subject.choices)
    code = models.SlugField(_("code"))
    articles = models.JSONField(_("article of law, by language"))
    texts = models.JSONField(_("texts by language"))

    class Meta:
        verbose_name = _("refusal ground")
        verbose_name_plural = _("refusal grounds")
        ordering = ("election", "subject", "code")
        constraints = [
            models.UniqueConstraint(
                fields=["election", "subject", "code"], name="one_ground_per_code"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.text} ({self.article})"

    @property
    def text(self) -> str:
        return in_language(self.texts)

    @property
    def article(self) -> str:
        return in_language(self.articles)


class SavedReply(models.Model):
    """What a commission often asks to correct, worded once in every language of the election."""

    election = models.ForeignKey(Election, models.CASCADE, related_name="saved_replies")
    subject = models.CharField(_("about"), max_length=20, choices=Subject.choices)
    code = models.SlugField(_("code"))
    titles = models.JSONField(_("titles by language"))
    texts = models.JSONField(_("texts by language"))
    fields = ArrayField(
        models.CharField(max_length=40),
        verbose_name=_("fields to correct"),
        default=list,
        blank=True,
    )

    class Meta:
        verbose_name = _("saved reply")
        verbose_name_plural = _("saved replies")
        ordering = ("election", "subject", "code")
        constraints = [
            models.UniqueConstraint(
                fields=["election", "subject", "code"], name="one_saved_reply_per_code"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return in_language(self.titles)

    @property
    def text(self) -> str:
        return in_language(self.texts)


class RequiredDocumentQuerySet(models.QuerySet["RequiredDocument"]):
    def current(self) -> Self:
        """The newest version of each."""
        newest = (
            RequiredDocument.objects.filter(
                election=OuterRef("election"), subject=OuterRef("subject"), code=OuterRef("code")
            )
            .order_by("-version")
            .values("version")[:1]
        )
        return self.filter(version=Subquery(newest))

    def for_kind(self, kind: str) -> Self:
        return self.filter(Q(kinds__contains=[kind]) | Q(kinds=[]))


class RequiredDocument(models.Model):
    """A document that applicants attach.

    Frozen when the election's first window opens: a later change is a new version, and what
    is already filed keeps the version it answered.
    """

    election = models.ForeignKey(Election, models.CASCADE, related_name="required_documents")
    subject = models.CharField(_("about"), max_length=20, choices=Subject.choices)
    code = models.SlugField(_("code"))
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    kinds = ArrayField(
        models.CharField(max_length=20, choices=Kind.choices),
        verbose_name=_("asked of"),
        default=list,
        blank=True,
        help_text=_("Empty: of all kinds."),
    )
    titles = models.JSONField(_("titles by language"))
    hints = models.JSONField(_("hints by language"), default=dict, blank=True)
    is_required = models.BooleanField(_("required"), default=False)

    objects: ClassVar[Any] = RequiredDocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("required document")
        verbose_name_plural = _("required documents")
        ordering = ("election", "subject", F("is_required").desc(), "code", "version")
        constraints = [
            models.UniqueConstraint(
                fields=["election", "subject", "code", "version"], name="one_document_per_version"
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="required_documents_are_frozen",
                operation=pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                func="""
                    IF EXISTS (
                        SELECT 1 FROM elections_window w
                        WHERE w.election_id = OLD.election_id
                          AND w.opens_at <= statement_timestamp()
                    ) THEN
                        RAISE EXCEPTION 'Required documents are frozen once a window has opened: '
                            'add a new version.';
                    END IF;
                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return in_language(self.titles)

    @property
    def hint(self) -> str:
        return in_language(self.hints)
