"""The two patterns that join by themselves, one by one, and what is asked instead."""

import pytest

from identity import evidence
from tests.identity.drawn import asked, joined, judged


def test_the_shops_id_and_a_first_name_join():
    assert joined("""
        record | name     | id
        shop 1 | Ann Bell |
        crm 7  | Ann Reed | 1
    """) == ["crm 7 + shop 1"]


def test_the_shops_id_and_a_last_name_join_where_the_first_is_an_initial():
    assert joined("""
        record | name     | id
        shop 1 | Ann Bell |
        crm 7  | A Bell   | 1
    """) == ["crm 7 + shop 1"]


def test_the_shops_id_with_another_name_waits_for_a_steward():
    table = """
        record | name     | id
        shop 1 | Ann Bell |
        crm 7  | Tom Bell | 1
    """

    assert joined(table) == []
    assert asked(table) == [("crm 7 / shop 1", evidence.FIRST_NAMES_DIFFER)]


def test_the_shops_id_with_a_misspelt_name_waits_for_a_steward():
    table = """
        record | name          | id
        shop 1 | Margaret Bell |
        crm 7  | Magraret Bell | 1
    """

    assert joined(table) == []
    assert asked(table) == [("crm 7 / shop 1", evidence.FIRST_NAMES_ALIKE)]


@pytest.mark.parametrize("name", ["", "Ann Bell"])
def test_the_shops_id_does_not_join_where_no_name_can_agree(name):
    table = f"""
        record | name   | id
        shop 1 |        |
        crm 7  | {name} | 1
    """

    assert joined(table) == []
    assert asked(table) == [("crm 7 / shop 1", evidence.NO_NAME_AGREES)]


def test_an_id_that_no_account_has_joins_nobody():
    table = """
        record | name     | id
        crm 7  | Ann Bell | 1
        crm 8  | Ann Bell | 1
    """

    assert joined(table) == []
    assert asked(table) == []


def test_two_contacts_of_one_account_are_one_person():
    assert joined("""
        record | name     | id
        shop 1 | Ann Bell |
        crm 7  | Ann Bell | 1
        crm 8  | Ann Bell | 1
    """) == ["crm 7 + crm 8 + shop 1"]


def test_an_email_and_a_first_name_join():
    assert joined("""
        record | name     | email
        crm 7  | Ann Bell | ANN@home.example
        crm 8  | ann reed | ann@home.example
    """) == ["crm 7 + crm 8"]


def test_an_email_and_a_nickname_join():
    assert joined("""
        record | name          | email
        crm 7  | Margaret Bell | m@home.example
        crm 8  | Peggy Bell    | m@home.example
    """) == ["crm 7 + crm 8"]


def test_guests_join_by_the_same_rules():
    assert joined("""
        record  | name     | email
        shop 1  | Ann Bell | ann@home.example
        guest 1 | Ann Bell | ann@home.example
        guest 2 | Ann Bell | ann@home.example
        guest 3 | Tom Bell | ann@home.example
    """) == ["guest 1 + guest 2 + shop 1"]


@pytest.mark.parametrize("name", ["Tom Bell", "Tom", "T Bell"])
def test_an_email_and_another_first_name_wait_for_a_steward(name):
    table = f"""
        record | name     | email
        crm 7  | Ann Bell | home@bell.example
        crm 8  | {name}   | home@bell.example
    """

    assert joined(table) == []
    assert asked(table) == [("crm 7 / crm 8", evidence.FIRST_NAMES_DIFFER)]


@pytest.mark.parametrize("name", ["", "A Bell"])
def test_an_email_and_a_name_half_said_wait_for_a_steward(name):
    table = f"""
        record | name     | email
        crm 7  | Ann Bell | ann@home.example
        crm 8  | {name}   | ann@home.example
    """

    assert joined(table) == []
    assert asked(table) == [("crm 7 / crm 8", evidence.FIRST_NAME_UNCLEAR)]


def test_a_nickname_that_may_be_either_of_two_waits_for_a_steward():
    table = """
        record | name             | email
        crm 7  | Christine Bell   | home@bell.example
        crm 8  | Christopher Bell | home@bell.example
        crm 9  | Chris Bell       | home@bell.example
    """

    assert joined(table) == []
    assert asked(table) == [
        ("crm 7 / crm 9", evidence.NICKNAME_OF_TWO),
        ("crm 8 / crm 9", evidence.NICKNAME_OF_TWO),
        ("crm 7 / crm 8", evidence.FIRST_NAMES_DIFFER),
    ]


def test_a_phone_never_joins_and_asks_where_the_names_agree():
    table = """
        record | name     | phone
        crm 7  | Ann Bell | 020 7946 0123
        crm 8  | Ann Bell | +44 20 7946 0123
        crm 9  | Tom Bell | 020 7946 0123
    """

    assert joined(table) == []
    assert asked(table) == [("crm 7 / crm 8", evidence.ONLY_A_PHONE)]


def test_a_phone_of_people_who_are_one_already_asks_nothing():
    assert (
        asked("""
        record | name     | email            | phone
        crm 7  | Ann Bell | ann@home.example | 020 7946 0123
        crm 8  | Ann Bell | ann@home.example | 020 7946 0123
    """)
        == []
    )


def test_two_people_are_asked_about_once_by_the_likeliest_pair():
    assert asked("""
        record  | name          | email            | phone
        crm 7   | Margaret Bell | m@home.example   | 020 7946 0123
        crm 8   | Margaret Bell | m2@home.example  | 020 7946 0123
        guest 1 | Margaret Bell | m2@home.example  | 020 7946 0123
        guest 2 | Margaret Bell | m2@home.example  |
    """) == [("crm 7 / crm 8", evidence.ONLY_A_PHONE)]


def test_two_people_asked_about_before_are_not_asked_about_by_other_records():
    assert (
        asked(
            """
        record  | name     | email
        crm 7   | Ann Bell | home@bell.example
        crm 8   | Tom Bell | home@bell.example
        guest 1 | Tom Bell | home@bell.example
    """,
            asked=["crm 7 / guest 1"],
        )
        == []
    )


def test_the_rule_that_joined_a_record_is_told():
    table = """
        record  | name     | email            | id
        shop 1  | Ann Bell |                  |
        crm 7   | Ann Bell | ann@home.example | 1
        guest 1 | Ann Bell | ann@home.example |
        crm 9   | Tom Bell |                  |
    """

    assert judged(table).rule_of == {
        1: "cross_id",
        2: "cross_id",
        3: "email",
        4: "alone",
    }
