"""What Plumbline will not start with, and the sentence it says instead."""

import pytest
from django.core.checks import run_checks
from django.db import OperationalError, connection, connections
from django.db.backends.postgresql.base import DatabaseWrapper

from measurement import env, roles, secret, unreachable
from tests.processes import manage

SOUND = "tVb0mHkPz2nW8sQ5xR1cJfUyLdAg7EoKi3T9vXwB6qMZhYpNjC"
PUBLIC = ["plumbline.example.com"]
NOBODY_THERE = "postgresql://app:pw@127.0.0.1:1/shop"


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        ("", "SECRET_KEY is not set"),
        ("short", "50 random characters are expected, and it has 5"),
        ("django-insecure-" + SOUND, "too easy to guess"),
        ("change-me" + SOUND, "too easy to guess"),
        ("0123456789" * 6, "too easy to guess"),
    ],
)
def test_a_public_site_refuses_a_key_that_is_missing_or_guessable(
    key, sentence, tmp_path, monkeypatch
):
    monkeypatch.setenv("SECRET_KEY", key)

    with pytest.raises(env.NotConfigured, match=sentence):
        secret.key(tmp_path, hosts=PUBLIC, debug=False)


def test_a_random_key_is_taken(tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", SOUND)

    assert secret.key(tmp_path, hosts=PUBLIC, debug=False) == SOUND


def test_a_guessable_key_is_refused_on_this_machine_too(tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "short")

    with pytest.raises(env.NotConfigured, match="too easy to guess"):
        secret.key(tmp_path, hosts=["localhost"], debug=False)


def test_this_machine_gets_one_key_of_its_own_readable_by_us_alone(
    tmp_path, monkeypatch
):
    monkeypatch.delenv("SECRET_KEY", raising=False)

    first = secret.key(tmp_path, hosts=["localhost"], debug=False)
    second = secret.key(tmp_path, hosts=["localhost"], debug=False)

    mode = (tmp_path / "secret_key").stat().st_mode & 0o777
    assert (first == second, len(first) >= secret.SHORTEST, mode) == (True, True, 0o600)


@pytest.mark.parametrize("hosts", [PUBLIC, ["localhost", "*"], ["192.0.2.7"]])
def test_debug_is_refused_where_others_can_reach_it(hosts, tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", SOUND)

    with pytest.raises(env.NotConfigured, match="DEBUG is on"):
        secret.key(tmp_path, hosts=hosts, debug=True)


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("mysql://app:pw@db/plumbline", "Plumbline runs on PostgreSQL only"),
        ("postgresql://app:pw@db", "names no database"),
        ("postgresql://app:pw@db:port/plumbline", "a port that is no number"),
    ],
)
def test_a_database_address_that_is_none_is_refused(url, sentence, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", url)

    with pytest.raises(env.NotConfigured, match=sentence):
        env.database("DATABASE_URL")


def test_a_part_of_the_password_is_not_repeated_in_the_refusal(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://app:hun/ter2@db/plumbline")

    with pytest.raises(env.NotConfigured) as refused:
        env.database("DATABASE_URL")

    assert "hun" not in str(refused.value)


def test_a_socket_and_an_escaped_password_are_understood(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://app:a%2Fb@/shop?host=/run/pg")

    assert env.database("DATABASE_URL") == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "shop",
        "USER": "app",
        "PASSWORD": "a/b",
        "HOST": "/run/pg",
        "PORT": "",
        "OPTIONS": {},
    }


@pytest.mark.parametrize(
    ("read", "written", "sentence"),
    [
        (lambda: env.flag("GIVEN", default=False), "perhaps", "write yes or no"),
        (lambda: env.number("GIVEN", 1), "many", "write a whole number"),
        (lambda: env.number("GIVEN", 1, least=1), "0", "GIVEN is 0; write 1 or more"),
        (lambda: env.text("GIVEN"), "", "GIVEN is not set"),
    ],
)
def test_a_variable_that_is_not_understood_says_what_to_write(
    read, written, sentence, monkeypatch
):
    monkeypatch.setenv("GIVEN", written)

    with pytest.raises(env.NotConfigured, match=sentence):
        read()


def test_a_command_with_unsafe_settings_ends_with_one_sentence():
    ended = manage(
        "check", DATABASE_URL="postgresql://n@/n", ALLOWED_HOSTS="plumbline.example.com"
    )

    assert (ended.returncode, ended.stderr.count("\n"), ended.stderr[:35]) == (
        1,
        1,
        "plumbline: SECRET_KEY is not set an",
    )


@pytest.mark.parametrize("command", ["showmigrations", "web"])
def test_a_database_that_is_down_is_one_sentence_for_every_command(command):
    ended = manage(command, DATABASE_URL=NOBODY_THERE, SECRET_KEY=SOUND)

    assert (ended.returncode, ended.stderr) == (
        1,
        "plumbline: The database shop at 127.0.0.1 cannot be reached: connection to "
        'server at "127.0.0.1", port 1 failed: Connection refused. Start it, or mend '
        "DATABASE_URL.\n",
    )


def test_a_mistake_of_our_own_keeps_its_traceback():
    ended = manage("shell", "-c", "1/0", DATABASE_URL=NOBODY_THERE, SECRET_KEY=SOUND)

    assert "ZeroDivisionError" in ended.stderr


@pytest.mark.django_db
def test_an_address_without_a_password_is_told_how_to_write_one():
    described = connection.settings_dict
    another = DatabaseWrapper(described | {"PASSWORD": ""}, alias="another")

    with pytest.raises(OperationalError) as refused:
        another.ensure_connection()

    assert unreachable.sentence(refused.value) == (
        f"The database {described['NAME']} at {described['HOST']} asks for a password and "
        "DATABASE_URL has none. Write postgresql://user:password@host:5432/name."
    )


@pytest.mark.django_db
def test_a_statement_that_was_stopped_is_no_unreachable_database():
    with pytest.raises(OperationalError) as stopped, connection.cursor() as cursor:
        cursor.execute("select pg_cancel_backend(pg_backend_pid()), pg_sleep(1)")

    assert unreachable.sentence(stopped.value) is None


@pytest.mark.django_db
def test_the_role_of_the_app_has_no_power_over_tables():
    assert roles.power_over_tables("default") is None


@pytest.mark.django_db(databases=["default", "owner"])
def test_the_owner_is_found_to_have_power_over_tables():
    assert roles.power_over_tables("owner") == (
        "plumbline_owner owns tables, or may become a role that does"
    )


@pytest.fixture
def app_is_owner(own_database, monkeypatch):
    for part in ("USER", "PASSWORD"):
        owners = connections["owner"].settings_dict[part]
        monkeypatch.setitem(connection.settings_dict, part, owners)
    connection.close()
    yield
    connection.close()


def checks_of(database: str) -> list[str | None]:
    """Return what the checks have to say of a database, but for what is silenced."""
    found = run_checks(databases=[database])
    return [each.id for each in found if not each.is_silenced()]


def test_a_check_refuses_an_app_that_owns_its_tables(app_is_owner, settings):
    settings.ONE_DATABASE_ROLE = False

    assert checks_of("default") == ["measurement.E002"]


def test_migrating_as_the_owner_is_what_the_owner_is_for(app_is_owner, settings):
    settings.ONE_DATABASE_ROLE = False

    assert checks_of("owner") == []


def test_one_role_for_everything_is_allowed_where_it_is_said_aloud(
    app_is_owner, settings
):
    settings.ONE_DATABASE_ROLE = True

    assert checks_of("default") == []


def test_a_web_server_started_by_other_means_refuses_the_owner_too(
    app_is_owner, settings
):
    settings.ONE_DATABASE_ROLE = False

    with pytest.raises(
        env.NotConfigured, match="wrong role: plumbline_owner owns tables"
    ):
        roles.refuse_owner()
