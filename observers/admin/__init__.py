"""The registers of the commission's admin that are about observers."""

from observers.admin import applications, problems, replies, sessions

__all__ = ["applications", "problems", "replies", "sessions"]
