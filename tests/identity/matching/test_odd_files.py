"""Files of people as they really come: whatever they look like, who is who is found in them."""

import json
from collections.abc import Callable
from datetime import date
from io import StringIO
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet
import pytest
from django.core.management import CommandError, call_command

from benchmarks.population import generate

type Row = dict[str, str]

_FIRST = [
    "Ada",
    "Robert",
    "Cynthia",
    "Jamal",
    "Svetlana",
    "Ingrid",
    "Mateo",
    "Yuki",
    "Oluwa",
    "Pierre",
]
_LAST = ["Byron", "Foxley", "Halestrom", "Okonkwo", "Petrova", "Lindqvist", "Fuentes", "Tanaka", "Adeyemi", "Durand"]  # fmt: skip


def people() -> list[Row]:
    """Return ten people, each twice."""
    return [
        {
            "first": first,
            "last": last,
            "email": f"{last.lower()}.{first[0].lower()}{71 + at}@northmail.example",
            "phone": f"+49 30 77{at}81{at}42",
            "birth": date(1961 + at, 1 + at, 13 + at).isoformat(),
            "whose": f"p{at}",
        }
        for at, (first, last) in enumerate(zip(_FIRST, _LAST, strict=True))
        for _ in range(2)
    ]


def scored(*paths: Path, **options: object) -> tuple[int, float, float]:
    """Return how many records were read, and how right what merges is: precision, recall."""
    out = StringIO()
    options = {"truth": "whose", "json": True} | options
    call_command("score_identity", *map(str, paths), stdout=out, **options)
    found = json.loads(out.getvalue())
    return found["records"], found["merged"]["precision"], found["merged"]["recall"]


def typed(
    path: Path, rows: list[Row], between: str = ",", coded: str = "utf-8"
) -> Path:
    lines = [list(rows[0]), *(list(row.values()) for row in rows)]
    text = "".join(
        between.join(f'"{cell}"' for cell in line) + "\r\n" for line in lines
    )
    path.write_bytes(text.encode(coded))
    return path


def renamed(rows: list[Row], *names: str) -> list[Row]:
    return [dict(zip(names, row.values(), strict=True)) for row in rows]


def as_objects(path: Path) -> Path:
    path.write_text(json.dumps(people()))
    return path


def as_lines(path: Path) -> Path:
    path.write_text("\n".join(json.dumps(row | {"at": {"x": 1}}) for row in people()))
    return path


def as_columns(path: Path) -> Path:
    rows = people()
    columns = {name: pa.array([row[name] for row in rows]) for name in rows[0]}
    columns["birth"] = columns["birth"].cast(pa.date32())
    columns["email"] = pa.array([[None, row["email"]] for row in rows])
    columns["whose"] = pa.array([int(row["whose"][1:]) for row in rows], pa.int8())
    pyarrow.parquet.write_table(pa.table(columns), path)
    return path


def in_german(path: Path) -> Path:
    names = ("Vorname", "Nachname", "E-Mail-Adresse", "Telefon Nr.", "Geburtsdatum")
    return typed(path, renamed(people(), *names, "whose"), ";")


def in_french(path: Path) -> Path:
    names = ("Prénom", "Nom de famille", "Courriel", "Téléphone", "Date de naissance")
    return typed(path, renamed(people(), *names, "whose"), "\t", "utf-8-sig")


def in_russian(path: Path) -> Path:
    names = ("Имя", "Фамилия", "Почта", "Телефон", "Дата рождения")
    return typed(path, renamed(people(), *names, "whose"), ",", "utf-16")


def with_whole_names(path: Path) -> Path:
    rows = [
        {"Name": f"{row['last']}, {row['first']}" if at % 2 else f"{row['first']} {row['last']}"}
        | {name: row[name] for name in ("email", "birth", "whose")}
        for at, row in enumerate(people())
    ]  # fmt: skip
    return typed(path, rows, "|")


def with_days_in_every_way(path: Path) -> Path:
    ways = ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%Y%m%d", "%Y-%m-%dT00:00:00Z")
    rows = [
        row | {"birth": date.fromisoformat(row["birth"]).strftime(ways[at % 5])}
        for at, row in enumerate(people())
    ]
    return typed(path, rows)


def with_blanks_that_do_not_break(path: Path) -> Path:
    rows = [
        {
            name: f"\u00a0{value}\u202f" if at % 2 else value
            for name, value in row.items()
        }
        for at, row in enumerate(people())
    ]
    return typed(path, rows)


def with_columns_without_names(path: Path) -> Path:
    return typed(path, [row | {"": "", " ": "x"} for row in people()])


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("people.json", as_objects),
        ("people.jsonl", as_lines),
        ("people.PARQUET", as_columns),
        ("people.csv", in_german),
        ("people.tsv", in_french),
        ("people.txt", in_russian),
        ("people.psv", with_whole_names),
        ("days.csv", with_days_in_every_way),
        ("blanks.csv", with_blanks_that_do_not_break),
        ("unnamed.csv", with_columns_without_names),
    ],
)
def test_who_is_who_is_found_in_a_file(
    tmp_path: Path, name: str, written: Callable[[Path], Path]
):
    path = written(tmp_path / name)

    assert scored(path) == (20, 1, 1)


def test_the_truth_may_say_of_which_record_one_is_a_copy(tmp_path):
    rows = [
        {"rec_id": f"rec-{row['whose'][1:]}-{'dup-0' if at % 2 else 'org'}"} | row
        for at, row in enumerate(people())
    ]
    for row in rows:
        del row["whose"]

    assert scored(typed(tmp_path / "people.csv", rows), truth="rec_id") == (20, 1, 1)


def test_files_that_call_their_columns_otherwise_are_linked(tmp_path):
    crm = renamed(
        people()[::2], "Vorname", "Nachname", "Mail", "Handy", "Geburtstag", "whose"
    )
    shop = [
        {"Kundenname": f"{row['first']} {row['last']}", "emails": row["email"], "whose": row["whose"]}
        for row in people()[1::2]
    ]  # fmt: skip

    found = scored(
        typed(tmp_path / "crm.csv", crm), typed(tmp_path / "shop.csv", shop, ";")
    )

    assert found == (20, 1, 1)


def test_files_of_one_name_are_still_two_sources(tmp_path):
    for folder, rows in (("crm", people()[::2]), ("shop", people()[1::2])):
        (tmp_path / folder).mkdir()
        typed(tmp_path / folder / "people.csv", rows)

    found = scored(tmp_path / "crm/people.csv", tmp_path / "shop/people.csv")

    assert found == (20, 1, 1)


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([{"email": "ada@byron.example", "whose": "1"}], (1, 1, 1)),
        ([{"first": "", "email": "", "whose": str(one)} for one in range(30)], (30, 1, 1)),
        ([{"whose": str(one)} for one in range(30)], (30, 1, 1)),
        ([{"first": "a" * 100_000 + str(one), "whose": str(one)} for one in range(30)], (30, 1, 1)),
    ],
    ids=["one record", "nothing said", "no column but the truth", "huge values"],
)  # fmt: skip
def test_a_file_of_which_little_can_be_made_ends_without_a_merge(tmp_path, rows, found):
    assert scored(typed(tmp_path / "people.csv", rows)) == found


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.json", b'[{"whose": 1}, 7]', "each record is an object"),
        ("a.json", b"{", "is no table"),
        ("a.json", b"", "is empty"),
        ("a.csv", b"whose,first\n1,Jos\xe9\n", "is not text in UTF-8"),
        ("a.csv", b"whose,first\n1\n", "is no table"),
        ("a.parquet", b"PAR1", "is no table"),
    ],
)
def test_what_is_no_file_of_people_is_told_in_words(tmp_path, name, content, sentence):
    path = tmp_path / name
    path.write_bytes(content)

    with pytest.raises(CommandError, match=sentence):
        scored(path)


@pytest.mark.slow
def test_ten_thousand_records_of_one_phone_and_a_kiosk_merge_nobody(tmp_path):
    rows = generate(count=4_000, seed=5).to_pylist()
    crowd = [
        {"first": row["first"] or "", "last": row["last"] or "", "phone": "+49 30 7654321",
         "device": "kiosk-1", "whose": str(at)}
        for at, row in enumerate(rows * 3)
    ][:10_000]  # fmt: skip
    for row in crowd:
        row["email"] = f"p{row['whose']}@mail{row['whose']}.example"

    records, precision, recall = scored(typed(tmp_path / "people.csv", crowd))

    assert (records, precision, recall) == (10_000, 1, 1)
