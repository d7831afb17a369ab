"""Who is who among a few records: in people, in questions, or nowhere."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from identity.matching.engine import Outcome, match
from identity.matching.rules import Rules, Said
from tests.identity.matching.drawn_people import crowd, table

FAMILY = """
    record | first   | last  | email                       | phone         | birth      | street         | postcode
    -------+---------+-------+-----------------------------+---------------+------------+----------------+---------
    1      | Ada     | Byron | ada.byron15@northmail.example  | 020 7946 0123 | 1980-05-07 | 12 Abbey Road  | 01067
    2      | Ada     | Byron | ada.byron15@northmail.example  | 020 7946 0123 |            | 12 Abbey Rd    | 01067
    3      | George  | Byron | george.b@northmail.example     | 020 7946 0123 | 1978-01-21 | 12 Abbey Road  | 01067
    4      | Robert  | Fox   | bob1990@southmail.example      |               | 1990-11-30 | 3 Mill Lane    | 99084
    5      | Bob     | Fox   | bob1990@southmail.example      |               |            |                | 99084
    6      | Cynthia | Hale  | cynthia.hale@southmail.example | 020 7946 0999 | 1966-02-14 | 8 Green Street | 80331
"""


@pytest.fixture(scope="module")
def in_order() -> Outcome:
    return match(table(FAMILY))


def people(outcome: Outcome) -> list[list[int]]:
    """Return the records of each person who has more than one."""
    groups: dict[int, list[int]] = {}
    for row in outcome.people.to_pylist():
        groups.setdefault(row["person"], []).append(row["record"])
    return [group for group in groups.values() if len(group) > 1]


def decided(outcome: Outcome, left: int, right: int) -> tuple[str, str] | None:
    for row in outcome.pairs.to_pylist():
        if (row["left"], row["right"]) == (left, right):
            return row["decision"], row["reason"]
    return None


def test_a_family_is_several_people():
    found = match(table(FAMILY))

    assert people(found) == [[1, 2], [4, 5]]
    assert decided(found, 1, 2) == ("merge", "The same e-mail, phone and name.")
    assert decided(found, 1, 3)[0] != "merge"


def test_who_lives_together_is_a_household():
    found = match(table(FAMILY))

    assert list(
        zip(
            found.households["left"].to_pylist(),
            found.households["right"].to_pylist(),
            strict=True,
        )
    ) == [(1, 3), (2, 3)]


def test_every_score_is_the_sum_of_its_weights():
    found = match(table(FAMILY))

    for row in found.pairs.to_pylist():
        levels = {feature.name: row[feature.name] for feature in found.model.compared}
        added = sum(weight.bits for weight in found.model.explain(levels))
        assert added == pytest.approx(row["bits"])


@given(order=st.permutations(range(6)))
@settings(max_examples=4, deadline=None)
def test_any_order_of_rows_gives_the_same_outcome(in_order, order):
    found = match(table(FAMILY).take(order))

    assert found.people.equals(in_order.people)
    assert found.model == in_order.model


def test_what_somebody_said_goes_before_every_weight():
    said = Said(together=frozenset({(3, 6)}), apart=frozenset({(2, 1)}))

    found = match(table(FAMILY), said=said)

    assert people(found) == [[3, 6], [4, 5]]
    assert decided(found, 1, 2) == (
        "leave",
        "Somebody said that they are not the same.",
    )
    assert decided(found, 3, 6) == ("merge", "Somebody said that they are one person.")


def test_consent_keeps_apart_what_the_weights_would_join():
    found = match(table(FAMILY), said=Said(walls=frozenset({(1, 2)})))

    assert people(found) == [[4, 5]]
    assert decided(found, 1, 2) == ("leave", "What they consented to keeps them apart.")


def test_a_record_is_never_compared_with_itself():
    found = match(
        table(FAMILY),
        said=Said(together=frozenset({(1, 1)}), apart=frozenset({(2, 2)})),
    )

    assert people(found) == [[1, 2], [4, 5]]


def test_two_ids_of_which_everybody_has_one_are_asked_about():
    drawn = table(FAMILY).append_column(
        "ssn", pa.array(["11112222", "99998888", *[None] * 4])
    )

    found = match(drawn, rules=Rules(unique=frozenset({"national_id"})))

    assert people(found) == [[4, 5]]
    assert decided(found, 1, 2) == (
        "ask",
        "They have two ids of a kind of which everybody has one.",
    )


def test_two_accounts_of_one_shop_are_asked_about():
    drawn = table(FAMILY).append_column("account_of", pa.array(["shop"] * 6))

    found = match(drawn)

    assert people(found) == []
    assert decided(found, 4, 5)[0] == "ask"


def test_two_births_are_two_people_until_somebody_says_otherwise():
    drawn = table("""
        record | first | last  | email                         | birth
        -------+-------+-------+-------------------------------+-----------
        1      | Ada   | Byron | ada.byron15@northmail.example | 1980-05-07
        2      | Ada   | Byron | ada.byron15@northmail.example | 1962-11-21
    """)

    asked = match(drawn)
    joined = match(drawn, said=Said(together=frozenset({(1, 2)})))

    assert decided(asked, 1, 2) == ("ask", "The birth dates differ.")
    assert (people(asked), people(joined)) == ([], [[1, 2]])


def test_a_missing_first_name_behind_a_mailbox_joins_no_two_others():
    drawn = table("""
        record | first | last  | email                       | phone
        -------+-------+-------+-----------------------------+--------------
        1      | Ada   | Byron | byrons15@northmail.example  | 020 7946 0123
        2      |       | Byron | byrons15@northmail.example  | 020 7946 0123
        3      | Bo    | Byron | byrons15@northmail.example  | 020 7946 0123
    """)

    found = match(drawn, rules=Rules(merge_at=0.5))

    of = dict(
        zip(
            found.people["record"].to_pylist(),
            found.people["person"].to_pylist(),
            strict=True,
        )
    )
    assert of[1] != of[3]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["phone", "device"])
def test_a_kiosk_of_thousands_joins_nobody(name):
    value = "+49 30 5551234" if name == "phone" else "kiosk-7"

    found = match(crowd(4_000, **{name: value}))

    assert people(found) == []
    assert found.quarantine["records"].to_pylist() == [4_000]
    assert found.questions.num_rows == 0


def test_ten_thousand_records_of_one_number_and_name_are_one_proposal():
    drawn = pa.table(
        {
            "record": np.arange(10_000),
            "first": ["Anna"] * 10_000,
            "last": ["Berg"] * 10_000,
            "phone": ["+49 30 5551234"] * 10_000,
        }
    )

    found = match(drawn)

    assert (people(found), found.pairs.num_rows) == ([], 0)
    assert found.quarantine["records"].to_pylist() == [10_000]


@pytest.mark.parametrize(
    "columns",
    [
        {},
        {"email": [None, None]},
        {"first": ["Ada", "Ada"]},
        {"group": ["a", "b"], "order": ["c", "c"]},
        {"street": ["1", ""], "house": ["", "2"]},
    ],
)
def test_records_that_say_little_are_nobody_in_common(columns):
    drawn = pa.table(
        {"record": [1, 2]}
        | {key: pa.array(said, pa.string()) for key, said in columns.items()}
    )

    found = match(drawn)

    assert found.people.to_pylist() == [
        {"record": 1, "person": 1},
        {"record": 2, "person": 2},
    ]
    assert found.questions.num_rows == 0


@pytest.mark.parametrize("rows", [0, 1])
def test_nobody_to_compare_with_is_no_pair(rows):
    found = match(table(FAMILY).slice(0, rows))

    assert (found.people.num_rows, found.pairs.num_rows) == (rows, 0)


def test_a_learned_model_is_used_as_it_is():
    drawn = table(FAMILY)
    model = match(drawn).model

    found = match(drawn, model=model)

    assert found.model is model
    assert "estimate" not in found.seconds
