"""Organisations, and their nomination rights as the commission decides them."""

from organisations.admin import nominations, organisations

__all__ = ["nominations", "organisations"]
