"""One record is made comparable as all of them are."""

import re

import pyarrow as pa
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from identity.matching import keyed, typed
from identity.matching.engines import engine, statement
from identity.matching.fields import Kind, recognise
from identity.matching.normalise import normalise
from identity.matching.typed import comparable
from tests.identity.matching import made_up

COLUMNS = ("first", "last", "email", "phone", "birth", "street", "postcode", "city")
LETTERS = st.characters(codec="latin-1", categories=("L", "N", "P", "Zs"))
WORDS = st.text(LETTERS, max_size=12)
DIGITS = st.text("0123456789+-() ./", max_size=16)
EMAILS = st.from_regex(r"[a-z.+]{1,10}@[a-z-]{1,8}\.(de|test|com)", fullmatch=True)
SAID = st.fixed_dictionaries(
    dict.fromkeys(COLUMNS, WORDS)
    | {
        "email": EMAILS | WORDS,
        "phone": DIGITS,
        "birth": st.dates().flatmap(
            lambda day: st.sampled_from([str(day), f"{day:%d.%m.%Y}", f"{day:%Y%m%d}"])
        )
        | st.text("0123456789", max_size=9),
        "street": st.sampled_from(["Haupt Str. ", "C/ ", "High Street "]).flatmap(
            lambda street: WORDS.map(lambda text: street + text)
        ),
    }
)


def by_the_engine(said: list[dict[str, str]]) -> list[dict[str, str]]:
    table = pa.table(
        {name: pa.array([one[name] for one in said], pa.string()) for name in COLUMNS}
    )
    with engine(threads=1) as opened:
        return list(keyed.rows_of(normalise(opened, table, recognise(table))))


def test_a_population_is_read_word_for_word_as_the_engine_reads_it():
    read = made_up.read()
    said = read.typed.select(
        [name for name in read.typed.column_names if name not in {"record", "is_guest"}]
    )

    found = [comparable(one, read.kinds) for one in said.to_pylist()]

    assert found == read.clean


@settings(max_examples=4, deadline=None, phases=[Phase.generate])
@given(st.lists(SAID, min_size=25, max_size=25))
def test_whatever_is_typed_is_read_as_the_engine_reads_it(said):
    kinds = {name: Kind(name) for name in COLUMNS}

    assert [comparable(one, kinds) for one in said] == by_the_engine(said)


@pytest.mark.parametrize(
    ("file", "known"), [("clean_name", typed.NOBODY), ("clean_text", typed.NOTHING)]
)
def test_what_is_nobodys_is_the_same_list(file, known):
    listed = re.search(r"in \(([^)]*)\)", statement(file))

    assert set(re.findall(r"'([^']*)'", listed[1])) == known


def test_what_identifies_nobody_is_left_out():
    kinds = {name: Kind(name) for name in COLUMNS}
    said = {"first": "Kunde", "phone": "0000000", "birth": "1900-01-01", "city": "n/a"}

    assert comparable(said, kinds) == {}


def test_what_was_not_said_is_left_out():
    assert comparable({"first": None}, {"first": Kind.FIRST}) == {}


def test_a_house_number_said_apart_stands():
    kinds = {name: Kind(name) for name in ("street", "house")}

    assert comparable({"street": "Hauptstr. 7a", "house": "9"}, kinds) == {
        "street": "haupt",
        "house": "9",
    }
