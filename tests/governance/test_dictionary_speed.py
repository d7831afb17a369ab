"""How long a thousand fields of twenty versions each take to be read. Measured, and shown."""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import connections
from django.test import Client, RequestFactory

from governance import dictionary
from governance.models import Version
from reporting.lineage import READS
from tests import make

FIELDS, VERSIONS = 1_000, 20
# Goals of the product in milliseconds; a loaded machine gets thrice the time.
PAGE, EVERYTHING, PATIENCE = 50, 200, 3

# As the owner could, with the gate switched off: going through it takes twenty minutes.
FILL = """
alter table governance_changerequest disable trigger user;
alter table governance_revision disable trigger user;
alter table governance_operation disable trigger user;
alter table governance_decision disable trigger user;
alter table governance_version disable trigger user;

insert into governance_changerequest (title, reason, state, risk, requested_by_id,
    made_at, cycle, revision, expires_at, is_bootstrap, note)
select 'Change ' || n, 'The review asked for it.', 'applied', 'low', {asker},
    now(), 1, 1, now(), false, ''
from generate_series(1, {versions}) n;

insert into governance_revision (request_id, number, made_by_id, made_at, digest)
select id, 1, {asker}, now(), lpad(id::text, 64, '0') from governance_changerequest;

insert into governance_decision (request_id, revision_id, digest, cycle,
    requested_by_id, by_id, verdict, via, comment, at)
select request_id, id, digest, 1, {asker}, {owner}, 'approve', 'page', '', now()
from governance_revision;

with said as (
    select v.id as revision_id, row_number() over (partition by f order by v.id) as n,
        f, case when f = 7 then 'order_line.amount'
            else 'entity_' || f % 25 || '.field_' || f end as key
    from governance_revision v, generate_series(1, {fields}) f
)
insert into governance_operation (revision_id, position, kind, key, domain_id, state,
    successor, body, digest)
select revision_id, f, 'field', key, 'customer', 'active', '', jsonb_build_object(
        'name', 'Field number ' || f, 'type', 'text', 'unit', '', 'example', 'x' || n,
        'meaning', 'What field ' || f || ' says of a customer, in wording ' || n
            || ' of the many it has had since the first review asked for it.',
        'sensitivity', 'none', 'required', false, 'decision', '',
        'synonyms', jsonb_build_array('alias ' || f)), ''
from said;

insert into governance_operation (revision_id, position, kind, key, domain_id, state,
    successor, body, digest)
select first.id, 0, 'mapping', 'till/rows:' || key, 'customer', 'active', '',
    jsonb_build_object('rule', jsonb_build_object('column', 'c' || position)), ''
from governance_operation, (select min(id) as id from governance_revision) first
where revision_id = first.id;

insert into governance_operation (revision_id, position, kind, key, domain_id, state,
    successor, body, digest)
select v.id, 0, 'kpi', formula, 'customer', 'active', '', jsonb_build_object(
        'name', formula, 'formula', formula, 'window_days', v.id,
        'meaning', 'What ' || formula || ' says.'), ''
from governance_revision v, unnest(array[{formulas}]) formula;

update governance_operation set
    digest = governance_digest(kind, key, domain_id, state, successor, body);

insert into governance_version (kind, key, number, domain_id, state, successor, body,
    digest, valid_during, operation_id)
select kind, key, n, domain_id, state, successor, body, digest, tstzrange(
        timestamptz '2026-01-01 00:00Z' + n * interval '1 day',
        case when n < last
            then timestamptz '2026-01-02 00:00Z' + n * interval '1 day' end
    ), id
from (
    select *, row_number() over (partition by kind, key order by revision_id) as n,
        count(*) over (partition by kind, key) as last
    from governance_operation
) o;

analyze governance_version;
analyze governance_operation;
"""


@dataclass(frozen=True)
class Took:
    """How long something takes, in milliseconds, of twenty times."""

    least: float
    median: float
    most: float

    def __str__(self) -> str:
        return f"{self.median:6.1f} ms ({self.least:.1f} to {self.most:.1f})"


def took(of: Callable[[], object], times: int = 20) -> Took:
    of()
    found = []
    for _ in range(times):
        began = time.perf_counter()
        of()
        found.append((time.perf_counter() - began) * 1000)
    return Took(min(found), median(found), max(found))


class Served:
    """Answers as a web process does: the client of the tests keeps notes of templates."""

    def __init__(self) -> None:
        client = Client()
        client.force_login(make.user())
        self.cookie = f"sessionid={client.cookies['sessionid'].value}"
        self.answering = WSGIHandler()

    def __call__(self, path: str) -> None:
        asked = RequestFactory(headers={"cookie": self.cookie}).get(path)
        said: list[str] = []
        b"".join(
            self.answering(asked.environ, lambda status, _headers: said.append(status))
        )
        assert said == ["200 OK"], path


@pytest.mark.slow  # Writes twenty thousand versions, in a database of its own.
def test_a_thousand_fields_of_twenty_versions_are_read_at_once(own_database, capsys):
    domain = make.domain("customer")
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            FILL.format(
                asker=make.domain_steward(domain).pk, owner=make.owner(domain).pk,
                fields=FIELDS, versions=VERSIONS,
                formulas=", ".join(f"'{formula}'" for formula in sorted(READS)),
            )
        )  # fmt: skip
    then = make.moment("2026-01-10T12:00")
    served = Served()
    field = "/dictionary/field/order_line.amount/"

    found = {
        "field": took(lambda: served(field)),
        "field, as it was": took(lambda: served(f"{field}?as_of=2026-01-10")),
        "KPI": took(lambda: served("/dictionary/kpi/cohort_value/")),
        "list": took(lambda: served("/dictionary/")),
        "search": took(lambda: served("/dictionary/?q=custom+wording")),
        "search, as it was": took(
            lambda: served("/dictionary/?q=customer&as_of=2026-01-10")
        ),
        "mistyped": took(lambda: served("/dictionary/?q=feild+nmber")),
        "all, as of a moment": took(lambda: list(dictionary.held(then))),
    }

    with capsys.disabled():
        for what, each in found.items():
            sys.stdout.write(f"\n  {what:20} {each}")
    sought = dictionary.search(dictionary.Asked(words="777"), kinds=("field",))
    assert "definitions_by_their_words" in sought.explain()
    assert Version.objects.filter(kind="field").count() == FIELDS * VERSIONS
    assert len(dictionary.held(then).exclude(kind="mapping")) == FIELDS + len(READS)
    amounts = {"order_line.amount_reporting", "order_line.amount_shop"}
    readers = [key for key, fields in READS.items() if fields & amounts]
    assert len(dictionary.read("field", "order_line.amount").readers) == len(readers)
    # At best: what others do on the machine is not in it.
    assert found["field"].least < PAGE * PATIENCE
    assert found["field, as it was"].least < PAGE * PATIENCE
    assert found["all, as of a moment"].least < EVERYTHING * PATIENCE
