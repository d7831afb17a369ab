"""Every kind of row a source may tell: what it becomes, and what the next file makes of it."""

import json

import pytest

from measurement.entities import ENTITIES
from tests.measurement import kinds, loading
from tests.measurement.kinds import KINDS

EVERY = pytest.mark.parametrize("name", KINDS)
CHANGING = pytest.mark.parametrize("name", [name for name in KINDS if KINDS[name].news])
SAID_OTHERWISE = (
    "An earlier line of the file has the same key and says something else; the earlier "
    "one counts."
)


@pytest.fixture
def shop(db):
    made = loading.system()
    kinds.parents(made)
    return made


def changed(name):
    """Return the row as a later file tells it, and what is to be kept then."""
    kind = KINDS[name]
    field, text, value = kind.news
    return {**kind.row, field: text}, {**kind.kept, field: value}


def test_there_is_a_row_of_every_kind_with_every_field_a_source_can_fill():
    fields = {
        name: set(kind.row) | {"source_updated_at"} for name, kind in KINDS.items()
    }

    assert fields == {
        name: set(entity.mappable()) | {"source_updated_at"}
        for name, entity in ENTITIES.items()
    }


@EVERY
def test_a_row_is_kept_as_it_is_told(load, shop, name):
    run = load(kinds.stream(name, of=shop), kinds.told(KINDS[name].row))

    assert kinds.kept(name) == [KINDS[name].kept]
    assert (loading.counts(run), run.per_entity) == ((1, 1, 0, 0), {name: 1})


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("customer", {"is_guest": True, "birth_on": "1815-12-10"}),
        ("order_line", {"quantity": 1.5, "unit_price": 2, "repeats_earlier": False}),
        ("ad_spend", {"spend": 12.3, "clicks": 7, "impressions": 9_000_000_000}),
        ("campaign", {"ends_on": None}),
    ],
)
def test_an_object_with_typed_values_is_kept_as_a_line_of_texts(
    load, shop, name, typed
):
    text = json.dumps({**KINDS[name].row, **typed})

    load(kinds.stream(name, of=shop), text, name="rows.ndjson")

    assert kinds.kept(name) == [KINDS[name].kept]


@EVERY
def test_what_is_told_again_in_a_file_or_in_another_is_left_alone(load, shop, name):
    stream, row = kinds.stream(name, of=shop), KINDS[name].row
    first = load(stream, kinds.told(row, row, row), name="first.csv", page_rows=2)

    backwards = dict(reversed(row.items()))
    second = load(stream, kinds.told(backwards), name="second.csv")

    assert [loading.counts(run) for run in (first, second)] == [
        (3, 1, 2, 0),
        (1, 0, 1, 0),
    ]
    assert kinds.kept(name, "run") == [{"run": first.pk}]


@CHANGING
def test_what_a_later_file_says_otherwise_is_written_into_the_same_row(
    load, shop, name
):
    stream = kinds.stream(name, of=shop)
    load(stream, kinds.told(KINDS[name].row), name="first.csv")
    before = kinds.kept(name, "id")
    row, kept = changed(name)

    run = load(stream, kinds.told(row), name="second.csv")

    assert (loading.counts(run), kinds.kept(name)) == ((1, 1, 0, 0), [kept])
    assert kinds.kept(name, "id") == before


@CHANGING
def test_a_line_that_contradicts_an_earlier_one_is_shown_with_its_text(
    load, shop, name
):
    text = kinds.told(KINDS[name].row, changed(name)[0])

    run = load(kinds.stream(name, of=shop), text)

    assert kinds.kept(name) == [KINDS[name].kept]
    assert list(run.rejects.values_list("line", "field", "reason", "text")) == [
        (3, ENTITIES[name].key[-1], SAID_OTHERWISE, text.splitlines()[2])
    ]


@pytest.mark.parametrize(
    "name", ["customer", "product_cost", "order_line", "campaign_send", "event"]
)
def test_the_same_row_of_another_system_is_another_row(load, shop, name):
    other = loading.system()
    kinds.parents(other)

    for of in (shop, other):
        load(kinds.stream(name, of=of), kinds.told(KINDS[name].row), name=f"{of}.csv")

    assert kinds.kept(name) == [KINDS[name].kept] * 2


@EVERY
def test_without_a_field_it_needs_a_row_is_rejected_and_the_others_are_not(
    load, shop, name
):
    row, needed = KINDS[name].row, kinds.needed(name)
    text = kinds.told(*({**row, field: ""} for field in needed), row)

    run = load(kinds.stream(name, of=shop), text)

    lines = text.splitlines()
    assert kinds.kept(name) == [KINDS[name].kept]
    assert list(run.rejects.values_list("line", "field", "reason", "text")) == [
        (number, field, "is empty.", lines[number - 1])
        for number, field in enumerate(needed, start=2)
    ]


NEEDED_PARENTS = [
    (name, field, target.name)
    for name, entity in ENTITIES.items()
    for field, target in entity.references().items()
    if entity.needs(field)
]


@pytest.mark.parametrize(("name", "field", "target"), NEEDED_PARENTS)
def test_a_row_that_comes_before_the_one_it_belongs_to_is_taken_in_after_it(
    load, shop, name, field, target
):
    stream = kinds.stream(name, of=shop)
    text = kinds.told({**KINDS[name].row, field: "late"})
    early = load(stream, text)
    parent = {**KINDS[target].row, "source_id": "late"}
    load(kinds.stream(target, of=shop, key="parents"), kinds.told(parent), name="p.csv")

    run = load(stream, text)

    assert loading.rejects(early) == [
        (2, field, f'There is no {target} "late" yet; load it first.')
    ]
    assert early.notes == [f"1 row waits for its {target}: no file has brought it yet."]
    assert (loading.counts(run), run.waits_for) == ((1, 1, 0, 0), {})
    assert kinds.kept(name, field) == [{field: "late"}]


SPARED_PARENTS = [
    (name, field, target.name)
    for name, entity in ENTITIES.items()
    for field, target in entity.references().items()
    if not entity.needs(field)
]


@pytest.mark.parametrize(("name", "field", "target"), SPARED_PARENTS)
def test_a_row_that_can_be_without_another_finds_it_when_it_comes(
    load, shop, name, field, target
):
    stream = kinds.stream(name, of=shop)
    text = kinds.told({**KINDS[name].row, field: "late"})
    early = load(stream, text)
    without = kinds.kept(name, field)
    parent = {**KINDS[target].row, "source_id": "late"}
    load(kinds.stream(target, of=shop, key="parents"), kinds.told(parent), name="p.csv")

    run = load(stream, text)

    assert (early.waits_for, without) == ({f"{shop.pk} {target}": 1}, [{field: None}])
    assert (loading.counts(run), run.waits_for) == ((1, 1, 0, 0), {})
    assert kinds.kept(name, field) == [{field: "late"}]
