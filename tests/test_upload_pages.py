"""The pages of uploads: handing in, the report, the workbook given back, photos. See also
`test_intake.py` for what happens behind them."""

import io
import zipfile
from base64 import b64encode
from typing import Any, cast

import pytest
import python_calamine
import xlsxwriter
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import translation
from PIL import Image, ImageDraw
from playwright.sync_api import Page

from elections.models import Election
from observers.enums import UploadStatus
from observers.intake import streaming, tasks, workbooks
from observers.intake.columns import COLUMNS, ERRORS_HEADING
from observers.models import Application, Upload, UploadedPhoto
from organisations.models import Organisation
from tests.builders import an_election, an_organisation, owner_of
from tests.visitors import Visitors, axe_findings

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
KEYS = ("surname", "given_name", "birth_on", "identity_number", "address", "scope")


def a_person(number: int, **answers: str) -> list[str]:
    said = {
        "surname": "Əliyev",
        "given_name": f"Əli{'abcdefghij'[number % 10]}",
        "birth_on": "07.02.1990",
        "identity_number": f"AA{1234500 + number}",
        "address": "Bakı, Nizami küçəsi 5",
        "scope": "The whole country",
    }
    return [(said | answers)[key] for key in KEYS]


def a_sheet(*people: list[str], headings: tuple[str, ...] = ()) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as workbook:
        page = workbook.add_worksheet()
        for row, cells in enumerate([headings or [str(COLUMNS[k].label) for k in KEYS], *people]):
            for index, cell in enumerate(cells):
                page.write_string(row, index, cell)
    return content.getvalue()


def a_picture(colour: str = "#336699") -> bytes:
    body = io.BytesIO()
    picture = Image.new("RGB", (600, 800), colour)
    ImageDraw.Draw(picture).ellipse((200, 200, 400, 460), fill="#d9b08c")
    picture.save(body, "JPEG")
    return body.getvalue()


def an_archive(*names: str) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        for name in names:
            archive.writestr(name, a_picture())
    return body.getvalue()


@pytest.fixture
def owner(theirs: Organisation) -> Client:
    return signed_in(theirs)


def signed_in(organisation: Organisation) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(owner_of(organisation))
    return client


def uploads_url(theirs: Organisation) -> str:
    return reverse("people:uploads", args=[theirs.key])


def hand_in(client: Client, theirs: Organisation, **sent: Any) -> Any:
    files = {
        name: [SimpleUploadedFile(*each) for each in value]
        if name == "photos"
        else SimpleUploadedFile(*value)
        if isinstance(value, tuple)
        else value
        for name, value in sent.items()
    }
    return client.post(uploads_url(theirs), files)


def checked(client: Client, theirs: Organisation, **sent: Any) -> Upload:
    """An upload that was handed in by the page and looked at by a worker."""
    answer = hand_in(client, theirs, **sent)
    assert answer.status_code == 302, answer.content.decode()
    upload = Upload.unscoped.latest("pk")
    tasks.check_upload(upload.pk)
    upload.refresh_from_db()
    return upload


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def files_on_disk() -> set[str]:
    """Other tests of this process have left theirs."""
    return {str(path) for path in (settings.MEDIA_ROOT / "uploads").glob("*/*")}


# --- Handing in -----------------------------------------------------------------------------------


def test_a_list_is_handed_in_checked_and_stored(owner: Client, theirs: Organisation) -> None:
    sheet = a_sheet(a_person(1), a_person(2), a_person(3, birth_on="7.2.90"))
    upload = checked(
        owner, theirs, sheet=("list.xlsx", sheet), photos=[("p.zip", an_archive("2.jpg"))]
    )
    page = text_of(owner.get(upload.get_absolute_url()))
    assert "2 observers can be stored" in page
    assert "1 row to mend" in page
    assert not Application.unscoped.exists()
    owner.post(reverse("people:upload_store", args=[theirs.key, upload.key]))
    tasks.store_upload(upload.pk)
    assert "2 observers are stored" in text_of(owner.get(upload.get_absolute_url()))
    assert Application.unscoped.exclude(photo="").count() == 1


def test_an_empty_form_says_what_to_choose(owner: Client, theirs: Organisation) -> None:
    answer = hand_in(owner, theirs, scope="nationwide")
    assert "Choose a spreadsheet, photos, or both." in text_of(answer)
    assert answer.context["form"]["scope"].value() == "nationwide"


@pytest.mark.parametrize(
    ("sent", "field", "sentence"),
    [
        ({"sheet": ("a.zip", an_archive("1.jpg"))}, "sheet", "These are photos"),
        ({"photos": [("a.xlsx", a_sheet())]}, "photos", "This is a spreadsheet"),
        ({"photos": [("a.rar", b"Rar!")]}, "photos", "make a ZIP"),
        ({"sheet": ("a.xlsx", b"")}, "sheet", "The file is empty"),
        (
            {"photos": [("a.zip", an_archive("1.jpg")), ("b.jpg", a_picture())]},
            "photos",
            "Choose one ZIP, or pictures, not both.",
        ),
    ],
)  # fmt: skip
def test_files_in_the_wrong_field_are_named_there(
    owner: Client, theirs: Organisation, sent: dict[str, Any], field: str, sentence: str
) -> None:
    answer = hand_in(owner, theirs, **sent)
    assert sentence in " ".join(answer.context["form"].errors[field])
    assert not Upload.unscoped.exists()


def test_a_file_that_is_too_large_is_let_go_while_it_arrives(
    owner: Client, theirs: Organisation, settings: Any
) -> None:
    settings.SHEET_LIMIT_BYTES = 100_000
    before = files_on_disk()
    answer = hand_in(
        owner, theirs, sheet=("a.csv", b"x" * 100_001), photos=[("1.jpg", a_picture())]
    )
    assert "larger than" in " ".join(answer.context["form"].errors["sheet"])
    assert files_on_disk() == before


def test_too_many_pictures_are_asked_for_as_a_zip(
    owner: Client, theirs: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "PICTURES_AT_ONCE", 2)
    answer = hand_in(owner, theirs, photos=[(f"{n}.jpg", b"x") for n in range(3)])
    assert "more than 2 files" in " ".join(answer.context["form"].errors["photos"])


def test_many_pictures_share_one_open_file_and_an_archive_can_be_moved() -> None:
    pictures = [SimpleUploadedFile(f"{n}.jpg", bytes([n]) * (n + 1)) for n in range(50)]
    request = RequestFactory().post("/", {"photos": pictures})
    request.upload_handlers = [streaming.Incoming(request)]
    received = request.FILES.getlist("photos")
    assert [each.read() for each in received] == [bytes([n]) * (n + 1) for n in range(50)]
    assert not any(hasattr(each, "temporary_file_path") for each in received)
    request = RequestFactory().post("/", {"photos": SimpleUploadedFile("a.zip", b"PK..")})
    request.upload_handlers = [streaming.Incoming(request)]
    archive: Any = request.FILES["photos"]
    with open(archive.temporary_file_path(), "rb") as moved:
        assert moved.read() == archive.read() == b"PK.."


def test_a_form_without_its_token_is_refused(theirs: Organisation) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner_of(theirs))
    assert client.post(uploads_url(theirs), {"scope": ""}).status_code == 403


def test_a_script_is_answered_with_the_address_or_the_errors(
    owner: Client, theirs: Organisation
) -> None:
    sent = {"sheet": SimpleUploadedFile("l.xlsx", a_sheet(a_person(1)))}
    json = {"accept": "application/json"}
    answer = owner.post(uploads_url(theirs), sent, headers=json)
    assert answer.json() == {"url": Upload.unscoped.get().get_absolute_url()}
    answer = owner.post(uploads_url(theirs), {}, headers=json)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "sheet")


# --- The report -----------------------------------------------------------------------------------


def test_the_workbook_given_back_says_what_to_mend_and_may_be_handed_in_again(
    owner: Client, theirs: Organisation
) -> None:
    formula = a_person(1, address="=HYPERLINK(1)")
    sheet = a_sheet(formula, [], a_person(3, birth_on="7.2.90", surname=""))
    upload = checked(owner, theirs, sheet=("list.xlsx", sheet))
    answer = owner.get(reverse("people:upload_errors", args=[theirs.key, upload.key]))
    rows = python_calamine.load_workbook(io.BytesIO(answer.content)).get_sheet_by_index(0)
    heading, first, empty, wrong = cast(list[list[Any]], rows.to_python())
    assert heading[-1] == str(ERRORS_HEADING)
    assert first == [*formula, ""]
    assert set(empty) == {""}
    assert wrong[-1].splitlines() == [
        "Surname: This cell must not be empty. Fill it in.",
        next(line for line in wrong[-1].splitlines() if line.startswith("Date of birth: ")),
    ]
    again = checked(owner, theirs, sheet=("list.xlsx", answer.content))
    assert (again.status, again.counts["wrong"]) == (UploadStatus.CHECKED, 1)


def test_an_unusable_file_says_so_and_what_to_do(owner: Client, theirs: Organisation) -> None:
    before = files_on_disk()
    upload = checked(owner, theirs, sheet=("list.xlsx", b"<html><body>no</body></html>"))
    assert upload.status == UploadStatus.UNUSABLE
    assert "web page" in text_of(owner.get(upload.get_absolute_url()))
    assert files_on_disk() == before


def test_columns_are_named_once_and_not_twice_the_same(owner: Client, theirs: Organisation) -> None:
    headings = ("A1", "A2", "A3", "A4", "A5", "A6")
    upload = checked(owner, theirs, sheet=("list.xlsx", a_sheet(a_person(1), headings=headings)))
    assert upload.status == UploadStatus.UNMAPPED
    url = reverse("people:upload_columns", args=[theirs.key, upload.key])
    assert "AA1234501" in text_of(owner.get(url))
    answers = {f"column_{index}": key for index, key in enumerate(KEYS)}
    twice = owner.post(url, answers | {"column_1": "surname"})
    assert "has been chosen for another column already" in text_of(twice)
    assert owner.post(url, answers).status_code == 302
    tasks.check_upload(upload.pk)
    upload.refresh_from_db()
    assert upload.counts["new"] == 1


@pytest.mark.parametrize("language", ["az", "en", "ru"])
def test_the_template_is_understood_when_it_comes_back(
    owner: Client, theirs: Organisation, election: Election, language: str
) -> None:
    url = reverse("people:template", args=[theirs.key, language, "xlsx"])
    page = python_calamine.load_workbook(io.BytesIO(owner.get(url).content)).get_sheet_by_index(0)
    [headings] = cast(list[list[str]], page.to_python())
    with translation.override(language):
        place = f"2 – {election.constituencies.get(number=2).name}"
    keys = [column.key for column in workbooks.asked()]
    values = dict(zip(KEYS, a_person(1, scope=""), strict=True)) | {"constituency": place}
    filled = a_sheet([values.get(key, "") for key in keys], headings=tuple(headings))
    upload = checked(owner, theirs, sheet=("filled.xlsx", filled))
    assert upload.counts["new"] == 1, upload.findings


def test_nothing_is_stored_twice_and_a_stored_upload_is_not_cancelled(
    owner: Client, theirs: Organisation
) -> None:
    upload = checked(owner, theirs, sheet=("list.xlsx", a_sheet(a_person(1))))
    keys = [theirs.key, upload.key]
    owner.post(reverse("people:upload_store", args=keys), {"mode": "all_or_nothing"})
    tasks.store_upload(upload.pk)
    again = owner.post(reverse("people:upload_store", args=keys), follow=True)
    assert "This upload is being stored already" in text_of(again)
    cancelled = owner.post(reverse("people:upload_cancel", args=keys), follow=True)
    assert "This upload is stored already" in text_of(cancelled)


# --- Photos ---------------------------------------------------------------------------------------


def test_a_photo_without_a_person_is_given_to_one_and_cropped_anew(
    owner: Client, theirs: Organisation
) -> None:
    sheet = ("list.xlsx", a_sheet(a_person(1), a_person(2)))
    archive = [("p.zip", an_archive("2.jpg", "unknown.jpg"))]
    upload = checked(owner, theirs, sheet=sheet, photos=archive)
    lonely = upload.photos.get(row_number=None)
    grid = reverse("people:upload_photos", args=[theirs.key, upload.key])
    assert "Əliyev Əlic" in text_of(owner.get(grid, {"show": "alone"}))
    whose = reverse("people:upload_whose", args=[theirs.key, upload.key, lonely.key])
    assert "Nobody stands in this row" in text_of(owner.post(whose, {"row": "9"}, follow=True))
    owner.post(whose, {"row": "3"})
    lonely.refresh_from_db()
    assert lonely.row_number == 3
    crop = reverse("people:upload_crop", args=[theirs.key, upload.key, lonely.key])
    closer = owner.get(crop, {"crop": "0,0,1,1", "move": "closer"}).context["crop"]
    assert closer != "0.00000,0.00000,1.00000,1.00000"
    owner.post(crop, {"crop": closer})
    assert (
        ",".join(f"{share:.5f}" for share in UploadedPhoto.objects.get(pk=lonely.pk).crop) == closer
    )


def test_another_organisation_finds_nothing(owner: Client, theirs: Organisation) -> None:
    sheet = ("list.xlsx", a_sheet(a_person(1)))
    upload = checked(owner, theirs, sheet=sheet, photos=[("2.jpg", a_picture())])
    photo = upload.photos.get()
    stranger = an_organisation(election=upload.election)
    client = signed_in(stranger)
    for organisation in (theirs, stranger):
        keys = [organisation.key, upload.key]
        for name in ("upload", "upload_errors", "upload_columns", "upload_photos"):
            assert client.get(reverse(f"people:{name}", args=keys)).status_code == 404
        for name in ("upload_photo", "upload_crop"):
            assert client.get(reverse(f"people:{name}", args=[*keys, photo.key])).status_code == 404


# --- In a browser ---------------------------------------------------------------------------------


DROP = """([sheet, picture]) => {
    const dropped = new DataTransfer();
    dropped.items.add(new File([Uint8Array.from(atob(sheet), c => c.charCodeAt())], "list.xlsx"));
    dropped.items.add(new File([Uint8Array.from(atob(picture), c => c.charCodeAt())], "2.jpg"));
    document.dispatchEvent(new DragEvent("drop", {dataTransfer: dropped, cancelable: true}));
}"""


@pytest.mark.django_db(transaction=True)
def test_files_are_dropped_sent_and_reported(new_visitor: Visitors, celery_worker: None) -> None:
    theirs = an_organisation(election=an_election())
    page = visiting(new_visitor(width=360), signed_in(theirs))
    page.goto(uploads_url(theirs))
    page.get_by_role("button", name="Upload and check").click()
    assert (
        page.locator(".error-summary")
        .inner_text()
        .endswith("Choose a spreadsheet, photos, or both.")
    )
    assert axe_findings(page) == []
    files = [a_sheet(a_person(1), a_person(2, birth_on="7.2.90")), a_picture()]
    page.evaluate(DROP, [b64encode(content).decode() for content in files])
    page.wait_for_function("document.querySelector('[name=photos]').files.length === 1")
    page.get_by_role("button", name="Upload and check").click()
    page.get_by_role("heading", name="1 observer can be stored").wait_for(timeout=20_000)
    assert axe_findings(page) == []
    page.get_by_role("link", name="Look through the photos").click()
    assert axe_findings(page) == []
    page.get_by_role("link", name="Crop anew").click()
    assert axe_findings(page) == []


@pytest.mark.django_db(transaction=True)
def test_without_script_files_are_sent_watched_and_cropped(
    new_visitor: Visitors, celery_worker: None
) -> None:
    theirs = an_organisation(election=an_election())
    page = visiting(new_visitor(script=False), signed_in(theirs))
    page.goto(uploads_url(theirs))
    page.set_input_files("[name=sheet]", files=[a_payload("list.xlsx", a_sheet(a_person(1)))])
    page.set_input_files("[name=photos]", files=[a_payload("2.jpg", a_picture())])
    page.get_by_role("button", name="Upload and check").click()
    page.get_by_role("link", name="Look through the photos").click(timeout=20_000)
    page.get_by_role("link", name="Crop anew").click()
    page.get_by_role("button", name="Smaller part").click()
    page.get_by_role("button", name="Use this part").click()
    page.get_by_text("The photo is cropped anew.").wait_for()


def a_payload(name: str, content: bytes) -> Any:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def visiting(page: Page, client: Client) -> Page:
    cookie = client.cookies["sessionid"].value
    address = page.context.request.get("/").url
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": address}])
    return page
