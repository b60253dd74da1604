"""The longest names that a badge has to hold: real ones of the demo's files, joined as people join
them, in three alphabets, and such as only a form without limits could bring."""

import csv
from collections.abc import Iterator
from itertools import product
from typing import Any

from django.conf import settings

FILES = settings.BASE_DIR / "elections" / "demo" / "azerbaijan-2024"
# Every letter whose capital or dot goes wrong somewhere, and stacked accents.
AWKWARD = ("Müxtəlif-İıəĞğŞşÇçÖöÜü", "Nguyễn-Ấẫ-Žůžó-Łąćżę", "Ђорђевић-Ѝѝ-Ґєїў-Ёё")
CYRILLIC = ("Константинопольская-Преображенская", "Рождественский-Щегловитов")
ABROAD = ("Wolfeschlegelsteinhausen-Bergerdorff", "Andrianampoinimerinatompokoindrindra")
TOO_LONG = "Beynəlxalq Müşahidə və Seçki Prosesinin Şəffaflığı Uğrunda Vətəndaş Təşəbbüsləri "


def _longest(file: str, *columns: str, many: int) -> list[str]:
    with (FILES / file).open(encoding="utf-8") as rows:
        found = {row[column] for row in csv.DictReader(rows) for column in columns}
    return sorted(found, key=lambda name: (-len(name), name))[:many]


def _surnames() -> list[str]:
    single = _longest("surnames.csv", "masculine", "feminine", many=7)
    joined = [f"{first}-{second}" for first, second in product(single[:4], single[3:7])]
    foreign = _longest("foreign_names.csv", "masculine", "feminine", many=6)
    return [*single, *joined, *foreign, *AWKWARD, *CYRILLIC, *ABROAD]


def _organisations() -> list[str]:
    return [*_longest("organisations.csv", "name_az", many=20), (TOO_LONG * 4)[:300].strip()]


def combinations(count: int) -> Iterator[dict[str, Any]]:
    """Columns of so many badges, no two alike: the lists have no length in common."""
    surnames, organisations = _surnames(), _organisations()
    given = _longest("given_names.csv", "name", many=11)
    places = _longest("constituencies.csv", "name_az", many=13)
    for n in range(count):
        first, second = given[n % 11], given[(3 * n + 1) % 11]
        yield {
            "surname": surnames[n % len(surnames)],
            "given_name": first if n % 3 else f"{first} {second}",
            "patronymic": f"{second} {'qızı' if n % 2 else 'oğlu'}",
            "nominator": organisations[n % len(organisations)],
            "constituency": 1 + n % 125,
            "constituency_names": (places[n % 13],),
            "kind": ("party", "ngo", "bloc", "candidate", "referendum_group")[n % 5],
        }
