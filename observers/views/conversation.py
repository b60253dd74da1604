"""Answering the commission, on the page of one's application."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from observers.domain import conversation
from observers.views.progress import own_progress, person


@require_POST
@login_required
def message(request: HttpRequest, key: UUID) -> HttpResponse:
    application = own_progress(request, key).application
    try:
        conversation.answer(application, author=person(request), text=request.POST.get("text", ""))
    except conversation.ConversationError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Your answer is with the commission."))
    return HttpResponseRedirect(f"{application.get_absolute_url()}#conversation")
