"""An archive of photos: what is read, whose they are, how they are cropped, what is refused."""

import io
import itertools
import time
import unicodedata
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from observers.domain.faces import find_face
from observers.domain.photos import PHOTO_SIZE, make_portrait
from observers.intake.findings import Unusable, say
from observers.intake.photos import (
    Matches,
    Person,
    Picture,
    archive,
    list_pictures,
    match,
    pack,
    prepare_pictures,
    preparing,
    recrop,
)
from privacy.uploads import FileRefused
from tests.faces import a_head, a_photo, encoded

pytestmark = pytest.mark.usefixtures("english")

FACE = encoded(a_photo((600, 800), head=(100, 100, 500, 580)))


def a_zip(path: Path, files: "dict[str, bytes]", method: int = ZIP_STORED) -> Path:
    with ZipFile(path, "w", method) as zipped:
        for name, content in files.items():
            zipped.writestr(name, content)
    return path


def renamed(path: Path, names: "dict[str, bytes]") -> Path:
    """The archive with its names as another packer writes them: in a code page, without saying so.

    Each must be as long as the name that it replaces.
    """
    body = path.read_bytes()
    for placeholder, raw in names.items():
        assert len(placeholder) == len(raw)
        body = body.replace(placeholder.encode(), raw)
    path.write_bytes(body)
    return path


def listed(path: Path) -> list[str]:
    return [picture.name for picture in list_pictures(path)]


def problems(path: Path) -> dict[str, str]:
    """What is wrong with each picture, by its name; empty for those that can be used."""
    pictures = list_pictures(path)
    names = {picture.index: picture.name for picture in pictures}
    return {
        names[done.index]: done.problem.get("code", "") for done in prepare_pictures(path, pictures)
    }


# --- Which files there are ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "code_page"),
    [
        ("Иванов Пётр.jpg", "cp866"),
        ("Иванов Пётр.jpg", "cp1251"),
        ("Çingiz Hüseyn oğlu Şıxlı.jpg", "cp857"),
        ("Çingiz Hüseyn oğlu Şıxlı.jpg", "cp1254"),
        ("Əliyev Əli.jpg", "utf-8"),
    ],
)
def test_names_are_read_in_the_code_page_of_whoever_packed_them(tmp_path, name, code_page):
    raw = name.encode(code_page)
    packed = a_zip(tmp_path / "photos.zip", {"a" * len(raw): FACE})
    assert listed(renamed(packed, {"a" * len(raw): raw})) == [name]


def test_names_of_a_mac_are_composed(tmp_path):
    name = "Şəkillər/Çingiz.jpg"
    packed = a_zip(tmp_path / "photos.zip", {unicodedata.normalize("NFD", name): FACE})
    assert listed(packed) == [name]


def test_what_systems_leave_behind_is_no_picture(tmp_path):
    junk = ["__MACOSX/._1.jpg", "a/Thumbs.db", "a/.DS_Store", "desktop.ini", "folder/"]
    packed = a_zip(tmp_path / "photos.zip", dict.fromkeys([*junk, "folder/1.jpg"], FACE))
    assert listed(packed) == ["folder/1.jpg"]


def test_a_name_leads_nowhere(tmp_path):
    names = ["../../etc/passwd.jpg", "/etc/shadow.jpg", "C:\\photos\\..\\2.jpg", "a/\u202egpj.jpg"]
    packed = a_zip(tmp_path / "photos.zip", dict.fromkeys(names, FACE))
    shown = ["etc/passwd.jpg", "etc/shadow.jpg", "photos/2.jpg", "a/gpj.jpg"]
    assert listed(packed) == shown
    assert len(problems(packed)) == 4
    assert [path.name for path in tmp_path.iterdir()] == ["photos.zip"]


def test_loose_photos_are_packed_under_their_names(tmp_path):
    files = [SimpleUploadedFile(name, FACE) for name in ("Əli.jpg", "2.jpg", "2.jpg")]
    pack(files, tmp_path / "photos.zip")
    assert listed(tmp_path / "photos.zip") == ["Əli.jpg", "2.jpg", "2/2.jpg"]
    assert set(problems(tmp_path / "photos.zip").values()) == {""}


def encrypted(path: Path) -> Path:
    with ZipFile(a_zip(path, {"1.jpg": FACE})) as zipped:
        start = zipped.start_dir
    body = bytearray(path.read_bytes())
    body[start + 8] |= 1
    path.write_bytes(body)
    return path


def claiming(path: Path, files: int, **claims: int) -> Path:
    """A list of many files that are one and the same, with what it claims about them."""
    with ZipFile(path, "w") as zipped:
        zipped.writestr("0.jpg", FACE)
        first = zipped.infolist()[0]
        for number in range(1, files):
            again = ZipInfo(f"{number}.jpg")
            for name in ("CRC", "compress_size", "file_size", "header_offset"):
                setattr(again, name, claims.get(name, getattr(first, name)))
            zipped.filelist.append(again)
    return path


def overlapping(path: Path) -> Path:
    return claiming(path, 1000)


def growing(path: Path) -> Path:
    return claiming(path, 100, compress_size=9, file_size=20 * 2**20)


def cut(path: Path) -> Path:
    body = a_zip(path, {"1.jpg": FACE}).read_bytes()
    path.write_bytes(body[: len(body) // 2])
    return path


def wrote(body: bytes) -> Any:
    return lambda path: path.write_bytes(body) and path


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (encrypted, "archive_encrypted"),
        (overlapping, "archive_bomb"),
        (growing, "archive_bomb"),
        (cut, "archive_broken"),
        (wrote(b"PK\x03\x04"), "archive_broken"),
        (wrote(b"Rar!\x1a\x07\x01\x00" + bytes(99)), "archive_not_zip"),
        (wrote(b"7z\xbc\xaf\x27\x1c" + bytes(99)), "archive_not_zip"),
        (wrote(FACE), "archive_unknown"),
        (wrote(b"\n"), "archive_unknown"),
        (lambda path: a_zip(path, {"folder/": b"", ".DS_Store": b"x"}), "archive_empty"),
        (lambda path: path, "archive_broken"),
    ],
    ids=["encrypted", "overlapping", "growing", "cut", "short", "rar", "7z", "jpeg", "text",
         "empty", "gone"],
)  # fmt: skip
def test_an_archive_that_cannot_be_used_is_refused_with_a_sentence(tmp_path, made, code):
    with pytest.raises(Unusable) as refused:
        list_pictures(made(tmp_path / "photos.zip"))
    assert refused.value.code == code
    assert str(refused.value).endswith(".")


def test_too_many_files_are_refused_before_they_are_listed(tmp_path, monkeypatch):
    packed = a_zip(tmp_path / "photos.zip", {f"{n}.jpg": b"x" for n in range(4)})
    for limit in ("MOST_FILES", "MOST_ENTRIES", "LONGEST_LIST"):
        with monkeypatch.context() as lowered:
            lowered.setattr(archive, limit, 3)
            with pytest.raises(Unusable, match="Divide them"):
                list_pictures(packed)


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_a_broken_archive_raises_nothing_but_its_own_error(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("broken") / "photos.zip"
    body = bytearray(a_zip(path, {"1.jpg": b"\xff\xd8\xff", "2/Ə.jpg": b"x"}).read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(body[: data.draw(st.integers(len(body) // 2, len(body)))])
    try:
        found = set(problems(path).values())
    except Unusable:
        return
    assert "" not in found


# --- Whose they are -------------------------------------------------------------------------------

ALI = Person(2, "AA1234567", "Əliyev Əli Rauf oğlu")
VALI = Person(3, "aze 7654321", "Vəliyev Vəli", photo="Fotolar\\IMG_0007.JPG")
LEYLA = Person(4, "17", "Hacı-zadə Leyla İlqar qızı")


def matched(*names: str, people: "tuple[Person, ...]" = (ALI, VALI, LEYLA)) -> Matches:
    return match([Picture(index, name, 1) for index, name in enumerate(names)], people)


@pytest.mark.parametrize(
    ("name", "row", "how"),
    [
        ("photos/img_0007.png", 3, "column"),
        ("aa1234567.jpg", 2, "number"),
        ("АА 1234567.jpeg", 2, "number"),  # in Cyrillic letters
        ("Əliyev_AA1234567 (1).jpg", 2, "number"),
        ("1234567.jpg", 2, "number"),
        ("AZE-7654321 namizəd.jpg", 3, "number"),
        ("17.jpg", 4, "number"),
        ("003.jpg", 3, "row"),
        ("sətir 4.jpg", 4, "row"),
        ("eli ELIYEV.jpg", 2, "name"),
        ("Əliyev Əli Rauf.jpg", 2, "name"),
        ("Leyla_Hacı-zadə.jpg", 4, "name"),
    ],
)
def test_a_picture_finds_its_person(name, row, how):
    [found] = matched(name).matched
    assert (found.row_number, found.how) == (row, how)


@pytest.mark.parametrize(
    "name", ["Əliyev.jpg", "5.jpg", "AA9999999 Əliyev Əli.jpg", "_.jpg", "Əliyev Vəli.jpg"]
)
def test_a_picture_of_somebody_else_is_nobodys(name):
    found = matched(name)
    assert (found.without_row, found.without_photo) == ([0], [2, 3, 4])


def test_a_picture_of_one_of_two_namesakes_is_nobodys():
    twins = (ALI, Person(5, "AA2", "Əliyev Əli Vaqif oğlu"))
    found = matched("Əliyev Əli.jpg", "Əliyev Əli Vaqif.jpg", people=twins)
    assert [(one.picture, one.row_number) for one in found.matched] == [(1, 5)]
    assert found.without_row == [0]


def test_pictures_counted_from_one_are_not_taken_for_rows():
    """They count the people: each would be given the photo of the next."""
    assert matched("1.jpg", "2.jpg", "3.jpg").without_photo == [2, 3, 4]


def test_of_two_pictures_the_surer_one_is_taken():
    found = matched("2.jpg", "AA1234567.txt", "b/AA1234567.jpg", "Əliyev Əli.jpg")
    assert [(one.picture, one.row_number) for one in found.matched] == [(2, 2)]
    assert found.doubled == [(1, 2), (0, 2), (3, 2)]


# --- What becomes of them -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "head"),
    [
        ((3000, 4000), (900, 500, 2100, 1940)),
        ((4000, 3000), (2500, 600, 3300, 1560)),
        ((1200, 1600), (100, 500, 700, 1220)),
    ],
)
def test_a_photo_is_cropped_around_the_face(size, head):
    portrait = make_portrait(io.BytesIO(encoded(a_photo(size, head=head))))
    photo = Image.open(io.BytesIO(portrait.photo))
    face = find_face(photo)
    assert (photo.size, portrait.has_face) == (PHOTO_SIZE, True)
    assert face is not None
    assert face.height == pytest.approx(0.47, abs=0.04)
    assert face.eyes == pytest.approx(0.43, abs=0.05)
    assert (face.left + face.right) / 2 == pytest.approx(0.5, abs=0.05)


def test_a_picture_of_nobody_or_of_two_is_cropped_at_its_upper_middle():
    two = a_photo((1600, 800), head=None)
    for left in (100, 1000):
        two.paste(a_head(), (left, 100))
    for picture in (two, a_photo((1600, 800), head=None)):
        portrait = make_portrait(io.BytesIO(encoded(picture)))
        assert (portrait.has_face, portrait.crop) == (False, [0.3125, 0, 0.6875, 1])


def test_the_whole_picture_is_kept_smaller():
    portrait = make_portrait(io.BytesIO(encoded(a_photo((3000, 4000), head=None), exif=b"Exif\0")))
    source = Image.open(io.BytesIO(portrait.source))
    assert (source.size, source.format, dict(source.getexif())) == ((750, 1000), "JPEG", {})


def test_a_portrait_is_cropped_anew_by_hand():
    picture = a_photo((900, 900), head=None)
    picture.paste("red", (450, 0, 900, 900))
    source = make_portrait(io.BytesIO(encoded(picture))).source
    portrait, taken = recrop(source, [0.55, 0.1, 0.9, 0.5])
    photo = Image.open(io.BytesIO(portrait))
    pixel: Any = photo.getpixel((5, 5))
    assert (photo.size, pixel[0] > 200, pixel[1] < 60) == (PHOTO_SIZE, True, True)
    assert taken == [0.575, 0.1, 0.875, 0.5]  # in the badge's proportion, around the same middle


@pytest.mark.parametrize(
    "crop", [[0, 0, 0.1, 0.1], [0.5, 0, 0.2, 1], [0, 0, float("nan"), 1], [0, 0, 1], []]
)
def test_too_little_of_a_picture_is_refused(crop):
    with pytest.raises(FileRefused, match="too small to print"):
        recrop(FACE, crop)


def test_each_picture_that_cannot_be_used_says_why(tmp_path, settings):
    settings.UPLOAD_LIMIT_BYTES = 2**20
    noise = encoded(Image.effect_noise((600, 800), 60).convert("RGB"))
    files = {
        "good.jpg": (FACE, ""),
        "good.png": (encoded(a_head(), "PNG"), ""),
        "page.jpg": (b"<html><script>alert(1)</script></html>", "not_a_picture"),
        "cut.jpg": (noise[:-3000], "damaged_picture"),
        "small.jpg": (encoded(a_head().resize((299, 400))), "photo_too_small"),
        "empty.jpg": (b"", "empty_upload"),
        "phone.heic": (b"\0\0\0\x18ftypheic" + bytes(99), "picture_heic"),
        "more.zip": (b"PK\x03\x04" + bytes(99), "picture_is_archive"),
        "bomb.jpg": (bytes(4 * 2**20), "picture_too_heavy"),
    }
    packed = a_zip(
        tmp_path / "photos.zip", {name: body for name, (body, _) in files.items()}, ZIP_DEFLATED
    )
    found = problems(packed)
    assert found == {name: code for name, (_, code) in files.items()}
    for prepared in prepare_pictures(packed, list_pictures(packed)):
        if prepared.problem:
            assert say(prepared.problem["code"], prepared.problem["params"]).endswith(".")


def test_a_symbolic_link_is_only_its_text(tmp_path):
    link = ZipInfo("link.jpg")
    link.external_attr = 0o120777 << 16
    with ZipFile(tmp_path / "photos.zip", "w") as zipped:
        zipped.writestr(link, "/etc/passwd")
    assert problems(tmp_path / "photos.zip") == {"link.jpg": "not_a_picture"}


def test_no_more_pictures_are_begun_than_can_be_held(tmp_path, monkeypatch):
    packed = a_zip(tmp_path / "photos.zip", {f"{n}.jpg": b"x" for n in range(40)})
    begun = itertools.count()
    monkeypatch.setattr(
        preparing, "_prepare", lambda _zipped, _index: preparing.Prepared(next(begun))
    )
    work = prepare_pictures(packed, list_pictures(packed))
    next(work)
    time.sleep(0.1)
    work.close()
    assert next(begun) <= preparing.IN_FLIGHT
