"""Definitions are exported and imported from a shell, by the same rules as on the pages."""

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from governance import changes
from governance.models import ChangeRequest, Domain
from tests import make
from tests.governance import requests

pytestmark = pytest.mark.django_db

NEW = "- {kind: channel, key: new, domain: growth, says: {name: N, position: 2}}\n"
WRONG = "- {kind: channel, key: bad, domain: growth, says: {name: B}}\n"


@pytest.fixture
def domain() -> Domain:
    return make.domain("growth")


def channel(domain: Domain, **said: object) -> changes.Proposed:
    body = {"name": "E-mail", "position": 1, **said}
    return changes.Proposed("channel", "email", domain.key, body)


def run(name: str, *options: object) -> str:
    said = io.StringIO()
    call_command(name, *map(str, options), stdout=said)
    return said.getvalue()


def refusal(name: str, *options: object) -> str:
    with pytest.raises(CommandError) as refused:
        run(name, *options)
    return str(refused.value)


def written(tmp_path: Path, text: str, name: str = "ours.yaml") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode())
    return path


def test_what_is_printed_is_what_is_written_to_a_file(domain, tmp_path):
    requests.applied(channel(domain), requests.kpi(domain), domain=domain)

    for form in ("yaml", "csv"):
        path = tmp_path / "all"
        run("export_definitions", "--form", form, "--to", path)

        assert path.read_bytes() == run("export_definitions", "--form", form).encode()


def test_an_export_leaves_out_what_was_not_asked_for(domain):
    requests.applied(channel(domain), requests.kpi(domain), domain=domain)

    found = {
        options: run("export_definitions", *options).count("- kind:")
        for options in (
            (), ("--kind", "kpi"), ("--words", "mail"), ("--domain", "growth"),
            ("--state", "retired"), ("--as-of", "2020-01-01"),
        )
    }  # fmt: skip

    assert list(found.values()) == [2, 1, 1, 2, 0, 0]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--domain", "none"), "There is no domain none; there are growth."),
        (("--as-of", "May"), "'May' is no day. Write one as 2026-03-31."),
        (("--to", "/"), "/ cannot be written: Is a directory."),
    ],
)
def test_an_export_that_cannot_be_says_why(domain, options, said):
    assert refusal("export_definitions", *options) == said


def test_a_dry_run_tells_each_row_and_writes_nothing(domain, tmp_path):
    requests.applied(channel(domain), domain=domain)
    before = ChangeRequest.objects.count()
    path = written(
        tmp_path, "- {kind: channel, key: email, says: {name: Mail}}\n" + NEW + WRONG
    )

    said = run("import_definitions", path, "--by", make.user().username, "--dry-run")

    assert said.splitlines() == [
        "line 1: channel email: changed",
        "  Name: E-mail → Mail",
        "line 2: channel new: new",
        "line 3: channel bad: wrong",
        "  line 3: position is missing: Where it stands in lists.",
        "1 new, 1 changed, 0 unchanged, 0 changed since the export, 1 wrong. What the file "
        "does not name stays as it is.",
    ]
    assert ChangeRequest.objects.count() == before


def test_an_import_is_one_draft_of_who_asked(domain, tmp_path):
    by, path = make.domain_steward(domain), written(tmp_path, NEW, "new.yml")

    said = run(
        "import_definitions", path, "--by", by.username, "--reason", "As agreed."
    )

    [made] = ChangeRequest.objects.all()
    assert said.splitlines()[-1] == f"Request {made.pk} is a draft of 1."
    assert (made.state, made.requested_by, made.title, made.reason) == (
        "draft", by, "Import new.yml: 1 definition", "As agreed.",
    )  # fmt: skip


def test_wrong_rows_are_left_out_only_if_that_is_said(domain, tmp_path):
    path = written(tmp_path, NEW + WRONG)
    options = [path, "--by", make.user().username, "--reason", "R"]

    said = refusal("import_definitions", *options)
    run("import_definitions", *options, "--leave-out", "--title", "Two")

    assert said == (
        "1 of 2 rows cannot be asked for. Mend the file, or say that they are to be left "
        "out. For that, add --leave-out."
    )
    assert [each.title for each in ChangeRequest.objects.all()] == ["Two"]


def test_an_import_that_cannot_be_says_why(domain, tmp_path):
    viewer, auditor = make.user().username, make.user(role="auditor").username
    good, bad = written(tmp_path, NEW), written(tmp_path, "- *a", "bad.yaml")

    said = [
        refusal("import_definitions", good, "--by", "nobody"),
        refusal("import_definitions", good, "--by", auditor),
        refusal("import_definitions", good, "--by", viewer),
        refusal("import_definitions", bad, "--by", viewer),
        refusal("import_definitions", tmp_path / "gone.csv", "--by", viewer),
    ]

    assert said == [
        "Nobody called nobody may sign in.",
        f"{auditor} reads what is agreed, and asks for no changes.",
        "Say why: who decides has nothing else to go by.",
        "bad.yaml: Line 1, column 3: “*a” stands for what is said elsewhere. Write it out.",
        f"{tmp_path / 'gone.csv'} cannot be read: No such file or directory.",
    ]
    assert ChangeRequest.objects.count() == 0
