"""The columns of a spreadsheet of observers, and the headings people put above them."""

import re
from dataclasses import dataclass, field
from functools import cache

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accounts.names import fold


@dataclass(frozen=True)
class Column:
    """`names` are headings it is known by, beside its label in every language."""

    key: str
    label: str | Promise
    names: tuple[str, ...]
    required: bool = False
    hint: str | Promise = field(default="")
    # Some columns are understood, but nobody is asked to fill them in.
    in_template: bool = True


def _columns(*columns: Column) -> dict[str, Column]:
    return {column.key: column for column in columns}


# In the order of the template.
COLUMNS = _columns(
    Column(
        "surname",
        _("Surname"),
        ("Soyad", "Soyadı", "Familiya", "Familiyası", "Фамилия", "Last name", "Family name",
         "Müşahidəçinin soyadı", "Фамилия наблюдателя"),
        required=True,
        hint=_("As it stands in the identity document."),
    ),
    Column(
        "given_name",
        _("Given name"),
        ("Ad", "Adı", "Имя", "First name", "Name", "Given names", "Forename",
         "Müşahidəçinin adı", "Имя наблюдателя"),
        required=True,
        hint=_("As it stands in the identity document."),
    ),
    Column(
        "patronymic",
        _("Patronymic"),
        ("Ata adı", "Atasının adı", "Atası", "Отчество", "Имя отца", "Middle name",
         "Father name", "Fathers name", "Father’s name"),
        hint=_("If the identity document has one."),
    ),
    Column(
        "full_name",
        _("Full name"),
        ("S.A.A.", "SAA", "Soyadı, adı, atasının adı", "Soyad, ad, ata adı", "Soyad ad ata adı",
         "Soyadı adı ata adı", "Soyad, ad", "Soyadı, adı", "Soyad və ad", "Tam adı",
         "Soyadı, adı və atasının adı", "Soyad, ad və ata adı", "ФИО", "Ф.И.О.", "FIO",
         "Фамилия, имя, отчество", "Фамилия имя", "Фамилия и имя", "Полное имя", "Name in full",
         "Surname, given name, patronymic", "Surname, name", "Surname and name", "Müşahidəçi",
         "Наблюдатель", "Observer", "Ad, soyad", "Adı, soyadı", "Ad və soyad", "A.S.A.",
         "Adı, soyadı, atasının adı", "Ad, soyad, ata adı", "Имя, фамилия", "Имя и фамилия",
         "Name, surname", "Name and surname", "First and last name"),
        hint=_("Surname, given name and patronymic in one cell, in this order."),
        in_template=False,
    ),
    Column(
        "birth_on",
        _("Date of birth"),
        ("Doğum tarixi", "Təvəllüd", "Təvəllüdü", "Doğulduğu tarix", "Doğum günü", "Anadan olduğu "
         "tarix", "Doğum", "Дата рождения", "Год рождения", "Д.р.", "День рождения", "Birth date",
         "Birthdate", "Birthday", "DOB", "D.o.b.", "Born", "Doğum tarixi (gün, ay, il)",
         "Число, месяц и год рождения", "Doğulduğu gün, ay, il"),
        required=True,
        hint=_("Day, month and year, for example 07.02.1990."),
    ),
    Column(
        "citizenship",
        _("Citizenship"),
        ("Vətəndaşlıq", "Vətəndaşlığı", "Ölkə", "Гражданство", "Страна", "Nationality", "Country",
         "Country of citizenship"),
        hint=_("Empty means Azerbaijan. Otherwise the name of the country or its code."),
    ),
    Column(
        "identity_document",
        _("Identity document"),
        ("Sənəd", "Sənədin növü", "Sənədin adı", "Şəxsiyyəti təsdiq edən sənəd",
         "Şəxsiyyəti təsdiq edən sənədin növü", "Вид документа", "Документ", "Тип документа",
         "Удостоверяющий документ", "Document", "Document type", "Type of document", "ID type"),
        hint=_("Identity card, passport, or the document that replaces the identity card."),
    ),
    Column(
        "identity_series",
        _("Series"),
        ("Seriya", "Seriyası", "Sənədin seriyası", "Ş.V. seriyası", "Vəsiqənin seriyası", "Серия",
         "Серия документа", "Серия паспорта", "Document series"),
        hint=_("When it stands in a column of its own."),
        in_template=False,
    ),
    Column(
        "identity_number",
        _("Series and number"),
        ("Ş.V. seriya və nömrəsi", "ŞV seriya və nömrəsi", "Ş.V. №", "ŞV №", "Ş.V.", "ŞV",
         "ŞV nömrəsi", "Ş.V. nömrəsi", "Seriya və nömrə", "Seriya və nömrəsi", "Seriya nömrə",
         "Seriya nömrəsi", "Seriya, nömrə", "Seriya №", "Şəxsiyyət vəsiqəsi",
         "Şəxsiyyət vəsiqəsinin nömrəsi", "Şəxsiyyət vəsiqəsi №", "Vəsiqə",
         "Şəxsiyyət vəsiqəsinin seriya və nömrəsi", "Şəxsiyyət vəsiqəsinin seriyası və nömrəsi",
         "Şəxsiyyət vəsiqəsinin seriyası, nömrəsi", "Vəsiqənin nömrəsi", "Vəsiqə №",
         "Vəsiqə nömrəsi",
         "Sənədin nömrəsi", "Sənəd nömrəsi", "Sənəd №", "Sənədin seriya və nömrəsi",
         "Sənədin seriyası və nömrəsi", "Pasport", "Pasport nömrəsi", "Pasportun nömrəsi",
         "Pasport №", "Nömrə", "Nömrəsi", "Паспорт", "Номер паспорта", "Паспорт №",
         "Серия и номер", "Серия и номер паспорта", "Серия и номер документа", "Серия, номер",
         "Серия и № паспорта", "Серия и № документа", "Серия №", "Номер документа", "№ документа",
         "№ паспорта", "Паспортные данные", "Номер", "Удостоверение личности",
         "Номер удостоверения личности", "Номер удостоверения", "ID", "ID No", "ID number",
         "ID card", "ID card number", "Identity card", "Identity number", "Identity card number",
         "Document number", "Document No", "Number of the document", "Passport",
         "Passport number", "Passport No", "Series and No"),
        required=True,
        hint=_("Letters and digits as in the document, for example AA1234567."),
    ),
    Column(
        "address",
        _("Address"),
        ("Ünvan", "Ünvanı", "Qeydiyyat ünvanı", "Yaşayış ünvanı", "Yaşadığı ünvan",
         "Qeydiyyatda olduğu ünvan", "Yaşayış yeri", "Qeydiyyat yeri", "Faktiki ünvan", "Адрес",
         "Адрес проживания", "Адрес регистрации", "Место жительства", "Домашний адрес",
         "Прописка", "Home address", "Address of residence", "Residence", "Registered address"),
        required=True,
        hint=_("Where the person lives: town or district, street, house, flat."),
    ),
    Column(
        "phone",
        _("Telephone"),
        ("Telefon", "Telefonu", "Telefon nömrəsi", "Mobil", "Mobil nömrə", "Mobil telefon",
         "Mobil nömrəsi", "Əlaqə nömrəsi", "Əlaqə telefonu", "Əlaqə", "Tel", "Tel.", "Tel №",
         "Телефон", "Номер телефона", "Мобильный", "Мобильный телефон", "Моб.", "Моб. телефон",
         "Контактный телефон", "Тел.", "Phone", "Phone number", "Mobile", "Mobile phone",
         "Mobile number", "Cell", "Cell phone", "Contact phone"),
        hint=_("For questions about the application, for example +994 50 123 45 67."),
    ),
    Column(
        "email",
        _("E-mail"),
        ("E-poçt", "Epoçt", "E-poçt ünvanı", "Elektron poçt", "Elektron ünvan", "Elektron poçt "
         "ünvanı", "Mail", "E-mail ünvanı", "Электронная почта", "Эл. почта", "Эл. адрес", "Почта",
         "Е-мейл", "Имейл", "Email", "Email address", "E-mail address"),
        hint=_("The observer’s own. Letters go to the organisation’s representative."),
    ),
    Column(
        "scope",
        _("Place of observation"),
        ("Müşahidə yeri", "Müşahidə ərazisi", "Müşahidə aparacağı yer", "Müşahidə apardığı yer",
         "Harada müşahidə aparacaq", "Ərazi", "Место наблюдения", "Территория наблюдения",
         "Где наблюдает", "Территория", "Scope", "Where they observe", "Where"),
        hint=_("The whole country, or one constituency."),
    ),
    Column(
        "constituency",
        _("Constituency"),
        ("Dairə", "Seçki dairəsi", "Seçki dairəsinin nömrəsi", "Seçki dairəsinin adı",
         "Seçki dairəsinin nömrəsi və adı", "Dairə №", "Dairənin nömrəsi", "Dairə nömrəsi",
         "Dairənin adı", "DSK", "DSK №", "DSK nömrəsi", "Seçki dairəsi №", "Seçki dairəsi nömrəsi",
         "Округ", "Номер округа", "№ округа", "Избирательный округ", "Округ №",
         "Номер избирательного округа", "Название округа", "ОИК", "ОИК №", "Constituency number",
         "Constituency No", "District", "Electoral district"),
        hint=_("Its number or its name, for example 7."),
    ),
    Column(
        "photo",
        _("Photo"),
        ("Şəkil", "Şəkli", "Foto", "Fotosu", "Fotoşəkil", "Şəklin adı", "Şəkil faylı", "Фото",
         "Фотография", "Файл фото", "Имя файла фото", "Photograph", "Picture", "Photo file",
         "File name of the photo"),
        hint=_("The name of the picture’s file, if it is not the document number."),
    ),
)  # fmt: skip

# The last column of the workbook that is given back. It is left aside when it returns.
ERRORS_HEADING = _("What to mend")
# Headings that are understood and of no use: running numbers, the personal code, our own remarks.
IGNORED = (
    "№", "S/N", "S. №", "Sıra", "Sıra №", "Sıra nömrəsi", "S/s", "N", "Nr", "No.", "#",
    "№ п/п", "П/п", "№ п.п.", "Порядковый номер", "Row", "Row number",
    "FİN", "FIN kod", "FİN kodu", "FİN kod", "PİN", "PİN kod", "PİN kodu", "Fərdi identifikasiya "
    "nömrəsi", "Şəxsiyyət vəsiqəsinin FİN kodu", "Ş.V. FİN", "ФИН", "ФИН код", "ПИН", "ПИН код",
    "ФИН-код", "ПИН-код", "Personal code", "PIN code",
    "Səhvlər", "What to mend", "Что исправить",
)  # fmt: skip

# Required names may stand in one cell.
NAMES = ("surname", "given_name")

_IN_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_JOINING = re.compile(r"[.'’ʼ`\"“”«»]")
_DIVIDING = re.compile(r"[^\w№]+|_")


def plain_heading(text: str) -> str:
    """A heading without case, diacritics, punctuation and what stands in brackets."""
    text = _JOINING.sub("", _IN_BRACKETS.sub(" ", text[:200]))
    return fold(_DIVIDING.sub(" ", text))


@cache
def known_headings() -> dict[str, str]:
    """Key by plain heading; an empty key for what is left aside."""
    known = {plain_heading(name): "" for name in (*IGNORED, *_in_all_languages(ERRORS_HEADING))}
    for column in COLUMNS.values():
        for name in (*_in_all_languages(column.label), *column.names, column.key):
            known[plain_heading(name)] = column.key
    return known


def key_of_heading(text: str) -> str | None:
    """The key of the column; empty for one that is left aside, None for an unknown one.

    A heading may be given in several languages, one beside the other.
    """
    known = known_headings()
    plain = plain_heading(text)
    if plain in known:
        return known[plain]
    parts = [known[part] for part in map(plain_heading, re.split(r"[/|\n]", text)) if part in known]
    return parts[0] if len(set(parts)) == 1 else None


def given_name_first(label: str) -> bool:
    """Whether a heading over full names says that the given name comes before the surname."""
    plain = plain_heading(label)
    return plain == "asa" or (
        plain.startswith(("ad", "imya", "name", "first"))
        and any(word in plain for word in ("soyad", "familiya", "surname", "last"))
    )


def _in_all_languages(label: str | Promise) -> list[str]:
    spoken = []
    for language, _name in settings.LANGUAGES:
        with override(language):
            spoken.append(str(label))
    return spoken
