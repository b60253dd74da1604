"""Files that lie on disk without being readable there: encrypted like the columns."""

from django.core.files.base import ContentFile

from privacy.fields import seal_bytes, unseal_bytes

PURPOSE = "file"


def sealed(content: bytes) -> ContentFile:
    """What to store. The whole is held in memory: for files of some megabytes."""
    return ContentFile(seal_bytes(content, PURPOSE))


def unsealed(stored: bytes) -> bytes:
    """What was sealed. Raises KeyError for a key that is gone, and cryptography's InvalidTag for
    a file that was tampered with."""
    return unseal_bytes(stored, PURPOSE)
