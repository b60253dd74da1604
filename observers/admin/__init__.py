"""The registers of the commission's admin that are about observers."""

from observers.admin import applications

__all__ = ["applications"]
