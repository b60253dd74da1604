"""Where allauth meets the portal: its mail goes through the outbox."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from django.http import HttpRequest
from django.utils.translation import get_language

from accounts.models import User
from notifications import account_letters, outbox


class PortalAccountAdapter(DefaultAccountAdapter):
    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        message = self.render_mail(template_prefix, email, context)
        account_letters.send_account_letter(message, language=get_language() or "en")

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """Letters that waited for a verified address may leave now."""
        confirmed = bool(super().confirm_email(request, email_address))
        if confirmed:
            outbox.release_held(email_address.user)
        return confirmed

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        """The account as the form has it, with the address in lower case."""
        user = super().save_user(request, user, form, commit=False)
        user.email = user.email.lower()
        if commit:
            user.save()
        return user
