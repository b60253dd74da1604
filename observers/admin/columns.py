"""What the lists of applications say in the same way."""

import datetime
from typing import Any

from django.contrib import admin
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from observers.lifecycle import APPLICATION
from observers.review.words import due_in_words


def until(moment: datetime.datetime) -> str:
    """An end, exclusive: midnight belongs to the day that is over."""
    local = localtime(moment)
    if local.time() == datetime.time():
        return f"{date_format(local - datetime.timedelta(microseconds=1), 'j E Y')}, 24:00"
    return date_format(local, "j E Y, H:i")


class ApplicationColumns:
    """`due` wants each row's `now`, by the database's clock."""

    @admin.display(description=_("name"), ordering="sort_key")
    def name(self, row: Any) -> str:
        return row.full_name

    @admin.display(description=_("organisation"))
    def nominator(self, row: Any) -> str:
        return row.organisation.shown_name if row.organisation else "–"

    @admin.display(description=_("constituency"), ordering="constituency__number")
    def place(self, row: Any) -> str:
        return str(row.constituency) if row.constituency else str(row.get_scope_display())

    @admin.display(description=_("status"), ordering="status")
    def state(self, row: Any) -> str:
        words = {"status": row.status, "label": APPLICATION.texts[row.status].staff}
        return render_to_string("components/status.html", words)

    @admin.display(description=_("submitted"), ordering="submitted_at")
    def submitted(self, row: Any) -> str:
        """What came on paper is marked: it counts from when it was handed in."""
        moment = date_format(localtime(row.submitted_at), "j E, H:i")
        if row.paper_received_at:
            return format_html('{} <span class="paper-mark">{}</span>', moment, _("on paper"))
        return moment

    @admin.display(description=_("due"), ordering="due_at")
    def due(self, row: Any) -> str:
        words = due_in_words(row, row.now)
        if row.is_overdue(row.now):
            return format_html('<span class="overdue">{}</span>', words)
        return words
