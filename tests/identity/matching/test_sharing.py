"""Values that too many share join nobody, and are proposed to be set aside."""

from identity.matching.engines import engine
from identity.matching.fields import recognise
from identity.matching.normalise import normalise
from identity.matching.rules import Rules
from identity.matching.sharing import set_aside
from tests.identity.matching.drawn_people import crowd, people, texts


def crowded(count, **rules):
    table = crowd(count, phone="+49 30 5551234")
    with engine() as opened:
        return set_aside(normalise(opened, table, recognise(table)), Rules(**rules))


def test_a_number_of_too_many_people_is_set_aside_and_proposed():
    found, quarantine = crowded(9)

    assert texts(found, "phone") == [None] * 9
    assert quarantine.to_pylist() == [
        {
            "kind": "phone", "value": "305551234", "records": 9, "surnames": 9,
            "reason": "It stands on 9 records of 9 surnames. Set it aside, or allow more of them.",
        }
    ]  # fmt: skip


def test_a_number_of_a_few_is_kept():
    found, quarantine = crowded(4)

    assert texts(found, "phone") == ["305551234"] * 4
    assert quarantine.num_rows == 0


def test_how_many_may_share_is_agreed_on():
    _, quarantine = crowded(9, most_records={"phone": 20}, most_surnames=20)

    assert quarantine.num_rows == 0


def test_somebody_who_came_often_is_one():
    same = "\n".join(
        f"{one} | Ada | Byron | ada.byron@northmail.example" for one in range(30)
    )

    found, quarantine = set_aside(
        people(f"record | first | last | email\n-\n{same}"), Rules()
    )

    assert quarantine.num_rows == 0
    assert texts(found, "email") == ["ada.byron@northmail.example"] * 30


def test_records_that_say_no_name_are_not_taken_for_one():
    same = "\n".join(f"{one} | +49 30 5551234" for one in range(9))

    _, quarantine = set_aside(people(f"record | phone\n-\n{same}"), Rules())

    assert quarantine["records"].to_pylist() == [9]


def test_a_blocked_value_is_nobodys():
    drawn = people("""
        record | email
        -------+--------------------------
        1      | desk@northmail.example
        2      | till-7@shop.example
        3      | ada.byron@northmail.example
    """)
    rules = Rules(
        blocked={"email": frozenset({"desk@northmail.example"})},
        blocked_patterns={"email": ("till-*@shop.example",)},
    )

    found, _ = set_aside(drawn, rules)

    assert texts(found, "email") == [None, None, "ada.byron@northmail.example"]


def test_a_number_is_blocked_as_its_key_stands():
    found, _ = crowded(2, blocked={"phone": frozenset({"+49305551234"})})

    assert texts(found, "phone") == [None, None]


def test_a_pattern_is_read_here_as_it_is_where_keys_are_read():
    table = """
        record | email
        -
        1      | till@bell.example
        2      | bill@bell.example
        3      | till7@bell.example
    """
    rules = Rules(blocked_patterns={"email": ("TILL@*", "?ill@*", "[b]ill@*")})

    found, _ = set_aside(people(table), rules)

    assert texts(found, "email") == [None, "bill@bell.example", "till7@bell.example"]
