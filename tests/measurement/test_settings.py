"""What the settings become of what the environment says, and what they refuse."""

import runpy
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from measurement import checks, env, secret

ROOT = Path(env.__file__).resolve().parents[1]
SOUND = "tVb0mHkPz2nW8sQ5xR1cJfUyLdAg7EoKi3T9vXwB6qMZhYpNjC"
PUBLIC = {"ALLOWED_HOSTS": "plumbline.example.com", "SECRET_KEY": SOUND}


@pytest.fixture
def told(monkeypatch, tmp_path):
    """Return what reads the settings in an environment of these variables alone."""

    def read(**given: str) -> dict[str, Any]:
        lines = (ROOT / ".env.example").read_text().splitlines()
        for line in lines:
            if line and line[0] != "#":
                monkeypatch.delenv(line.split("=")[0], raising=False)
        given = {"DATABASE_URL": "postgresql://n@/n", "VAR": str(tmp_path), **given}
        for name, value in given.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(ROOT / "measurement" / "settings.py"))

    return read


@pytest.fixture
def refusal(told):
    """Return the sentence with which the settings refuse an environment."""

    def refused(**given: str) -> str:
        with pytest.raises(env.NotConfigured) as raised:
            told(**given)
        return str(raised.value)

    return refused


GUARDS = (
    "SESSION_COOKIE_SECURE",
    "CSRF_COOKIE_SECURE",
    "SECURE_SSL_REDIRECT",
    "SECURE_HSTS_SECONDS",
    "SECURE_HSTS_PRELOAD",
)


def test_a_site_others_can_reach_speaks_over_https_only(told):
    settings = told(**PUBLIC)

    assert [settings[name] for name in GUARDS] == [True, True, True, 31_536_000, True]


def test_a_site_of_this_machine_alone_can_be_signed_in_to_without_https(told):
    settings = told()

    assert [settings[name] for name in GUARDS] == [False, False, False, 0, False]


@pytest.mark.parametrize(
    "hosts", ["localhost,plumbline.example.com", "*", ".example.com", "0.0.0.0"]
)
def test_one_name_of_the_outside_is_enough_to_be_public(told, hosts):
    settings = told(ALLOWED_HOSTS=hosts, SECRET_KEY=SOUND)

    assert settings["SESSION_COOKIE_SECURE"]


def test_where_nothing_is_said_nothing_is_open(told):
    settings = told()

    names = ("DEBUG", "EMBEDDED", "ONE_DATABASE_ROLE", "CSRF_TRUSTED_ORIGINS")
    assert [settings[name] for name in names] == [False, False, False, []]
    assert settings["ALLOWED_HOSTS"] == ["localhost", "127.0.0.1", "[::1]"]


def test_everything_that_is_kept_lies_in_one_folder(told, tmp_path):
    settings = told()

    places = {name: settings[name] for name in ("INBOX", "RAW", "SNAPSHOT")}
    assert places == {name: tmp_path / name.lower() for name in places}


def test_the_owner_is_known_only_where_the_command_was_told(told):
    alone = told()["DATABASES"]
    both = told(DATABASE_OWNER_URL="postgresql://o@/n")["DATABASES"]

    assert (sorted(alone), sorted(both)) == (["default"], ["default", "owner"])


def test_a_message_stays_hidden_a_minute_longer_than_a_task_may_take(told):
    settings = told(TASK_SECONDS="600")

    assert (settings["VISIBILITY_SECONDS"], settings["CELERY_TASK_TIME_LIMIT"]) == (
        660,
        600,
    )


@pytest.mark.parametrize(
    ("seconds", "asked_to_stop_after"), [("1", 1), ("2", 1), ("240", 225)]
)
def test_a_task_is_asked_to_stop_before_it_is_stopped(
    told, seconds, asked_to_stop_after
):
    settings = told(TASK_SECONDS=seconds)

    assert settings["CELERY_TASK_SOFT_TIME_LIMIT"] == asked_to_stop_after


@pytest.mark.parametrize(
    ("broker", "queue"),
    [("pgmq://own-database", "classic"), ("amqp://u:p@rabbit//", "quorum")],
)
def test_queues_of_a_broker_of_ones_own_survive_the_loss_of_a_machine(
    told, broker, queue
):
    assert told(CELERY_BROKER_URL=broker)["CELERY_TASK_DEFAULT_QUEUE_TYPE"] == queue


@pytest.mark.parametrize(
    "name", ["TASK_SECONDS", "VISIBILITY_SECONDS", "TICK_SECONDS", "SYNC_PAGE_ROWS"]
)
@pytest.mark.parametrize("written", ["0", "-5"])
def test_a_number_of_seconds_or_rows_is_one_or_more(refusal, name, written):
    assert refusal(**{name: written}) == f"{name} is {written}; write 1 or more."


def test_a_level_of_logging_that_is_none_is_refused(refusal):
    assert refusal(LOG_LEVEL="loud") == (
        "LOG_LEVEL is 'loud'; write one of DEBUG, INFO, WARNING, ERROR, CRITICAL."
    )


def test_a_level_of_logging_may_be_written_small(told):
    assert told(LOG_LEVEL="debug")["LOGGING"]["root"]["level"] == "DEBUG"


def test_debugging_where_others_look_on_is_refused_with_their_names(refusal):
    assert refusal(**PUBLIC, DEBUG="yes") == (
        "DEBUG is on and ALLOWED_HOSTS has plumbline.example.com: error pages would show "
        "settings to everyone. Set DEBUG=no, or allow only localhost."
    )


def test_a_place_that_cannot_hold_the_key_is_named(refusal, tmp_path):
    (tmp_path / "file").touch()

    assert refusal(VAR=str(tmp_path / "file" / "var")) == (
        f"No secret key can be kept in {tmp_path / 'file' / 'var'}: Not a directory. Let "
        f"VAR name a folder this user may write to, or set SECRET_KEY."
    )


def test_two_who_make_a_key_at_once_use_the_first_ones(tmp_path, monkeypatch):
    monkeypatch.delenv("SECRET_KEY", raising=False)
    made = secret.secrets.token_urlsafe

    def made_after_another_was_faster(size: int) -> str:
        (tmp_path / "secret_key").write_text("the first one's")
        return made(size)

    monkeypatch.setattr(secret.secrets, "token_urlsafe", made_after_another_was_faster)

    key = secret.key(tmp_path, hosts=["localhost"], debug=False)

    assert (key, [path.name for path in tmp_path.iterdir()]) == (
        "the first one's",
        ["secret_key"],
    )


def test_what_somebody_who_was_killed_left_behind_is_no_part_of_a_key(
    tmp_path, monkeypatch
):
    monkeypatch.delenv("SECRET_KEY", raising=False)
    left = tmp_path / f"secret_key.{secret.os.getpid()}"
    left.write_text("x" * 500)

    key = secret.key(tmp_path, hosts=["localhost"], debug=False)

    assert (len(key), "xxx" in key, left.exists()) == (86, False, False)


@pytest.mark.parametrize(
    ("hosts", "alone"),
    [
        ([], True),
        (["localhost", "[::1]", "::1", "127.0.0.1"], True),
        (["localhost."], False),
        (["127.0.0.2"], False),
        (["localhost.example.com"], False),
    ],
)
def test_only_names_of_this_machine_are_its_own(hosts, alone):
    assert secret.is_loopback(hosts) is alone


def found(**given: object) -> list[tuple[str, str]]:
    with override_settings(**given):
        return [
            (each.id, each.msg)
            for each in checks.reports_have_a_zone_and_currencies_are_codes()
        ]


def test_what_is_set_by_default_is_sound():
    assert found() == []


@pytest.mark.parametrize("zone", ["Mars", "Europe", "../UTC", "", "europe berlin"])
def test_reports_in_a_zone_there_is_not_are_refused(zone):
    assert found(REPORTING_TIME_ZONE=zone) == [
        ("measurement.E003", f"REPORTING_TIME_ZONE is '{zone}', which is no time zone.")
    ]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"REPORTING_CURRENCY": "usd"}, "REPORTING_CURRENCY has 'usd'"),
        ({"REPORTING_CURRENCY": "US$"}, "REPORTING_CURRENCY has 'US$'"),
        ({"CURRENCIES": ["EUR", "gbp", "USD;"]}, "CURRENCIES has 'gbp', 'USD;'"),
    ],
)
def test_currencies_that_are_no_codes_are_refused(given, message):
    assert found(**given) == [
        ("measurement.E004", f"{message}; a currency is three capital letters.")
    ]


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ({}, "http://localhost:8000"),
        (PUBLIC, "https://plumbline.example.com"),
        ({**PUBLIC, "ALLOWED_HOSTS": ".shop.example"}, "https://shop.example"),
        (
            {**PUBLIC, "ALLOWED_HOSTS": "localhost,a.shop.example,b.shop.example"},
            "https://a.shop.example",
        ),
        ({"SITE_ADDRESS": "https://plumb.shop.example/"}, "https://plumb.shop.example"),
    ],
)
def test_letters_lead_to_the_first_name_of_the_outside_if_nothing_else_is_said(
    told, said, address
):
    assert told(**said)["SITE_ADDRESS"] == address
