"""What is exported says, imported again, that nothing changes."""

import csv
import io
import json
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance import exchange
from governance.exchange import trial
from governance.kinds import KINDS
from governance.models import State, Version
from tests.governance.definitions import SAID, WORDS, bodies

as_json = partial(json.dumps, sort_keys=True)
KEYS = SAID.filter(lambda key: len(key) < 200)


@st.composite
def versions(draw: st.DrawFn) -> Version:
    kind = str(draw(st.sampled_from(list(KINDS))))
    state = draw(st.sampled_from(State.values))
    return Version(
        kind=kind,
        key=draw(KEYS),
        number=draw(st.integers(1, 99)),
        domain_id=draw(st.sampled_from(["customer", "no", "1", "revenue"])),
        state=state,
        successor="" if state == "active" else draw(WORDS),
        body=draw(bodies(kind)),
    )


SEVERAL = st.lists(versions(), max_size=4, unique_by=lambda each: (each.kind, each.key))


def tried(agreed: list[Version], text: str, form: str) -> list[trial.Tried]:
    held = {(each.kind, each.key): each for each in agreed}
    domains = {each.domain_id for each in agreed}
    rows = exchange.read(text, form=form) if agreed else []
    return trial.against(rows, trial.Agreed(held, {}, domains, tuple(KINDS)))


@pytest.mark.parametrize("form", exchange.FORMATS)
@settings(max_examples=60, deadline=None)
@given(agreed=SEVERAL)
def test_an_export_imported_again_changes_nothing(form, agreed):
    text = exchange.write(agreed, form=form)

    found = tried(agreed, exchange.text_of(text.encode()), form)

    assert [(each.verdict, each.problems, each.note) for each in found] == [
        ("unchanged", (), "")
    ] * len(agreed)
    # To Python yes is 1, and 1 is 1.0; to whoever reads a definition they are not.
    said = {
        (each.asked.kind, each.asked.key): as_json(each.asked.body) for each in found
    }
    assert said == {(each.kind, each.key): as_json(each.body) for each in agreed}


@pytest.mark.parametrize("form", exchange.FORMATS)
@settings(max_examples=25, deadline=None)
@given(agreed=SEVERAL, other=st.randoms(use_true_random=False))
def test_an_export_is_the_same_text_in_whatever_order_things_are_found(
    form, agreed, other
):
    shuffled = [
        Version(**{
            "kind": each.kind, "key": each.key, "number": each.number, "state": each.state,
            "domain_id": each.domain_id, "successor": each.successor,
            "body": dict(sorted(each.body.items(), key=lambda _: other.random())),
        })
        for each in other.sample(agreed, len(agreed))
    ]  # fmt: skip

    assert exchange.write(shuffled, form=form) == exchange.write(agreed, form=form)


@settings(max_examples=40, deadline=None)
@given(agreed=SEVERAL)
def test_no_cell_of_a_table_begins_as_a_formula_does(agreed):
    text = exchange.write(agreed, form="csv")

    cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
    assert [cell for cell in cells if cell[:1] and cell[0] in "=+-@\t\r"] == []
