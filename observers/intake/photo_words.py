"""What can be wrong with an archive of photos, or with one of them: code to sentence."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from observers.domain.photos import PhotoRefused

ARCHIVE_WORDS: dict[str, str | Promise] = {
    "archive_broken": _(
        "The archive of photos is damaged or ends too early. Make the ZIP again and upload it anew."
    ),
    "archive_encrypted": _(
        "The archive of photos is protected by a password. Make a ZIP without a password."
    ),
    "archive_not_zip": _(
        "The photos are in a %(kind)s archive, which cannot be read. Unpack it and make a ZIP of "
        "the photos."
    ),
    "archive_unknown": _(
        "The file with the photos is not a ZIP archive. Choose a ZIP, or the photos themselves."
    ),
    "archive_empty": _(
        "There are no photos in the archive. Put the photos into the ZIP and upload it again."
    ),
    "archive_bomb": _(
        "The archive would grow to more than %(size)d GB, as no folder of photos does. Make the "
        "ZIP again from the photos alone."
    ),
    "too_many_pictures": _(
        "There are more than %(limit)d files among the photos. Divide them among several archives."
    ),
}
PICTURE_WORDS: dict[str, str | Promise] = {
    "picture_heic": _(
        "Pictures of this kind (HEIC) cannot be read. Save the photo as JPEG and add it again."
    ),
    "picture_is_archive": _(
        "This is an archive inside the archive. Unpack it and put its photos into the ZIP "
        "themselves."
    ),
    "picture_packed_oddly": _(
        "This file is packed in a way that cannot be read. Make the ZIP again in the ordinary way."
    ),
    "picture_too_heavy": _(
        "This file is larger than %(limit)d MB. Save the photo smaller and add it again."
    ),
}
# The codes of PhotoRefused are told by the same sentences as on the form of one person.
PHOTO_WORDS = {**PhotoRefused.reasons, **PICTURE_WORDS, **ARCHIVE_WORDS}
