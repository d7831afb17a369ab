"""How long a steward waits for the next pair when a hundred thousand are open."""

from statistics import median
from time import perf_counter

import pytest
from django.db import connection
from django.test import Client

from identity.models import MatchCandidate
from tests import make
from tests.identity.queue import asked

OPEN = 100_000
_PAIRS = """
with read as (
    insert into measurement_customerrecord (system_id, source_id, is_guest, first_name,
        last_name, email, phone, country, status, subscription_status, segment, run)
    select %s, 'r' || i, false, 'A', 'B', '', '', '', '', '', '', 1
    from generate_series(1, %s) as i
    returning id
), known as (
    insert into identity_person (made_at) select now() from read returning id
), numbered as (
    select records.id as record, people.id as person, records.n
    from (select id, row_number() over (order by id) as n from read) as records
    join (select id, row_number() over (order by id) as n from known) as people using (n)
), linked as (
    insert into identity_link (record_id, person_id, started_at, reason)
    select record, person, now() - interval '1 day', 'alone' from numbered
)
insert into identity_matchcandidate (left_id, right_id, evidence, guard, score, pattern,
    waterfall, evidence_digest, earlier, value_at_risk, impact, model_version,
    policy_version, status, wants, known_answer, found_at, reason)
select one.record, other.record, 'The same phone.', 'Names.', random(), 'phone', '[]',
    'read', '{}', (random() * 500)::numeric(10, 2), 2 + (random() * 5)::int, '', '',
    'pending', 'first', '', now() - random() * interval '30 days', ''
from numbered as one
join numbered as other on other.n = one.n + %s
"""


@pytest.mark.slow
def test_the_next_of_a_hundred_thousand_pairs_is_there_in_150_ms(own_database):
    with connection.cursor() as cursor:
        cursor.execute(_PAIRS, [make.system().pk, 2 * OPEN, OPEN])
    steward = asked.steward()
    client = Client()
    client.force_login(steward)
    took = []

    for _ in range(15):
        begun = perf_counter()
        answer = client.post("/review/next/")
        took.append(perf_counter() - begun)
        pair = MatchCandidate.objects.get(claimed_by=steward)
        client.post(f"{answer.url}answer/", {"said": "not_same", "digest": "read"})
        assert asked.state(pair)[0] == "different"

    assert MatchCandidate.objects.count() == OPEN
    assert median(took) < 0.15
