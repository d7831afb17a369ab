"""What a mapping makes of rows, beside what another made of them."""

from hypothesis import given, settings
from hypothesis import strategies as st

from measurement.workbench import comparing
from measurement.workbench.comparing import Outcome
from tests.measurement.workbench.bench import EITHER_MAIL, SEEN, wanted

KEY = "customer.email"


def outcome(**made: str) -> Outcome:
    """Return what became of lines named ``at2``, ``at3`` and so on."""
    return Outcome(values={int(line[2:]): {KEY: text} for line, text in made.items()})


def rejected(*lines: int, reason: str = "No.", field: str = "email") -> Outcome:
    return Outcome(rejects=dict.fromkeys(lines, (field, reason)))


def test_a_row_changes_where_it_is_taken_in_and_says_something_else():
    now = outcome(at2="a", at3="b", at4="", at5="gone")
    then = outcome(at2="a", at3="c", at4="new", at6="")

    assert comparing.changed([KEY], now, then) == [3, 4]


def test_of_many_rows_some_are_shown_from_all_over_them():
    then = Outcome(values={line: {} for line in range(2, 402)})

    assert comparing.to_show(list(range(2, 402)), then) == [
        2, 52, 102, 152, 202, 252, 302, 352,
    ]  # fmt: skip


def test_rows_that_do_not_change_fill_the_page_up():
    then = Outcome(values={line: {} for line in range(2, 40)})

    assert comparing.to_show([30, 31], then) == [2, 3, 4, 5, 6, 7, 30, 31]


@settings(max_examples=60, deadline=None)
@given(st.sets(st.integers(2, 60)), st.sets(st.integers(2, 60)))
def test_rows_that_are_shown_are_rows_there_are_and_each_once(changed, others):
    then = Outcome(values={line: {} for line in changed | others})

    shown = comparing.to_show(sorted(changed), then)

    assert shown == sorted(set(shown)) and set(shown) <= set(then.values)
    assert len(shown) == min(8, len(then.values))
    assert len(set(shown) & changed) == min(8, len(changed))


def test_each_reason_is_told_once_the_new_ones_first_and_of_those_the_commonest():
    now = rejected(2, 9, reason="Old.")
    then = Outcome(
        rejects={
            2: ("email", "Old."), 3: ("at", "Rare."), 4: ("email", "Often."),
            5: ("email", "Often."), 9: ("email", "Often."),
        }
    )  # fmt: skip

    assert [
        (each["is_new"], each["line"], each["rows"], each["reason"])
        for each in comparing.rejects(now, then)
    ] == [
        (True, 4, 2, "Often."), (True, 3, 1, "Rare."), (False, 2, 1, "Old."),
        (False, 9, 1, "Often."),
    ]  # fmt: skip
    assert comparing.rejected_by(then) == {"email": 4, "at": 1}


def test_no_more_reasons_are_told_than_anybody_reads():
    then = Outcome(rejects={line: ("email", f"{line}") for line in range(2, 400)})

    assert len(comparing.rejects(Outcome(), then)) == 10


def test_fields_are_compared_in_the_order_they_were_asked_for():
    both = Outcome(values={2: {KEY: "", "customer.created_at": ""}})

    assert comparing.compared([SEEN, EITHER_MAIL], both, both) == [
        "customer.created_at", "customer.email",
    ]  # fmt: skip


def test_what_is_counted_as_a_page_is_written_is_not_compared():
    line = wanted("order_line.source_id", {"ordinal_within": "id"})
    made = Outcome(values={2: {"order_line.amount": "7"}})

    assert comparing.compared([line], made, made) == []


def test_of_rows_that_were_all_rejected_the_fields_asked_for_are_compared():
    now = Outcome(values={2: {"customer.segment": "gold"}})

    assert comparing.compared([EITHER_MAIL], now, rejected(2, 3)) == [KEY]
    assert comparing.filled([KEY], Outcome(), rejected(2)) == [
        {"field": KEY, "before": 0, "after": 0}
    ]
