"""The registers of the commission's admin that are about observers."""

from observers.admin import applications, exempt, letters, problems, replies, sessions

__all__ = ["applications", "exempt", "letters", "problems", "replies", "sessions"]
