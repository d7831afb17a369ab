"""The guards that refuse what a pattern would join, one by one."""

from identity.clusters import BIRTHS_DIFFER, BIRTHS_SWAPPED, TWO_ACCOUNTS
from identity.evidence import Kind
from tests.identity.drawn import MOST_SHARING, asked, joined, judged


def test_different_birth_dates_are_not_one_person():
    table = """
        record | name     | email            | born
        crm 7  | Ann Bell | ann@home.example | 1980-05-07
        crm 8  | Ann Bell | ann@home.example | 1991-05-07
    """

    assert joined(table) == []
    assert asked(table) == [("crm 7 / crm 8", BIRTHS_DIFFER)]


def test_a_birth_date_with_day_and_month_swapped_says_so():
    assert asked("""
        record | name     | id | born
        shop 1 | Ann Bell |    | 1980-05-07
        crm 8  | Ann Bell | 1  | 1980-07-05
    """) == [("crm 8 / shop 1", BIRTHS_SWAPPED)]


def test_two_accounts_of_one_shop_wait_for_a_steward():
    table = """
        record | name     | email
        shop 1 | Ann Bell | ann@home.example
        shop 2 | Ann Bell | ann@home.example
    """

    assert joined(table) == []
    assert asked(table) == [("shop 1 / shop 2", TWO_ACCOUNTS)]


def test_a_guard_looks_at_everybody_a_join_would_put_together():
    """The contact would be a bridge between two accounts that are two people's."""
    table = """
        record | name     | email            | id
        shop 1 | Ann Bell |                  |
        shop 2 | Ann Reed | ann@home.example |
        crm 7  | Ann Bell | ann@home.example | 1
    """

    assert joined(table) == ["crm 7 + shop 1"]
    assert asked(table) == [
        (
            "crm 7 / shop 2",
            "Joining them would make one person of others, too: "
            "both are registered accounts of one shop.",
        )
    ]


def test_a_mailbox_on_too_many_records_joins_nobody_and_asks_nothing():
    crowd = MOST_SHARING + 1
    table = "record | name | email\n" + "\n".join(
        f"crm {number} | Ann Bell | office@bell.example" for number in range(crowd)
    )

    found = judged(table)

    assert [group for group in found.groups if len(group) > 1] == []
    assert found.questions == []
    assert dict(found.crowded) == {Kind.EMAIL: 1}


def test_a_number_on_too_many_records_asks_nothing():
    crowd = MOST_SHARING + 1
    table = "record | name | phone\n" + "\n".join(
        f"crm {number} | Ann Bell | 020 7946 0123" for number in range(crowd)
    )

    found = judged(table)

    assert found.questions == []
    assert dict(found.crowded) == {Kind.PHONE: 1}


def test_an_account_that_too_many_claim_joins_nobody():
    crowd = MOST_SHARING + 1
    table = "record | name | id\nshop 1 | Ann Bell |\n" + "\n".join(
        f"crm {number} | Ann Bell | 1" for number in range(crowd)
    )

    found = judged(table)

    assert [group for group in found.groups if len(group) > 1] == []
    assert dict(found.crowded) == {Kind.CROSS_ID: 1}


def test_somebody_who_checks_out_as_a_guest_again_and_again_is_no_crowd():
    often = MOST_SHARING * 3
    table = "record | name | email\n" + "\n".join(
        f"guest {number} | Ann Bell | ann@home.example" for number in range(often)
    )

    [group] = judged(table).groups

    assert len(group) == often


def test_what_a_steward_kept_apart_no_rule_joins():
    table = """
        record | name     | email
        crm 7  | Ann Bell | ann@home.example
        crm 8  | Ann Bell | ann@home.example
    """

    assert joined(table, apart=["crm 7 / crm 8"]) == []
    assert asked(table, apart=["crm 7 / crm 8"]) == []


def test_what_a_steward_kept_apart_stays_apart_by_a_third_record_too():
    assert joined(
        """
        record | name     | email            | id
        shop 1 | Ann Bell |                  |
        crm 7  | Ann Bell | ann@home.example | 1
        crm 8  | Ann Bell | ann@home.example | 1
    """,
        apart=["crm 7 / crm 8"],
    ) == ["crm 7 + shop 1"]


def test_guests_who_say_the_same_may_be_kept_apart():
    assert joined(
        """
        record  | name     | email
        guest 1 | Ann Bell | ann@home.example
        guest 2 | Ann Bell | ann@home.example
        guest 3 | Ann Bell | ann@home.example
    """,
        apart=["guest 1 / guest 2"],
    ) == ["guest 1 + guest 3"]


def test_two_who_were_kept_apart_keep_those_apart_who_joined_them():
    """The pair that shares a mailbox says nothing against a join; others of theirs do."""
    assert joined(
        """
        record | name     | email
        crm 1  | Ann Bell | bell@home.example ann@home.example
        crm 2  | Ann Bell | bell@home.example
        crm 3  | Ann Reed | reed@home.example ann@home.example
        crm 4  | Ann Reed | reed@home.example
    """,
        apart=["crm 2 / crm 4"],
    ) == ["crm 1 + crm 2", "crm 3 + crm 4"]


def test_what_a_steward_joined_keeps_its_names_in_larger_company():
    assert joined(
        """
        record  | name     | email
        crm 1   | Ann Bell | ann@home.example
        crm 2   | Ann Bell | ann@home.example
        crm 3   | Ann Bell | ann@home.example
        crm 7   | Ann Bell | ann@home.example
        crm 8   | Tom Bell | tom@home.example
        guest 1 | Tom Bell | tom@home.example
    """,
        together=["crm 7 / crm 8"],
    ) == ["crm 1 + crm 2 + crm 3 + crm 7 + crm 8 + guest 1"]


def test_what_a_steward_joined_speaks_with_all_its_names():
    table = """
        record  | name     | email
        crm 7   | Ann Bell | ann@home.example
        crm 8   | Tom Bell | tom@home.example
        guest 1 | Ann Bell | ann@home.example
        guest 2 | Tom Bell | tom@home.example
    """

    assert joined(table, together=["crm 7 / crm 8"]) == [
        "crm 7 + crm 8 + guest 1 + guest 2"
    ]
