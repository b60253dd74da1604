"""The registers of the commission's admin that are about observers."""

from observers.admin import applications, replies, sessions

__all__ = ["applications", "replies", "sessions"]
