"""How long a thousand fields of twenty versions each take to be read. Measured, and shown."""

import sys
import time
from collections.abc import Callable

import pytest
from django.db import connections
from django.test import Client

from governance import dictionary
from governance.models import Version
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
        f, 'entity_' || f % 25 || '.field_' || f as key
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

update governance_operation set
    digest = governance_digest(kind, key, domain_id, state, successor, body);

insert into governance_version (kind, key, number, domain_id, state, successor, body,
    digest, valid_during, operation_id)
select kind, key, n, domain_id, state, successor, body, digest, tstzrange(
        timestamptz '2026-01-01 00:00Z' + n * interval '1 day',
        case when n < {versions}
            then timestamptz '2026-01-02 00:00Z' + n * interval '1 day' end
    ), id
from (
    select *, row_number() over (partition by key order by revision_id) as n
    from governance_operation
) o;

analyze governance_version;
analyze governance_operation;
"""


def milliseconds(of: Callable[[], object], times: int = 10) -> float:
    """Return how long it takes at best: what others do on the machine is not in it."""
    of()
    took = []
    for _ in range(times):
        began = time.perf_counter()
        of()
        took.append((time.perf_counter() - began) * 1000)
    return min(took)


@pytest.mark.slow  # Writes twenty thousand versions, in a database of its own.
def test_a_thousand_fields_of_twenty_versions_are_read_at_once(own_database, capsys):
    domain = make.domain("customer")
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            FILL.format(
                asker=make.domain_steward(domain).pk, owner=make.owner(domain).pk,
                fields=FIELDS, versions=VERSIONS,
            )
        )  # fmt: skip
    then = make.moment("2026-01-10T12:00")
    client = Client()
    client.force_login(make.user())

    took = {
        "field": milliseconds(
            lambda: client.get("/dictionary/field/entity_7.field_7/")
        ),
        "field, as it was": milliseconds(
            lambda: client.get("/dictionary/field/entity_7.field_7/?as_of=2026-01-10")
        ),
        "list": milliseconds(lambda: client.get("/dictionary/")),
        "search": milliseconds(lambda: client.get("/dictionary/?q=custom+wording")),
        "search, as it was": milliseconds(
            lambda: client.get("/dictionary/?q=customer&as_of=2026-01-10")
        ),
        "mistyped": milliseconds(lambda: client.get("/dictionary/?q=feild+nmber")),
        "all, as of a moment": milliseconds(lambda: list(dictionary.held(then))),
    }

    with capsys.disabled():
        for what, found in took.items():
            sys.stdout.write(f"\n  {what:20} {found:6.1f} ms")
    sought = dictionary.search(dictionary.Asked(words="777"), kinds=("field",))
    assert "definitions_by_their_words" in sought.explain()
    assert Version.objects.count() == FIELDS * VERSIONS
    assert len(dictionary.held(then)) == FIELDS
    assert took["field"] < PAGE * PATIENCE
    assert took["field, as it was"] < PAGE * PATIENCE
    assert took["all, as of a moment"] < EVERYTHING * PATIENCE
