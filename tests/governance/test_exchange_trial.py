"""A dry run says of each row what would be asked for, and asks for nothing."""

import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from governance import changes, dictionary, exchange
from governance.kinds import KINDS
from governance.models import ChangeRequest, Domain, Version
from tests import make
from tests.governance import requests

pytestmark = pytest.mark.django_db


@pytest.fixture
def domain() -> Domain:
    return make.domain("growth")


def channel(domain: Domain, key: str, **said: object) -> changes.Proposed:
    body = {"name": key.title(), "position": 1, **said}
    return changes.Proposed("channel", key, domain.key, body)


def exported(form: str = "yaml", **asked: str) -> str:
    found = dictionary.search(dictionary.Asked(**asked), kinds=tuple(KINDS))
    return exchange.write(found, form=form)


def tried(text: str, form: str = "yaml", *, known=tuple(KINDS)) -> exchange.Trial:
    read = exchange.text_of(text.encode())
    return exchange.try_out(exchange.read(read, form=form), known=known)


def told(trial: exchange.Trial) -> list[tuple[str, str, list[str], str]]:
    return [
        (each.row.key, each.verdict, [problem.words for problem in each.problems], each.note)
        for each in trial.tried
    ]  # fmt: skip


def entry(key: str = "email", *, kind: str = "channel", head: str = "domain: growth", says: str = "name: E, position: 1") -> str:  # fmt: skip
    return f"- {{kind: {kind}, key: {key}, {head}, says: {{{says}}}}}\n"


@pytest.mark.parametrize("form", exchange.FORMATS)
def test_an_export_imported_again_is_unchanged(domain, form):
    requests.applied(
        channel(domain, "email"), requests.kpi(domain), requests.field(domain, synonyms=["mail", "post"]),
        domain=domain,
    )  # fmt: skip

    trial = tried(exported(form), form)

    assert [each.verdict for each in trial.tried] == ["unchanged"] * 3
    assert trial.asked == []


def test_what_was_given_up_is_exported_and_stays_given_up(domain):
    requests.applied(channel(domain, "email"), domain=domain)
    gone = changes.Proposed("channel", "email", domain.key, {"name": "E", "position": 1}, "retired", "post")  # fmt: skip
    requests.applied(gone, domain=domain)

    for form in exchange.FORMATS:
        assert told(tried(exported(form), form)) == [("email", "unchanged", [], "")]


def test_each_row_is_new_changed_unchanged_or_wrong(domain):
    requests.applied(channel(domain, "a"), channel(domain, "b"), domain=domain)
    text = exported().replace("name: B", "name: Better") + entry("c") + entry("d", says="name: D")  # fmt: skip

    trial = tried(text)

    assert told(trial) == [
        ("a", "unchanged", [], ""),
        ("b", "changed", [], ""),
        ("c", "new", [], ""),
        ("d", "wrong", ["position is missing: Where it stands in lists."], ""),
    ]
    assert [(one.key, one.body["name"], one.base) for one in trial.asked] == [
        ("b", "Better", 1), ("c", "E", 0),
    ]  # fmt: skip
    assert trial.counts == {"new": 1, "changed": 1, "unchanged": 1, "moved": 0, "wrong": 1}  # fmt: skip


def test_what_changes_is_told_word_by_word(domain):
    requests.applied(channel(domain, "a", meaning="Who comes by mail."), domain=domain)

    [one] = tried(exported().replace("by mail", "by post")).tried

    assert [
        (change.label, [(piece.text, piece.mark) for piece in change.pieces])
        for change in one.changes
    ] == [
        (
            "Meaning",
            [("Who comes by ", ""), ("mail", "gone"), ("post", "new"), (".", "")],
        )
    ]


def test_parts_a_file_does_not_name_stay_as_they_are(domain):
    requests.applied(channel(domain, "email", meaning="Letters."), domain=domain)

    [one] = tried("kind,key,name\nchannel,email,Mail\n", "csv").asked

    assert (one.domain, one.state, one.body) == (
        "growth", "active", {"name": "Mail", "position": 1, "meaning": "Letters."},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (entry(kind="pigeon"), f"There is no kind “pigeon”; there are {', '.join(KINDS)}."),
        (entry(head="domain: nowhere"), "There is no domain “nowhere”; there are growth."),
        (entry(head="state: active"), "It says no domain, and is new: somebody has to answer for it."),
        (entry(says="name: E, position: 1, colour: red"), "it has no 'colour'; it has name, position, meaning."),
        (entry(says="name: E, position: first"), "position is 'first'; expected is a whole number."),
        (entry(says="name: [E], position: 1"), "name is ['E']; expected is a text."),
        (entry(says="name: '', position: 1"), "name is empty: What people call it."),
        (entry(says="name: ~, position: 1"), "name is None; expected is a text."),
        (entry(head="domain: growth, state: gone"), "its state is 'gone'; it is one of active, deprecated, retired."),
        (entry(head="domain: growth, successor: post"), "an active definition has no successor."),
        (entry(key="''"), "it has no key."),
        (entry(key="k" * 201), "a key has at most 200 characters."),
        (entry(key='"a\\0b"'), "it holds a character or a number that cannot be written down."),
        (entry(says="name: .inf, position: .inf"), "it holds a character or a number that cannot be written down."),
    ],
    ids=lambda value: value[-40:],
)  # fmt: skip
def test_a_row_that_cannot_be_asked_for_says_why(domain, text, problem):
    [one] = tried(text).tried

    assert (one.verdict, [each.words for each in one.problems]) == ("wrong", [problem])


def test_what_is_wrong_is_said_with_the_place_of_the_part(domain):
    rows = "kind,key,domain,name,position\nchannel,a,growth,A,-1\nchannel,b,none,B,1\n"
    entries = "- kind: channel\n  key: a\n  domain: growth\n  says: {name: A, position: first}\n"

    found = [*tried(rows, "csv").tried, *tried(entries).tried]

    assert [each.problems[0].place for each in found] == [
        "line 2, column position", "line 3, column domain", "line 4, column 29",
    ]  # fmt: skip


def test_a_definition_said_twice_is_wrong_in_every_line(domain):
    trial = tried(entry() + entry("other") + entry())

    words = "It is said more than once, in the lines 1, 3. Say it once."
    assert told(trial) == [
        ("email", "wrong", [words], ""), ("other", "new", [], ""),
        ("email", "wrong", [words], ""),
    ]  # fmt: skip


def test_what_the_apps_above_refuse_is_wrong_with_the_row_it_is_about(domain):
    said = "name: L, meaning: M, grain: person, unit: euro, formula: {}"
    text = entry("ltv", kind="kpi", says=said.format("nothing")) + entry()

    first, second = tried(text).tried

    assert first.verdict == "wrong"
    assert first.problems[0].words.startswith("KPI ltv: there is no calculation 'nothing'")  # fmt: skip
    assert second.verdict == "new"


def test_what_they_refuse_of_no_row_alone_is_said_of_the_file(domain):
    trial = tried(entry("till/orders:order.placed_at", kind="mapping", says="rule: at"))

    assert trial.unsound == (
        "There is no stream till/orders; propose it with its mappings.",
    )


def test_a_row_that_changed_since_the_export_is_not_asked_for(domain):
    requests.applied(channel(domain, "a"), domain=domain)
    text = exported().replace("name: A", "name: Mine")
    requests.applied(channel(domain, "a", name="Theirs"), domain=domain)

    trial = tried(text)

    assert told(trial) == [
        (
            "a", "moved", [],
            "It has changed since you exported version 1: version 2 holds now. Look at "
            "both, and write down against version 2 what shall be.",
        )
    ]  # fmt: skip
    assert [change.label for change in trial.tried[0].changes] == ["Name"]
    assert (trial.asked, trial.left_out) == ([], 1)


def test_a_row_left_as_it_was_exported_does_not_undo_what_changed_since(domain):
    requests.applied(channel(domain, "a"), domain=domain)
    text = exported("csv")
    requests.applied(channel(domain, "a", name="Theirs"), domain=domain)

    trial = tried(text, "csv")

    assert told(trial) == [
        ("a", "unchanged", [], "You left it as version 1 said; version 2 holds by now and stays."),
    ]  # fmt: skip


def test_what_says_what_holds_now_is_asked_for_by_whoever_leaves_the_version_out(
    domain,
):
    requests.applied(channel(domain, "a"), domain=domain)
    text = exported().replace("  version: 1\n", "")
    requests.applied(channel(domain, "a", name="Theirs"), domain=domain)

    [one] = tried(text).asked

    assert (one.body["name"], one.base) == ("A", 2)


def test_a_definition_of_another_installation_is_new_here(domain):
    trial = tried(entry(head="domain: growth, version: 7"))

    assert told(trial) == [
        ("email", "new", [], "The file says version 7, and nothing of that name is agreed on here."),
    ]  # fmt: skip


def test_kinds_the_asker_may_not_read_are_not_told_of(domain):
    requests.applied(channel(domain, "a"), domain=domain)

    [one] = tried(exported(), known=("kpi",)).tried

    assert (one.verdict, one.asked.base) == ("wrong", None)


def test_a_dry_run_writes_nothing(domain):
    requests.applied(channel(domain, "a"), domain=domain)
    before = (ChangeRequest.objects.count(), Version.objects.count())

    tried(exported().replace("name: A", "name: B") + entry("new"))

    assert (ChangeRequest.objects.count(), Version.objects.count()) == before


def test_the_same_outcome_has_the_same_digest_and_another_another(domain):
    requests.applied(channel(domain, "a"), domain=domain)
    text = exported().replace("name: A", "name: Mine")

    once, again = tried(text).digest, tried(text).digest
    requests.applied(channel(domain, "b"), domain=domain)
    unmoved = tried(text).digest
    requests.applied(channel(domain, "a", name="Theirs"), domain=domain)

    assert once == again == unmoved != tried(text).digest


def test_a_dry_run_asks_the_database_as_often_for_a_thousand_rows_as_for_one(domain):
    requests.applied(channel(domain, "c0"), channel(domain, "c1"), domain=domain)
    text = exported().replace("name: C", "name: D")
    for n in range(2, 1_000):
        text += entry(f"c{n}")
    queries = []
    for rows in (exchange.read(text, form="yaml")[:1], exchange.read(text, form="yaml")):  # fmt: skip
        with CaptureQueriesContext(connection) as asked:
            exchange.try_out(rows, known=tuple(KINDS))
        queries.append(len(asked))

    assert (queries[0], queries[0] < 5) == (queries[1], True)


@pytest.mark.parametrize("form", exchange.FORMATS)
def test_two_thousand_rows_are_tried_within_three_seconds(domain, form):
    agreed = [
        Version(
            kind="kpi", key=f"kpi_{n}", number=0, domain_id="growth", state="active",
            body={**requests.KPI, "formula": "ltv_90", "parameters": {"days": n}},
        )
        for n in range(2_000)
    ]  # fmt: skip
    text = exchange.write(agreed, form=form)

    # Our own time: what else the machine does meanwhile is not the dry run's doing.
    began = time.process_time()
    trial = tried(text, form)
    took = time.process_time() - began

    assert (len(trial.tried), took < 3) == (2_000, True), took


def asked_for(trial: exchange.Trial, *, without: bool) -> ChangeRequest:
    return exchange.propose(
        trial, title="Import", reason="The review.", without_left_out=without,
        by=make.user(), at=requests.AT,
    )  # fmt: skip


def test_a_file_becomes_one_draft(domain):
    requests.applied(channel(domain, "a"), domain=domain)

    made = asked_for(tried(exported().replace("name: A", "name: B") + entry("new")), without=False)  # fmt: skip

    operations = changes.current_revision(made).operations.all()
    assert made.state == "draft"
    assert [(each.key, each.body["name"], each.base_id is None) for each in operations] == [
        ("a", "B", False), ("new", "E", True),
    ]  # fmt: skip


def test_a_file_with_a_wrong_row_is_asked_for_only_without_it(domain):
    trial = tried(entry("good") + entry("bad", says="name: B"))

    with pytest.raises(exchange.LeftOut) as refused:
        asked_for(trial, without=False)

    made = asked_for(trial, without=True)
    assert str(refused.value) == (
        "1 of 2 rows cannot be asked for. Mend the file, or say that they are to be left "
        "out."
    )
    assert [each.key for each in changes.current_revision(made).operations.all()] == [
        "good"
    ]


def test_a_file_that_changes_nothing_asks_for_nothing(domain):
    requests.applied(channel(domain, "a"), domain=domain)

    with pytest.raises(changes.NothingAsked):
        asked_for(tried(exported()), without=True)
