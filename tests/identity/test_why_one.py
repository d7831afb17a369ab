"""Why records are one person: the events, the evidence, the way between two, the bridge."""

from itertools import pairwise, permutations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity import ledger
from identity.explaining import Strand, Web, why_one
from identity.explaining.web import likely_right
from identity.models import IdentityEvent, MatchCandidate, Person
from identity.stitching import stitch
from tests import make
from tests.make import moment

MONDAY, TUESDAY, WEDNESDAY = (moment(f"2026-03-0{day}") for day in (2, 3, 4))
Kind = IdentityEvent.Kind


def mail(name: str, address: str, of, **fields):
    return make.record(name, of=of, email=address, **fields)


@pytest.fixture
def shop():
    return make.system("shop")


@pytest.fixture
def steward():
    return make.user(role="steward")


def the_person(record) -> Person:
    found = ledger.person_of(record_id=record.pk)
    assert found is not None
    return found


def says(edge) -> tuple[set[int], list[str]]:
    return ({edge.left.pk, edge.right.pk}, [each.sentence for each in edge.says])


@pytest.mark.django_db
def test_what_a_rule_joined_is_held_by_what_the_rule_says(shop):
    one = mail("Ada Byron", "ada@example.org", shop, is_guest=True)
    other = mail("Ada King", "ada@example.org", shop)
    stitch(at=MONDAY)

    why = why_one(the_person(one))

    assert [says(edge) for edge in why.edges] == [
        ({one.pk, other.pk}, ["The same e-mail address, and a first name that agrees."])
    ]
    assert [[record.pk for record in part] for part in why.parts] == [
        [one.pk, other.pk]
    ]
    assert [each.event.kind for each in why.happened] == [Kind.ARRIVED]


@pytest.mark.django_db
def test_what_somebody_joined_names_who_and_why(shop, steward):
    one, other = (mail(name, "", shop) for name in ("Ada Byron", "Eve Stone"))
    stitch(at=MONDAY)
    people = [the_person(each).pk for each in (one, other)]
    ledger.merge(people=people, by=steward, reason="She married.", at=TUESDAY)

    why = why_one(the_person(one))

    [edge] = why.edges
    [said] = edge.says
    assert says(edge) == (
        {one.pk, other.pk},
        [
            "She married. Somebody joined all their records: these are the first of each."
        ],
    )
    assert (said.who, said.at, said.by_hand) == (str(steward), TUESDAY, True)


@pytest.fixture
def answered(shop, steward):
    """Two records joined by an answer to a pair that was weighed."""
    one, other = (mail(name, "", shop) for name in ("Ada Byron", "Adah Byron"))
    stitch(at=MONDAY)
    pair = MatchCandidate.objects.create(
        left=one, right=other, evidence="Several things.", guard="Unsure.",
        found_at=MONDAY, evidence_digest="d1", model_version="m7", policy_version="p3",
        waterfall=[
            {"feature": "prior", "level": "", "bits": -14.5, "sentence": "Hardly ever."},
            {"feature": "last_name", "level": "equal", "bits": 8.25, "sentence": ""},
            {"feature": "birth", "level": "equal", "bits": 9.5, "sentence": "Born on."},
        ],
    )  # fmt: skip
    ledger.merge(
        people=[the_person(each).pk for each in (one, other)], by=steward,
        reason="The same.", at=TUESDAY, evidence={"pair": pair.pk, "digest": "d1"},
    )  # fmt: skip
    return pair


@pytest.mark.django_db
def test_the_weights_of_an_answered_pair_sum_to_its_score(answered):
    [edge] = why_one(the_person(answered.left)).edges

    [said] = edge.says
    assert [(step.feature, step.sentence, step.bits) for step in said.steps] == [
        ("Prior", "Hardly ever.", -14.5),
        ("Last name", "equal", 8.25),
        ("Birth", "Born on.", 9.5),
    ]
    assert (said.bits, said.model, said.policy) == (3.25, "m7", "p3")


@pytest.mark.django_db
def test_weights_that_have_changed_since_are_not_shown_as_those_of_then(answered):
    MatchCandidate.objects.update(evidence_digest="d2")

    [edge] = why_one(the_person(answered.left)).edges

    assert [(each.sentence, each.steps) for each in edge.says] == [
        ("Several things. The same. What is known of the two has changed since.", [])
    ]


@pytest.mark.django_db
def test_the_way_between_two_leads_over_a_third(shop):
    first = mail("Ada Byron", "ada@home.example", shop, is_guest=True)
    middle = mail("Ada Byron", "ada@home.example", shop)
    stitch(at=MONDAY)
    middle.email = "ada@work.example"
    middle.save()
    last = mail("Ada Byron", "ada@work.example", shop, is_guest=True)
    stitch(at=TUESDAY)

    why = why_one(the_person(first))

    way = why.path(first.pk, last.pk)
    assert way is not None
    assert [(edge.left.pk, edge.right.pk) for edge in way] == [
        (first.pk, middle.pk), (middle.pk, last.pk),
    ]  # fmt: skip
    assert why.likely(first.pk, last.pk) == pytest.approx(0.999**2)
    assert why.bridge is not None
    assert len(why.behind_bridge) == 1


@pytest.mark.django_db
def test_records_nothing_holds_any_more_are_parts_of_their_own(shop):
    one, other = mail("Ada", "", shop), mail("Eve", "", shop)
    person = make.person(one, other)

    why = why_one(person)

    assert [[record.pk for record in part] for part in why.parts] == [
        [one.pk], [other.pk],
    ]  # fmt: skip
    assert (why.path(one.pk, other.pk), why.bridge) == (None, None)


@pytest.mark.django_db
def test_as_of_a_moment_before_the_merge_the_other_is_not_there(answered):
    why = why_one(the_person(answered.left), as_of=MONDAY)

    assert [record.pk for record in why.records] == [answered.left_id]
    assert (why.edges, why.aliases) == ([], [])
    assert [each.event.kind for each in why.happened] == [Kind.ARRIVED]


@pytest.mark.django_db
def test_a_merge_shows_both_as_they_were_and_may_be_undone_once(answered, steward):
    kept = the_person(answered.left)
    merged = why_one(kept).happened[0]
    assert merged.event.kind == Kind.MERGED
    assert [[r.pk for r in side.records] for side in merged.before] == [
        [answered.left_id], [answered.right_id],
    ]  # fmt: skip
    assert [record.pk for record in merged.moved] == [answered.right_id]
    assert (merged.may_be_undone, merged.undone_by) == (True, None)

    undoing = ledger.unmerge(
        event_id=merged.event.pk, by=steward, reason="Twins.", at=WEDNESDAY
    )

    why = why_one(kept)
    assert [each.event.kind for each in why.happened[:2]] == [
        Kind.UNMERGED,
        Kind.MERGED,
    ]
    assert (why.happened[1].may_be_undone, why.happened[1].undone_by) == (
        False,
        undoing,
    )
    assert why.edges == []


@pytest.mark.django_db
def test_of_a_merge_undone_later_the_day_before_knows_nothing(answered, steward):
    kept = the_person(answered.left)
    merged = why_one(kept).happened[0].event
    ledger.unmerge(event_id=merged.pk, by=steward, reason="Twins.", at=WEDNESDAY)

    why = why_one(kept, as_of=TUESDAY)

    assert len(why.edges) == 1
    assert (why.happened[0].undone_by, why.happened[0].may_be_undone) == (None, False)


@pytest.mark.django_db
def test_who_went_up_in_the_person_is_an_alias(answered):
    why = why_one(the_person(answered.left))

    gone = Person.objects.exclude(pk=why.person.pk).get()
    assert why.aliases == [gone.public_id]


# Few records and coarse likelihoods, so that every way can be tried, and ties happen.
STRANDS = st.lists(
    st.builds(
        Strand,
        left=st.integers(1, 5),
        right=st.integers(1, 5),
        likely=st.sampled_from([0.5, 0.9, 0.99]),
    ),
    max_size=8,
)


@given(STRANDS)
def test_no_other_way_is_likelier_than_the_one_that_is_shown(strands):
    web = Web(range(1, 6), strands)
    surest: dict[frozenset[int], float] = {
        frozenset((one.left, one.right)): one.likely for one in web.strands
    }

    for start, end in product(range(1, 6), repeat=2):
        ways = [
            [frozenset(two) for two in pairwise(way)]
            for size in range(4)
            for between in permutations(set(range(1, 6)) - {start, end}, size)
            for way in [[start, *between, end] if start != end else [start]]
        ]
        likely = [
            likely_right([Strand(1, 2, surest[step]) for step in way])
            for way in ways
            if all(step in surest for step in way)
        ]
        found = web.path(start, end)

        assert (found is None) == (likely == [])
        if found is not None:
            assert likely_right(found) == pytest.approx(max(likely))


@given(STRANDS)
def test_without_the_weakest_bridge_its_part_falls_off_and_nothing_else_does(strands):
    web = Web(range(1, 6), strands)
    alone = [
        one
        for one in web.strands
        if len(Web(web.records, [s for s in web.strands if s is not one]).parts())
        > len(web.parts())
    ]

    found = web.weakest_bridge()

    if found is None:
        assert alone == []
    else:
        bridge, behind = found
        rest = Web(web.records, [s for s in web.strands if s is not bridge])
        assert bridge.likely == min(one.likely for one in alone)
        assert behind in rest.parts()
