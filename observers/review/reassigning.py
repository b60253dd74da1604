"""Giving applications to a reviewer, and sending them to another commission: one or many."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.admin_base import may
from accounts.models import User
from elections.models import Commission
from observers import permissions
from observers.domain import reassigning
from observers.domain.applications import Moved
from observers.models import Application
from observers.review.forms import ChosenForm

# At most this many go at once: the answer has to come within a request's time.
AT_ONCE = 1000
LISTED = 200
NOBODY = "nobody"


class ReasonForm(ChosenForm):
    """Which applications, and why they go. `ready` is sent with the answers, so that the page can
    be asked for by the list of applications alone."""

    use_required_attribute = False

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("It stands in the history of each application."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        error_messages={"required": gettext_lazy("Give the reason.")},
    )


class AssignForm(ReasonForm):
    to = forms.ChoiceField(
        label=gettext_lazy("To whom"),
        error_messages={"required": gettext_lazy("Choose somebody.")},
    )
    field_order = ("chosen", "to", "reason")

    def __init__(self, *args: Any, rows: list[Application], user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reviewers = {
            str(reviewer.pk): reviewer
            for reviewer in reassigning.reviewers_of({row.commission_id for row in rows})
        }
        names = [
            (key, reviewer.full_name or reviewer.email) for key, reviewer in self.reviewers.items()
        ]
        nobody = (NOBODY, _("Nobody in particular: whoever takes it next"))
        to: Any = self.fields["to"]
        to.choices = [("", _("Choose somebody")), *names, nobody]

    def carry_out(self, chosen: QuerySet[Application], actor: User) -> Moved:
        given = self.cleaned_data
        to = self.reviewers.get(given["to"])
        return reassigning.assign(chosen, to=to, actor=actor, reason=given["reason"])


class TransferForm(ReasonForm):
    to = forms.ModelChoiceField(
        Commission.objects.none(),
        label=gettext_lazy("To which commission"),
        empty_label=gettext_lazy("Choose a commission"),
        error_messages={"required": gettext_lazy("Choose a commission.")},
    )
    field_order = ("chosen", "to", "reason")

    def __init__(self, *args: Any, rows: list[Application], user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        to: Any = self.fields["to"]
        to.queryset = reassigning.receiving(user, rows)
        if len(to.queryset) == 1:
            self.initial.setdefault("to", to.queryset[0])

    def carry_out(self, chosen: QuerySet[Application], actor: User) -> Moved:
        given = self.cleaned_data
        return reassigning.transfer(chosen, to=given["to"], actor=actor, reason=given["reason"])


FORMS: dict[str, type[AssignForm | TransferForm]] = {"assign": AssignForm, "transfer": TransferForm}
HAPPENS = {
    "assign": gettext_lazy(
        "They stand in the list of whoever gets them, and on nobody else’s desk. Nobody outside "
        "the commission is told, and the time to decide runs on."
    ),
    "transfer": gettext_lazy(
        "The other commission decides from now on, and this one does not see them any more. What "
        "was proposed is void. Each applicant is told by letter who decides, and that the time to "
        "decide runs on."
    ),
}


def page(
    request: HttpRequest, site: Any, action: str, chosen: QuerySet[Application] | None = None
) -> HttpResponse:
    """What goes where, and why; then does it. `chosen` where the list was asked; the answers of
    the page itself name their applications."""
    user = cast(User, request.user)
    if not may(user, "application", action):
        raise Http404(_("There is no such page."))
    answered = chosen is None
    rows = list((chosen if chosen is not None else _named(request))[:AT_ONCE])
    if not rows:
        raise Http404(_("There is no such page."))
    movable, skipped = _told_apart(rows, action, user)
    initial = {"chosen": " ".join(f"{row.pk}:{row.version}" for row in movable)}
    form = FORMS[action](
        request.POST if answered and request.method == "POST" else None,
        rows=movable,
        user=user,
        initial=initial,
    )
    if form.is_bound and form.is_valid():
        return _done(request, action, form, movable)
    context = {
        **site.each_context(request),
        "opts": Application._meta,
        "title": _title(action, movable),
        "action_url": address_of(action),
        "happens": HAPPENS[action],
        "form": form,
        "rows": movable[:LISTED],
        "more": max(0, len(movable) - LISTED),
        "skipped": skipped,
        "at_once": AT_ONCE if chosen is not None and chosen[AT_ONCE:].exists() else None,
    }
    return TemplateResponse(request, "admin/paper/reassign.html", context)


def _named(request: HttpRequest) -> QuerySet[Application]:
    """The applications that the page was about: those of them that the person still sees."""
    sent = request.POST if request.method == "POST" else request.GET
    form = ChosenForm({"chosen": sent.get("chosen", "")})
    if not form.is_valid():
        raise Http404(_("There is no such page."))
    visible = Application.objects.visible_to(request.user).filter(submitted_at__isnull=False)
    these: QuerySet[Application] = visible.filter(pk__in=list(form.seen())).select_related(
        "commission", "organisation", "constituency", "assigned_to"
    )
    return these.order_by("due_at", "pk")


def _told_apart(
    rows: list[Application], action: str, user: User
) -> tuple[list[Application], list[tuple[Application, str]]]:
    movable, skipped = [], []
    for row in rows:
        permitted = permissions.may(user, action, row)
        if not permitted:
            skipped.append((row, permitted.reason))
        elif row.status not in reassigning.MOVABLE:
            skipped.append((row, _("It is decided, or withdrawn: there is nothing left to do.")))
        else:
            movable.append(row)
    return movable, skipped


def _title(action: str, rows: list[Application]) -> str:
    if action == "assign":
        said = ngettext("Assign %(n)d application", "Assign %(n)d applications", len(rows))
    else:
        said = ngettext(
            "Send %(n)d application to another commission",
            "Send %(n)d applications to another commission",
            len(rows),
        )
    return said % {"n": len(rows)}


def _done(
    request: HttpRequest, action: str, form: AssignForm | TransferForm, rows: list[Application]
) -> HttpResponse:
    user = cast(User, request.user)
    chosen = Application.objects.visible_to(user).filter(pk__in=[row.pk for row in rows])
    try:
        moved = form.carry_out(chosen, user)
    except reassigning.ReassigningError as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(_list_url())
    if moved.done:
        said = ngettext(
            "%(n)d application was passed on.", "%(n)d applications were passed on.",
            len(moved.done),
        )  # fmt: skip
        messages.success(request, said % {"n": len(moved.done)})
    for row, reason in moved.skipped[:LISTED]:
        messages.error(request, f"{row.full_name}: {reason}")
    if len(rows) == 1 and Application.objects.visible_to(user).filter(pk=rows[0].pk).exists():
        return HttpResponseRedirect(
            reverse("admin:observers_application_change", args=[rows[0].pk])
        )
    return HttpResponseRedirect(_list_url())


def links_of(row: Application, user: Any) -> list[tuple[str, str]]:
    """Where one application can be passed on from its page: address and words."""
    if row.status not in reassigning.MOVABLE:
        return []
    words = {"assign": _("Assign to…"), "transfer": _("Send to another commission…")}
    return [
        (f"{address_of(action)}?chosen={row.pk}%3A{row.version}", label)
        for action, label in words.items()
        if permissions.may(user, action, row)
    ]


def address_of(action: str) -> str:
    return reverse(f"admin:observers_{action}_add")


def _list_url() -> str:
    return reverse("admin:observers_application_changelist")
