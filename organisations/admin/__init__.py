"""Organisations, to be looked at. Their nomination rights are decided at a desk of its own."""

from organisations.admin import organisations

__all__ = ["organisations"]
