"""What is true everywhere in this house."""

import ast
import doctest
import importlib
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.processes import environment

ROOT = Path(__file__).resolve().parent.parent
APPS = ("governance", "measurement", "identity", "reporting")
LONGEST_FILE = 350
LONGEST_FUNCTION = 45
# A line that would only work here, or that names where packages come from. Written in
# parts, for this file is read too.
MACHINE = re.compile(r"(?<![\w.~])/(?:ro" r"ot|ho" r"me|wo" r"rk|tm" r"p)/")
REGISTRY = re.compile(r"pyp" r"i\.org|pythonhos" r"ted|npm" r"js|registry\.ya" r"rn")


def tracked() -> list[Path]:
    said = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [
        ROOT / name
        for name in said.stdout.split("\0")
        if name and (ROOT / name).is_file()
    ]


def ours(*, tests: bool = True) -> list[Path]:
    folders = {*APPS, "tests", "benchmarks"} if tests else set(APPS)
    return [
        path
        for path in tracked()
        if path.suffix == ".py"
        and (path.parent == ROOT or path.relative_to(ROOT).parts[0] in folders)
        and "migrations" not in path.parts
    ]


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="ignore")


def project() -> dict[str, list[str]]:
    read = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return {
        "needed": read["project"]["dependencies"],
        "for work on it": read["dependency-groups"]["dev"],
    }


def documented_modules() -> list[str]:
    return [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in ours(tests=False)
        if path.parent != ROOT and ">>> " in path.read_text()
    ]


@pytest.mark.parametrize("module", documented_modules())
def test_every_example_in_a_docstring_is_true(module):
    failed, tried = doctest.testmod(importlib.import_module(module))

    assert (failed, tried > 0) == (0, True)


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_no_file_names_a_place_of_one_machine_or_a_registry():
    found = [
        f"{name_of(path)}:{number}"
        for path in tracked()
        for number, line in enumerate(text_of(path).splitlines(), start=1)
        if MACHINE.search(line) or REGISTRY.search(line)
        if "vendor" not in path.parts
    ]

    assert found == []


def test_a_place_of_one_machine_would_be_found():
    places = ["root", "home", "work", "tmp"]

    found = [bool(MACHINE.search(f"open('/{place}/x')")) for place in places]
    elsewhere = [bool(MACHINE.search(f"https://x/{place}/x")) for place in places]

    assert (found, elsewhere) == ([True] * 4, [False] * 4)


def test_no_file_is_longer_than_one_reads_at_a_sitting():
    lengths = {name_of(path): text_of(path).count("\n") for path in ours()}

    assert {name: n for name, n in lengths.items() if n > LONGEST_FILE} == {}


def functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(text_of(path))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{name_of(path)}:{node.name}", node.end_lineno - node.lineno + 1


def test_no_function_is_longer_than_one_keeps_in_mind():
    lengths = dict(found for path in ours() for found in functions(path))

    assert {name: n for name, n in lengths.items() if n > LONGEST_FUNCTION} == {}


def test_every_module_says_what_it_is():
    silent = [
        name_of(path)
        for path in ours()
        if text_of(path).strip() and ast.get_docstring(ast.parse(text_of(path))) is None
    ]

    assert silent == []


def test_every_dependency_says_what_it_is_for():
    lines = (ROOT / "pyproject.toml").read_text().splitlines()
    named = [line for line in lines if re.match(r'^    "[a-z][\w.-]*(\[|[<>=])', line)]

    assert len(named) == sum(len(group) for group in project().values())
    assert [line for line in named if not re.search(r'",\s+# \w', line)] == []


def plain(requirement: str) -> str:
    return re.split(r"[\[<>=;! ]", requirement, maxsplit=1)[0].lower().replace("_", "-")


def test_the_lock_has_every_dependency_and_its_hash():
    lock = (ROOT / "requirements.lock").read_text()
    locked = re.findall(r"^([\w.-]+)==[^\\]+\\\n    --hash=", lock, re.MULTILINE)
    wanted = {plain(name) for group in project().values() for name in group}

    assert wanted - set(locked) == set()
    assert len(locked) == len(re.findall(r"^\S+==", lock, re.MULTILINE))


def test_the_lock_says_who_asked_for_what_and_is_not_behind():
    lock = (ROOT / "requirements.lock").read_text()
    asked_by_us = set()
    for entry in re.split(r"\n(?=\S)", lock):
        if re.search(r"\bplumbline\b|pyproject\.toml", entry.split("# via", 1)[-1]):
            asked_by_us.add(plain(entry))

    assert asked_by_us == {
        plain(name) for group in project().values() for name in group
    }


def test_the_lock_names_no_host():
    assert "://" not in (ROOT / "requirements.lock").read_text()


def test_a_web_process_loads_no_engine():
    script = (
        "import sys, measurement.wsgi; from django.urls import get_resolver; "
        "get_resolver().url_patterns; "
        "print(sorted({'duckdb', 'pyarrow', 'pandas', 'numpy'} & set(sys.modules)))"
    )
    from django.db import connection

    described = connection.settings_dict
    ended = subprocess.run(
        [sys.executable, "-W", "ignore::UserWarning", "-c", script],
        cwd=ROOT,
        env=environment(
            DATABASE_URL=f"postgresql://{described['USER']}:{described['PASSWORD']}@/"
            f"{described['NAME']}?host={described['HOST']}"
        ),
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert (ended.stdout, ended.stderr) == ("[]\n", "")


def test_every_page_of_the_documentation_that_is_linked_is_there():
    missing = [
        f"{name_of(path)}: {target}"
        for path in tracked()
        if path.suffix == ".md"
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text_of(path))
        if not (path.parent / target).exists()
    ]

    assert missing == []


def test_every_canonical_column_is_in_the_dictionary_and_owned():
    from governance.starter import pack
    from measurement.entities import ENTITIES

    said = {(each.kind, each.key) for each in pack.definitions()}
    ours = {"id", "run", "system"}
    columns = {
        f"{entity.name}.{column.name}"
        for entity in ENTITIES.values()
        for column in entity.model._meta.concrete_fields
        if column.name not in ours
    }
    filled = {
        f"{one.name}.{name}" for one in ENTITIES.values() for name in one.mappable()
    }

    # What we work out ourselves has a meaning, and no system that owns it.
    assert {key for kind, key in said if kind == "field"} == columns
    assert {key for kind, key in said if kind == "ownership"} == filled
