"""The pages of the form: shown, saved as a draft, saved by themselves."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST

from accounts import kept_forms
from elections.domain.clock import database_now
from observers import forms
from observers.domain.drafts import DraftError, DuplicatePerson, StaleDraft
from observers.views.progress import STEPS, Progress, own_progress

FORMS: dict[str, type[forms.StepForm]] = {
    "place": forms.PlaceForm,
    "person": forms.PersonForm,
    "contact": forms.ContactForm,
    "photo": forms.PhotoForm,
    "consent": forms.ConsentForm,
}


# Not "no-store": with it, going back from an error page would lose what was typed.
@cache_control(private=True, no_cache=True)
@require_http_methods(["GET", "HEAD", "POST"])
@kept_forms.keeps_what_was_typed
def step(request: HttpRequest, key: UUID, step: str) -> HttpResponse:
    """One page of the form. Who sends it late, or from an old tab, loses nothing stored."""
    if step not in FORMS:
        raise Http404
    progress = own_progress(request, key)
    if request.method == "POST":
        return _save(request, progress, step)
    if not progress.is_editable or step not in progress.steps:
        return redirect(progress.application)
    typed = kept_forms.typed_before(request)
    form = FORMS[step](application=progress.application, now=progress.now, typed=typed)
    return _page(request, progress, step, form, not_stored=typed is not None)


def _save(request: HttpRequest, progress: Progress, slug: str) -> HttpResponse:
    form = _sent(request, progress, slug)
    if progress.is_late:
        return closed(request, progress)
    if not progress.is_editable or slug not in progress.steps:
        return _page(request, progress, slug, form, status=409, stale=_overtaken())
    form.is_valid()
    try:
        version = _store(form)
    except StaleDraft as stale:
        return _page(request, progress, slug, form, status=409, stale=str(stale))
    if form.is_valid():
        return redirect(_next(request, progress, slug))
    _renew_version(form, version)
    return _page(request, own_progress(request, progress.application.key), slug, form)


def _sent(request: HttpRequest, progress: Progress, slug: str) -> forms.StepForm:
    return FORMS[slug](
        request.POST.copy(), request.FILES, application=progress.application, now=progress.now
    )


def _store(form: forms.StepForm) -> int:
    """Store what is right; what the domain refuses becomes an error of the form."""
    if "version" not in form.cleaned_data:
        return form.application.version
    try:
        return form.store()
    except DuplicatePerson as error:
        form.add_error("identity_number", str(error))
    except StaleDraft:
        raise
    except DraftError as error:
        form.add_error(None, str(error))
    return form.application.version


def _renew_version(form: forms.StepForm, version: int) -> None:
    """What was right is stored now; the page goes on from there."""
    if "version" in form.cleaned_data:
        sent: Any = form.data
        sent["version"] = str(version)


def _next(request: HttpRequest, progress: Progress, slug: str) -> str:
    if request.GET.get("from") == "check":
        return reverse("apply:check", args=[progress.application.key])
    return progress.url_after(slug)


def _overtaken() -> str:
    return _(
        "This application was sent or closed meanwhile, perhaps in another window. What you typed "
        "here was not stored."
    )


def _page(
    request: HttpRequest,
    progress: Progress,
    slug: str,
    form: forms.StepForm,
    *,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    key = progress.application.key
    autosaves = form.autosaves and status == 200
    context |= {
        "progress": progress,
        "application": progress.application,
        "form": form,
        "slug": slug,
        "heading": STEPS[slug],
        "place": progress.place_of(slug) if slug in progress.steps else "",
        "skip_url": progress.url_after(slug) if slug in progress.steps else "",
        "autosave_url": reverse("apply:autosave", args=[key, slug]) if autosaves else "",
        "stored_url": progress.step_url(slug)
        if progress.is_editable
        else progress.application.get_absolute_url(),
    }
    template = "apply/photo.html" if slug == "photo" else "apply/step.html"
    return render(request, template, context, status=status)


def closed(request: HttpRequest, progress: Progress, *, status: int = 409) -> HttpResponse:
    """Registration is over: says so, and shows the draft."""
    context = {"progress": progress, "application": progress.application, "sent_late": True}
    return render(request, "apply/closed.html", context, status=status)


@require_POST
def autosave(request: HttpRequest, key: UUID, step: str) -> JsonResponse:
    """Store what is right of what is being typed, and answer in words.

    401 without a session, 409 when it was changed, sent or closed elsewhere: the page keeps what
    was typed and says why it is not stored.
    """
    if not request.user.is_authenticated:
        return JsonResponse({"message": _session_ended()}, status=401)
    if step not in FORMS or not FORMS[step].autosaves:
        raise Http404
    progress = own_progress(request, key)
    if progress.is_late:
        message = _("Registration has closed. What you typed is not stored.")
        return JsonResponse({"message": message}, status=409)
    if not progress.is_editable or step not in progress.steps:
        return JsonResponse({"message": _overtaken()}, status=409)
    form = _sent(request, progress, step)
    form.is_valid()
    try:
        version = _store(form)
    except StaleDraft as stale:
        return JsonResponse({"message": str(stale)}, status=409)
    kept_forms.forget(request, progress.step_url(step))
    return JsonResponse({"version": version, "message": _saved(form, progress)})


def _session_ended() -> str:
    return _(
        "Not saved: your session has ended. What you typed is still on this page. Press “Save and "
        "continue”: you will be asked to sign in, and it is kept."
    )


def _saved(form: forms.StepForm, progress: Progress) -> str:
    local = database_now().astimezone(progress.application.election.zone)
    wrong = ", ".join(form.wrong_labels())
    if wrong:
        return _("Saved %(time)s, but not yet: %(fields)s.") % {
            "time": f"{local:%H:%M}",
            "fields": wrong,
        }
    return _("Saved %(time)s") % {"time": f"{local:%H:%M}"}
