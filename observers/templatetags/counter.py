"""What the page of an application and the list say of paper, and of who has it."""

from typing import Any

from django import template

from elections.domain.posts import holds_any
from observers import permissions
from observers.models import Application
from observers.review import paper, reassigning

register = template.Library()


@register.simple_tag
def may_enter(user: Any) -> bool:
    """Whether there is a counter for this person at all."""
    return holds_any(user, "application", "enter")


@register.inclusion_tag("admin/paper/panel.html")
def paper_panel(application: Application, user: Any) -> dict[str, Any]:
    """When it was handed in, who entered it, and what may be done at the counter; its scan stands
    among the documents. Nothing where it did not come on paper."""
    form = getattr(application, "paper_form", None) if application.paper_received_at else None
    return {
        "application": application,
        "election": application.election,
        "form": form,
        "links": paper.links_of(application, user),
        "letters_url": paper.letters_url(application)
        if form and permissions.may(user, "enter", application)
        else "",
    }


@register.inclusion_tag("admin/paper/passed_on.html")
def passed_on(application: Application, user: Any) -> dict[str, Any]:
    """Who has it, where it went before and why, and where it can be sent."""
    return {
        "assigned_to": application.assigned_to,
        "links": reassigning.links_of(application, user),
        "election": application.election,
        "reassignments": list(
            application.reassignments.select_related(
                "from_reviewer", "to_reviewer", "from_commission", "to_commission", "reassigned_by"
            )
        )
        if permissions.may(user, "history", application)
        else [],
    }
