"""What the environment says, every way it is written, and what it may not say."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from measurement import env


@pytest.fixture
def given_as(monkeypatch):
    """Return what writes the variable ``GIVEN``."""
    return lambda written: monkeypatch.setenv("GIVEN", written)


@pytest.mark.parametrize("written", ["", "  ", "\n"])
def test_a_variable_of_blanks_is_not_set(given_as, written):
    given_as(written)

    assert env.text("GIVEN", "otherwise") == "otherwise"


def test_blanks_around_a_value_are_no_part_of_it(given_as):
    given_as(" two words\n")

    assert env.text("GIVEN") == "two words"


def test_a_variable_may_be_nothing_where_nothing_is_the_default(monkeypatch):
    monkeypatch.delenv("GIVEN", raising=False)

    assert env.text("GIVEN", "") == ""


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("1", True), ("true", True), ("YES", True), ("On", True), (" yes ", True),
        ("0", False), ("False", False), ("no", False), ("OFF", False),
    ],
)  # fmt: skip
def test_yes_and_no_are_understood_in_every_usual_spelling(given_as, written, says):
    given_as(written)

    assert env.flag("GIVEN", default=not says) is says


@pytest.mark.parametrize("default", [True, False])
def test_an_empty_flag_is_its_default(given_as, default):
    given_as("")

    assert env.flag("GIVEN", default=default) is default


@pytest.mark.parametrize(
    ("written", "number"), [("7", 7), ("-7", -7), (" 0 ", 0), ("007", 7), ("", 5)]
)
def test_a_whole_number_is_read(given_as, written, number):
    given_as(written)

    assert env.number("GIVEN", 5) == number


@pytest.mark.parametrize(
    "written",
    ["--7", "²", "7.0", "1e3", "1_000", "- 7", "-", "0x10", "9" * 5_000, "seven"],
)
def test_what_is_no_whole_number_is_refused_in_a_sentence(given_as, written):
    given_as(written)

    with pytest.raises(env.NotConfigured) as refused:
        env.number("GIVEN", 5)

    assert str(refused.value) == f"GIVEN is '{written}'; write a whole number."


@pytest.mark.parametrize(("written", "least"), [("1", 1), ("-3", -3), ("2", 1)])
def test_the_least_a_number_may_be_is_enough(given_as, written, least):
    given_as(written)

    assert env.number("GIVEN", 5, least=least) == int(written)


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("EUR", ["EUR"]),
        (" EUR , GBP,", ["EUR", "GBP"]),
        (",", []),
        ("", ["USD"]),
        ("a b,c", ["a b", "c"]),
    ],
)
def test_words_are_parted_by_commas_and_empty_ones_are_none(given_as, written, words):
    given_as(written)

    assert env.words("GIVEN", "USD") == words


def test_a_folder_may_lie_in_the_home_folder(given_as, monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    given_as("~/inbox")

    assert env.folder("GIVEN", Path("elsewhere")) == tmp_path / "inbox"


LEVELS = ("DEBUG", "WARNING", "ERROR")


@pytest.mark.parametrize(
    ("written", "chosen"), [("debug", "DEBUG"), (" Error ", "ERROR"), ("", "WARNING")]
)
def test_one_of_few_words_is_taken_in_any_case(given_as, written, chosen):
    given_as(written)

    assert env.one_of("GIVEN", "WARNING", known=LEVELS) == chosen


def test_another_word_than_those_is_refused_with_all_of_them(given_as):
    given_as("loud")

    with pytest.raises(env.NotConfigured) as refused:
        env.one_of("GIVEN", "WARNING", known=LEVELS)

    assert str(refused.value) == "GIVEN is 'loud'; write one of DEBUG, WARNING, ERROR."


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("postgresql://app:pw@db:6432/shop", ("shop", "app", "pw", "db", "6432", {})),
        ("postgres://app@db/shop", ("shop", "app", "", "db", "", {})),
        ("postgresql:///shop", ("shop", "", "", "", "", {})),
        ("postgresql://db/the%20shop", ("the shop", "", "", "db", "", {})),
        ("postgresql://[::1]:6432/shop", ("shop", "", "", "::1", "6432", {})),
        (
            "postgresql://app:p%23%2F%40%3A@db/shop?sslmode=require&host=",
            ("shop", "app", "p#/@:", "db", "", {"sslmode": "require"}),
        ),
        (
            "postgresql://a%40b:pw@ignored/shop?host=/run/a%20b&port=6432",
            ("shop", "a@b", "pw", "/run/a b", "", {"port": "6432"}),
        ),
    ],
)
def test_an_address_is_taken_apart(given_as, url, parts):
    given_as(url)

    described = env.database("GIVEN")

    names = ("NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")
    assert tuple(described[name] for name in names) == parts


NO_PORT = "GIVEN has a port that is no number up to 65535. Where the password has a / or #, write %2F or %23."
NO_ADDRESS = "GIVEN is no address: it has a [ or ] or another sign where none may be. Where the password has one, write %5B or %5D."
NO_NAME = "GIVEN names no database. Write postgresql://user:password@host:5432/name."


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("postgresql://app:hunter2@db:70000/shop", NO_PORT),
        ("postgresql://app:hunter2@db:-1/shop", NO_PORT),
        ("postgresql://app:hunter2/3@db/shop", NO_PORT),
        ("postgresql://app:hunter2[@db/shop", NO_ADDRESS),
        ("postgresql://app:hunter2[x]@db/shop", NO_ADDRESS),
        ("postgresql://app:hunter2\u2100@db/shop", NO_ADDRESS),
        ("postgresql://app:hunter2@db/", NO_NAME),
    ],
)
def test_an_address_that_cannot_be_is_refused_without_its_password(
    given_as, url, sentence
):
    given_as(url)

    with pytest.raises(env.NotConfigured) as refused:
        env.database("GIVEN")

    # A traceback would show what went before, too.
    assert str(refused.value) == sentence
    assert "hunter2" not in f"{refused.value.__context__ or ''}" * (
        not refused.value.__suppress_context__
    )


def quoted(text: str) -> str:
    """Return the text with every byte written as ``%41``."""
    return "".join(f"%{byte:02X}" for byte in text.encode())


@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(*[st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)] * 3)
def test_any_password_can_be_written_down(given_as, user, password, name):
    given_as(f"postgresql://{quoted(user)}:{quoted(password)}@db/{quoted('n' + name)}")

    described = env.database("GIVEN")

    assert (described["USER"], described["PASSWORD"], described["NAME"]) == (
        user,
        password,
        "n" + name,
    )
