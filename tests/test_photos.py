"""Photos and documents: what is taken, what is refused and why, who may see them."""

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image, ImageDraw

from accounts.enums import StaffRole
from accounts.verdict import no
from elections.enums import Scope
from observers.domain.drafts import MOST_DOCUMENTS
from observers.domain.photos import prepare_photo
from observers.models import Application, ApplicationDocument
from observers.views import files
from privacy.uploads import FileRefused, check_document
from tests.builders import (
    a_draft,
    a_required_document,
    a_staff_member,
    a_submitted,
    a_user,
    an_election,
    an_organisation,
    shut,
    stored,
)
from tests.test_apply import errors, step_url, text_of, url
from tests.visitors import signed_in

pytestmark = pytest.mark.usefixtures("english")

NOT_A_PICTURE = "This file cannot be read as a picture. JPEG, PNG and WebP are accepted."
DAMAGED = "The picture is damaged or incomplete. Choose the file again, or another one."
TOO_MANY_PIXELS = "The picture has too many pixels. Choose one of at most 60 megapixels."
INCOMPLETE_PDF = "The PDF is incomplete. Save or scan it again and choose it anew."
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\nstartxref\n9\n%%EOF\n"


def a_picture(
    mode: str = "RGB", size: tuple[int, int] = (600, 800), colour: Any = "#336699"
) -> Image.Image:
    return Image.new(mode, size, colour)


def encoded(picture: Image.Image, file_type: str = "JPEG", **options: Any) -> bytes:
    body = io.BytesIO()
    picture.save(body, file_type, **options)
    return body.getvalue()


def upload(
    body: bytes, name: str = "me.jpg", content_type: str = "image/jpeg"
) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, body, content_type)


def prepared(body: bytes, name: str = "me.jpg") -> Image.Image:
    return Image.open(prepare_photo(upload(body, name)))


def a_bomb(side: int = 60_000) -> bytes:
    """A PNG of a few kilobytes that claims to be `side` by `side` pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    pixels = zlib.compress(bytes(100_000))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


# --- What becomes of a photo ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        encoded(a_picture()),
        encoded(a_picture("L", colour=120)),
        encoded(a_picture("CMYK", colour=(10, 20, 30, 40))),
        encoded(a_picture(), "PNG"),
        encoded(a_picture("P", colour=3), "PNG"),
        encoded(a_picture("1", colour=1), "PNG"),
        encoded(a_picture("LA", colour=(120, 200)), "PNG"),
        encoded(a_picture("I;16", colour=40_000), "PNG"),
        encoded(a_picture("RGBA", colour=(1, 2, 3, 4)), "PNG"),
        encoded(a_picture(), "WEBP"),
        encoded(a_picture(), "JPEG", progressive=True),
    ],
    ids=[
        "jpeg", "grey", "cmyk", "png", "palette", "one-bit", "grey-alpha", "16-bit", "rgba", "webp",
        "progressive",
    ],
)  # fmt: skip
def test_every_ordinary_picture_becomes_a_badge_photo(body):
    photo = prepared(body)
    assert (photo.format, photo.mode, photo.size) == ("JPEG", "RGB", (600, 800))


def test_a_16_bit_picture_keeps_its_greys():
    photo = prepared(encoded(a_picture("I;16", colour=32_768), "PNG"))
    assert photo.getpixel((300, 400)) == pytest.approx((128, 128, 128), abs=4)


def test_transparent_parts_become_white():
    photo = prepared(encoded(a_picture("RGBA", colour=(0, 0, 0, 0)), "PNG"))
    assert photo.getpixel((300, 400)) == (255, 255, 255)


def test_a_rotated_photo_stands_upright():
    lying = a_picture(size=(800, 600), colour="white")
    ImageDraw.Draw(lying).rectangle((0, 0, 100, 600), fill="red")
    turned = Image.Exif()
    turned[0x0112] = 6  # the camera was turned: what is left in the file is the top
    photo = prepared(encoded(lying, exif=turned))
    assert photo.size == (600, 800)
    pixel: Any = photo.getpixel((300, 10))
    red, green, _blue = pixel
    assert (red > 200, green < 80) == (True, True)


def test_what_the_camera_wrote_is_gone():
    written = Image.Exif()
    written[0x010F] = "Camera of a person"
    written.get_ifd(0x8825)[1] = "N"
    body = encoded(a_picture(), exif=written, comment=b"secret place", icc_profile=b"profile" * 30)
    assert b"Camera of a person" in body
    kept = prepare_photo(upload(body)).read()
    for trace in (b"Camera of a person", b"secret place", b"Exif", b"ICC_PROFILE"):
        assert trace not in kept
    assert dict(Image.open(io.BytesIO(kept)).getexif()) == {}


def test_a_large_photo_is_made_smaller():
    assert prepared(encoded(a_picture(size=(3000, 4000)))).size == (600, 800)


def test_a_wide_photo_is_cropped_not_squeezed():
    wide = a_picture(size=(1600, 800), colour="white")
    ImageDraw.Draw(wide).ellipse((700, 300, 900, 500), fill="black")
    photo = prepared(encoded(wide)).convert("L")
    dark = photo.point(lambda level: 255 if level < 128 else 0).getbbox()
    assert dark is not None
    assert (dark[2] - dark[0]) / (dark[3] - dark[1]) == pytest.approx(1, abs=0.03)


@pytest.mark.parametrize(
    ("size", "taken"), [((300, 400), True), ((299, 400), False), ((300, 399), False)]
)
def test_the_least_size_is_300_by_400(size, taken):
    body = encoded(a_picture(size=size))
    if taken:
        assert prepared(body).size == (600, 800)
        return
    with pytest.raises(FileRefused, match=f"too small: {size[0]} × {size[1]} pixels"):
        prepared(body)


def test_the_name_of_a_file_says_nothing():
    assert prepared(encoded(a_picture(), "PNG"), "me.exe").size == (600, 800)


def a_multi_picture() -> bytes:
    """As phones make them: several JPEGs in one file, which are one photo."""
    return encoded(a_picture(), "MPO", save_all=True, append_images=[a_picture(colour="red")])


def test_a_phones_multi_picture_is_taken_as_its_first():
    assert prepared(a_multi_picture()).size == (600, 800)
    assert check_document(upload(a_multi_picture())).content_type == "image/jpeg"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"hello", NOT_A_PICTURE),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", NOT_A_PICTURE),
        (encoded(a_picture("P", colour=3), "GIF"), NOT_A_PICTURE),
        (encoded(a_picture(), "TIFF"), NOT_A_PICTURE),
        (encoded(a_picture(), "BMP"), NOT_A_PICTURE),
        (PDF, NOT_A_PICTURE),
        (b"PK\x03\x04" + bytes(500), NOT_A_PICTURE),
        (encoded(Image.effect_noise((600, 800), 60).convert("RGB"))[:-3000], DAMAGED),
        (encoded(Image.effect_noise((600, 800), 60), "PNG")[:-3000], DAMAGED),
        (encoded(Image.effect_noise((600, 800), 60).convert("RGB"), "WEBP")[:-3000], DAMAGED),
        (encoded(a_picture())[:20], NOT_A_PICTURE),
        (b"\xff\xd8\xff\xe0", NOT_A_PICTURE),
        (a_bomb(), TOO_MANY_PIXELS),
        (encoded(a_picture("1", (8000, 8000)), "PNG"), TOO_MANY_PIXELS),
        (b"", "The file is empty. Choose it again."),
    ],
    ids=["text", "svg", "gif", "tiff", "bmp", "pdf", "zip", "cut-jpeg", "cut-png", "cut-webp",
         "head-only", "four-bytes", "bomb", "pixels", "empty"],
)  # fmt: skip
def test_what_is_no_usable_picture_is_refused_with_a_sentence(body, said):
    with pytest.raises(FileRefused) as refused:
        prepared(body)
    assert str(refused.value) == said


def test_an_animated_picture_is_refused_or_stands_still():
    """What is stored is one picture, whatever the file could do."""
    frames = [a_picture(colour=colour) for colour in ("red", "blue")]
    for file_type in ("PNG", "WEBP"):
        body = encoded(frames[0], file_type, save_all=True, append_images=frames[1:])
        photo = prepared(body)
        assert (photo.format, getattr(photo, "n_frames", 1)) == ("JPEG", 1)


def test_a_file_that_is_too_large_is_refused(settings):
    settings.UPLOAD_LIMIT_BYTES = 2**20
    with pytest.raises(FileRefused, match="too large: 2 MB"):
        prepare_photo(upload(encoded(a_picture()) + bytes(2**20)))


# --- What becomes of a document -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "name", "kind"),
    [
        (PDF, "card.pdf", "application/pdf"),
        (PDF, "card.jpg", "application/pdf"),
        (encoded(a_picture()), "card.pdf", "image/jpeg"),
        (encoded(a_picture(), "PNG"), "card.png", "image/png"),
        (encoded(a_picture(), "WEBP"), "card.exe", "image/webp"),
    ],
)
def test_a_document_is_known_by_what_it_is(body, name, kind):
    checked = check_document(upload(body, name))
    assert (checked.content_type, checked.original_name) == (kind, name)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"<html><script>alert(1)</script></html>", NOT_A_PICTURE),
        (b"PK\x03\x04" + bytes(500), NOT_A_PICTURE),
        (PDF[:-7], INCOMPLETE_PDF),
        (b"%PDF-1.7\n", INCOMPLETE_PDF),
        (a_bomb(), TOO_MANY_PIXELS),
        (b"", "The file is empty. Choose it again."),
    ],
    ids=["html", "zip", "cut", "head-only", "bomb", "empty"],
)
def test_what_is_no_document_is_refused_with_a_sentence(body, said):
    with pytest.raises(FileRefused) as refused:
        check_document(upload(body, "card.pdf"))
    assert str(refused.value) == said


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("C:\\papers\\card.pdf", "card.pdf"),
        ("../../etc/passwd", "passwd"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie: x.pdf"),
        ("vəsiqə.pdf", "vəsiqə.pdf"),
    ],
)
def test_a_file_name_is_for_showing_only(typed, kept):
    sent: Any = upload(PDF)
    sent._name = typed  # as a browser could send it, past Django's own tidying
    assert check_document(sent).original_name == kept


# --- On the page ----------------------------------------------------------------------------------


def send_photo(application: Application, body: bytes, name: str = "me.jpg", **fields: Any) -> Any:
    fields = {"version": stored(application).version, "photo": upload(body, name)} | fields
    return signed_in(application.applicant).post(step_url(application, "photo"), fields)


def photo_path(application: Application) -> Path:
    return Path(stored(application).photo.path)


@pytest.mark.django_db
def test_a_photo_is_stored_and_shown():
    draft = a_draft(photo=False)
    answer = send_photo(draft, encoded(a_picture(), "PNG"), "me.png")
    assert answer["Location"] == step_url(draft, "consent")
    shown = signed_in(draft.applicant).get(url("photo", draft))
    body = shown.getvalue()
    assert (shown["Content-Type"], Image.open(io.BytesIO(body)).size) == ("image/jpeg", (600, 800))
    assert (
        url("photo", draft)
        in signed_in(draft.applicant).get(step_url(draft, "photo")).content.decode()
    )


@pytest.mark.django_db
def test_its_name_says_nothing_of_the_person():
    draft = a_draft(photo=False)
    send_photo(draft, encoded(a_picture()), "Aygün Əliyeva.jpg")
    path = photo_path(draft)
    assert (path.parts[-4], "Aygün" in path.name) == ("photos", False)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"hello", NOT_A_PICTURE),
        (a_bomb(), TOO_MANY_PIXELS),
        (encoded(Image.effect_noise((600, 800), 60).convert("RGB"))[:-3000], DAMAGED),
        (b"", "The file is empty. Choose it again."),
    ],
    ids=["text", "bomb", "cut", "empty"],
)
def test_a_refused_photo_is_named_at_its_field(body, said):
    draft = a_draft()
    before = stored(draft).photo.name
    answer = send_photo(draft, body)
    assert (answer.status_code, errors(answer)) == (200, {"photo": [said]})
    assert '<a href="#id_photo">' in answer.content.decode()
    assert stored(draft).photo.name == before


@pytest.mark.django_db
def test_a_photo_that_is_too_large_gets_a_sentence(settings):
    settings.UPLOAD_LIMIT_BYTES = 2**20
    draft = a_draft(photo=False)
    answer = send_photo(draft, encoded(a_picture()) + bytes(3 * 2**20))
    assert errors(answer) == {"photo": ["The file is too large: 4 MB. At most 1 MB are accepted."]}


@pytest.mark.django_db
def test_no_photo_chosen_is_said_unless_there_is_one():
    without, with_photo = a_draft(photo=False), a_draft()
    answer = signed_in(without.applicant).post(
        step_url(without, "photo"), {"version": without.version}
    )
    assert errors(answer) == {"photo": ["Choose a photo file."]}
    fields = {"version": with_photo.version}
    answer = signed_in(with_photo.applicant).post(step_url(with_photo, "photo"), fields)
    assert answer["Location"] == step_url(with_photo, "consent")


@pytest.mark.django_db
def test_a_replaced_photo_is_removed(django_capture_on_commit_callbacks):
    draft = a_draft()
    old = photo_path(draft)
    assert old.exists()
    with django_capture_on_commit_callbacks(execute=True):
        send_photo(draft, encoded(a_picture(colour="red")))
    assert (old.exists(), photo_path(draft).exists()) == (False, True)


@pytest.mark.django_db
def test_an_old_tab_does_not_replace_the_photo_and_leaves_no_file():
    draft = a_draft()
    folder, before = photo_path(draft).parent, photo_path(draft)
    there = sorted(folder.iterdir())
    answer = send_photo(draft, encoded(a_picture(colour="red")), version=1)
    assert (answer.status_code, photo_path(draft)) == (409, before)
    assert sorted(folder.iterdir()) == there


# --- Documents on their page ----------------------------------------------------------------------


def a_draft_with_documents(**columns: Any) -> tuple[Application, Any]:
    election = columns.pop("election", None) or an_election()
    document = a_required_document(election, **columns)
    return a_draft(election=election), document


def attach(application: Application, document: Any, body: bytes, name: str = "card.pdf") -> Any:
    fields = {"document": document.code, f"{document.code}-file": upload(body, name)}
    return signed_in(application.applicant).post(url("documents", application), fields)


def filed(application: Application) -> ApplicationDocument:
    return ApplicationDocument.objects.get(application=application)


@pytest.mark.django_db
def test_a_document_is_attached_and_listed():
    draft, document = a_draft_with_documents()
    answer = attach(draft, document, PDF, "şəxsiyyət.pdf")
    assert answer["Location"] == url("documents", draft)
    page = text_of(signed_in(draft.applicant).get(url("documents", draft)))
    assert "şəxsiyyət.pdf" in page
    kept = filed(draft)
    assert (kept.answers, kept.content_type, kept.size) == (document, "application/pdf", len(PDF))
    assert "şəxsiyyət" not in kept.file.path


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "said"), [(b"hello", NOT_A_PICTURE), (PDF[:-7], INCOMPLETE_PDF)], ids=["text", "cut"]
)
def test_a_refused_document_is_named_at_its_field(body, said):
    draft, document = a_draft_with_documents()
    answer = attach(draft, document, body)
    assert (answer.status_code, dict(answer.context["failed"].errors)) == (200, {"file": [said]})
    assert f'<a href="#id_{document.code}-file">' in answer.content.decode()
    assert not draft.documents.exists()


@pytest.mark.django_db
def test_a_document_that_is_not_asked_for_is_not_taken():
    draft, _document = a_draft_with_documents()
    other = a_required_document(an_election())
    assert attach(draft, other, PDF).status_code == 200
    assert not draft.documents.exists()


@pytest.mark.django_db
def test_the_number_of_documents_is_limited():
    draft, document = a_draft_with_documents()
    for _number in range(MOST_DOCUMENTS):
        attach(draft, document, PDF)
    answer = attach(draft, document, PDF)
    assert "At most 10 documents can be attached. Remove one first." in text_of(answer)
    assert draft.documents.count() == MOST_DOCUMENTS


@pytest.mark.django_db
def test_a_document_can_be_removed_with_its_file(django_capture_on_commit_callbacks):
    draft, document = a_draft_with_documents()
    attach(draft, document, PDF)
    path = Path(filed(draft).file.path)
    address = url("remove_document", draft, str(filed(draft).key))
    assert signed_in(draft.applicant).get(address).status_code == 405
    with django_capture_on_commit_callbacks(execute=True):
        signed_in(draft.applicant).post(address)
    assert (draft.documents.exists(), path.exists()) == (False, False)


@pytest.mark.django_db
def test_after_the_deadline_documents_stay_as_they_are():
    draft, document = a_draft_with_documents()
    attach(draft, document, PDF)
    shut(draft.election)
    assert attach(draft, document, PDF).status_code == 409
    address = url("remove_document", draft, str(filed(draft).key))
    assert signed_in(draft.applicant).post(address).status_code == 409
    assert draft.documents.count() == 1


@pytest.mark.django_db
def test_after_submission_documents_stay_as_they_are():
    draft, document = a_draft_with_documents()
    attach(draft, document, PDF)
    signed_in(draft.applicant).post(url("check", draft), {"version": draft.version})
    assert attach(draft, document, PDF)["Location"] == url("overview", draft)
    signed_in(draft.applicant).post(url("remove_document", draft, str(filed(draft).key)))
    assert draft.documents.count() == 1


# --- Who may see them -----------------------------------------------------------------------------


@pytest.mark.django_db
def test_files_are_shut_in():
    draft, document = a_draft_with_documents()
    attach(draft, document, PDF, 'a "b".pdf')
    client = signed_in(draft.applicant)
    photo, paper = (
        client.get(url("photo", draft)),
        client.get(url("document", draft, str(filed(draft).key))),
    )
    for answer in (photo, paper):
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Cache-Control"] == "private, no-store"
        assert answer["Content-Security-Policy"].endswith("; sandbox")
    assert photo["Content-Disposition"] == 'inline; filename="photo.jpg"'
    assert paper["Content-Disposition"] == 'attachment; filename="a \\"b\\".pdf"'
    assert paper.getvalue() == PDF


@pytest.mark.django_db
def test_a_picture_opens_in_the_browser():
    draft, document = a_draft_with_documents()
    attach(draft, document, encoded(a_picture()), "card.jpg")
    answer = signed_in(draft.applicant).get(url("document", draft, str(filed(draft).key)))
    assert answer["Content-Disposition"] == 'inline; filename="card.jpg"'


@pytest.mark.django_db
def test_a_file_that_is_gone_is_404():
    draft = a_draft()
    photo_path(draft).unlink()
    assert signed_in(draft.applicant).get(url("photo", draft)).status_code == 404


def file_addresses(application: Application) -> list[str]:
    return [url("photo", application), url("document", application, str(filed(application).key))]


@pytest.mark.django_db
def test_the_commission_that_decides_sees_files_once_they_are_submitted():
    draft, document = a_draft_with_documents()
    attach(draft, document, PDF)
    reviewer = a_staff_member(StaffRole.CONSTITUENCY_REVIEWER, draft.commission)
    addresses = file_addresses(draft)
    assert [signed_in(reviewer).get(address).status_code for address in addresses] == [404, 404]
    signed_in(draft.applicant).post(url("check", draft), {"version": draft.version})
    for role, seen in [
        (StaffRole.CENTRAL_CHAIR, 200),
        (StaffRole.AUDITOR, 200),
        (StaffRole.ELECTION_ADMINISTRATOR, 404),
    ]:
        found = signed_in(a_staff_member(role, draft.election))
        assert [found.get(address).status_code for address in addresses] == [seen, seen]
    assert [signed_in(reviewer).get(address).status_code for address in addresses] == [200, 200]


@pytest.mark.django_db
def test_a_stranger_another_organisation_and_another_commission_get_404():
    draft, document = a_draft_with_documents()
    attach(draft, document, PDF)
    signed_in(draft.applicant).post(url("check", draft), {"version": draft.version})
    election = draft.election
    others = [
        a_user(),
        an_organisation(election=election).representatives.get().user,
        a_staff_member(
            StaffRole.CONSTITUENCY_CHAIR, election.constituencies.get(number=2).commission
        ),
        a_staff_member(StaffRole.CENTRAL_CHAIR, an_election()),
    ]
    for user in others:
        client = signed_in(user)
        for address in file_addresses(draft):
            assert client.get(address).status_code == 404, (user, address)
        remove = url("remove_document", draft, str(filed(draft).key))
        assert client.post(remove).status_code == 404
        assert attach_as(client, draft, document).status_code == 404


def attach_as(client: Any, application: Application, document: Any) -> Any:
    fields = {"document": document.code, f"{document.code}-file": upload(PDF, "card.pdf")}
    return client.post(url("documents", application), fields)


@pytest.mark.django_db
def test_a_document_is_not_served_under_another_application():
    draft, document = a_draft_with_documents()
    attach(draft, document, PDF)
    own = a_draft()
    address = reverse("apply:document", args=[own.key, filed(draft).key])
    assert signed_in(own.applicant).get(address).status_code == 404


@pytest.mark.django_db
def test_an_anonymous_visitor_sees_no_file(client):
    application = a_submitted(scope=Scope.NATIONWIDE)
    answer = client.get(url("photo", application))
    assert answer["Location"].startswith(reverse("account_login"))


@pytest.mark.django_db
def test_who_may_see_an_application_but_not_its_files_gets_404(monkeypatch):
    application = a_submitted()
    monkeypatch.setattr(files.permissions, "may", lambda user, action, row: no("Not the files."))
    assert signed_in(application.applicant).get(url("photo", application)).status_code == 404
