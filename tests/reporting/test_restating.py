"""What identity alone moved of a number is what really moved when nothing else did."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from governance.models import Storefront
from identity import enrichment, ledger
from identity.models import IdentityEvent, Link, OrderContext
from measurement.models import CustomerRecord
from reporting import agreed, merges, restating, shadow
from reporting.models import Build, Reading, Restatement, Restating
from tests import make
from tests.reporting import builds, shops

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("however_few")]

DRAWN = """
    buyer | on         | via            | lines
    ------+------------+----------------+------
    ada   | 2026-01-05 | organic_search | 10
    ada   | 2026-02-10 | organic_search | 32.10
    bo    | 2026-01-06 | email          | 7.25
    bo    | 2026-01-16 | email          | 5
    cy    | 2026-02-09 | organic_search | 3
"""
DAY = timedelta(days=1)

type Places = dict[tuple[str, tuple[tuple[str, object], ...]], tuple[object, int]]


@pytest.fixture
def shop() -> Storefront:
    storefront = shops.write(shops.drawn(DRAWN), key="corner")
    enrichment.enrich_orders()
    return storefront


@pytest.fixture
def steward():
    return make.user(role="steward")


def person(name: str) -> int:
    link = Link.objects.as_of(None).get(record__source_id=name)
    return link.person_id


def night(days: int) -> Build:
    """Do what a night does to the numbers, so many days after the first one."""
    enrichment.enrich_orders()
    return builds.published(at=builds.NOW + days * DAY)


def joined(*names: str, by, days: float = 0.5) -> IdentityEvent:
    [merge] = ledger.merge(
        people=[person(name) for name in names],
        by=by,
        reason="One and the same.",
        at=builds.NOW + days * DAY,
    )
    assert merge.event is not None
    return merge.event


def told(build: Build) -> Places:
    return {
        (one.metric, tuple(sorted(one.dimensions.items()))): (one.value, one.n)
        for one in Reading.objects.filter(build=build)
    }


def differences(before: Build, after: Build) -> dict[object, tuple[object, object]]:
    """Return each number of two real builds that differs, with both."""
    one, other = told(before), told(after)
    nothing = (None, 0)
    return {
        place: (one.get(place, nothing), other.get(place, nothing))
        for place in {**one, **other}
        if one.get(place, nothing) != other.get(place, nothing)
    }


def restated(of: Restating) -> dict[object, tuple[object, object]]:
    return {
        (row.metric, tuple(sorted(row.dimensions.items()))): (
            (row.before, row.n_before),
            (row.after, row.n_after),
        )
        for row in Restatement.objects.filter(restating=of)
    }


def measured(asked: Restating | None) -> Restating:
    assert asked is not None
    return restating.measure(restating_id=asked.pk, at=builds.NOW + 9 * DAY)


def test_what_a_night_restates_is_what_the_merge_really_moved(shop, steward):
    before = night(0)
    joined("ada", "bo", by=steward)
    after = night(1)

    made = measured(merges.ask_night(build=after, at=builds.NOW + DAY))

    assert made.state == "measured"
    assert differences(before, after) != {}
    assert restated(made) == differences(before, after)


def test_what_one_merge_did_is_what_it_really_moved(shop, steward):
    before = night(0)
    event = joined("ada", "bo", by=steward)
    after = night(1)

    merges.Merges().ask_did(event=event, by=steward, at=builds.NOW + DAY)

    assert restated(measured(Restating.objects.get())) == differences(before, after)


def test_what_a_merge_would_do_is_what_it_then_does(shop, steward):
    before = night(0)
    people = [person("ada"), person("bo")]
    merges.Merges().ask_would(people=people, by=steward, at=builds.NOW)
    foretold = restated(measured(Restating.objects.get()))

    joined("ada", "bo", by=steward)

    assert foretold == differences(before, night(1))


def test_an_undone_merge_restates_exactly_back(shop, steward):
    first = night(0)
    event = joined("ada", "bo", by=steward)
    there = measured(merges.ask_night(build=night(1), at=builds.NOW + DAY))

    ledger.unmerge(
        event_id=event.pk, by=steward, reason="Sisters.", at=builds.NOW + 1.5 * DAY
    )
    last = night(2)
    back = measured(merges.ask_night(build=last, at=builds.NOW + 2 * DAY))

    assert restated(back) == {
        place: (after, before) for place, (before, after) in restated(there).items()
    }
    assert told(last) == told(first)


def test_as_of_a_moment_before_the_merge_every_number_is_as_it_was(shop, steward):
    night(0)
    versions = [agreed.now()]
    before = shadow.numbers(versions, moment=builds.NOW)

    joined("ada", "bo", by=steward)
    night(1)

    assert shadow.numbers(versions, moment=builds.NOW) == before
    assert shadow.numbers(versions, moment=builds.NOW + DAY) != before


def test_a_sale_that_came_in_between_is_no_restatement(shop, steward):
    night(0)
    joined("ada", "bo", by=steward)
    cy = CustomerRecord.objects.get(source_id="cy")
    make.order(cy, make.moment("2026-02-20"))

    made = measured(merges.ask_night(build=night(1), at=builds.NOW + DAY))

    moved = Restatement.objects.get(
        restating=made, metric="orders", dimensions={"channel": "email"}
    )
    assert (moved.before, moved.after) == (2, None)
    assert not Restatement.objects.filter(metric="orders", dimensions={}).exists()


def test_measuring_leaves_everybody_who_they_are(shop, steward):
    night(0)
    event = joined("ada", "bo", by=steward)
    night(1)
    merges.Merges().ask_did(event=event, by=steward, at=builds.NOW + DAY)
    rows = [list(each.objects.order_by("pk").values()) for each in (Link, OrderContext)]

    measured(Restating.objects.get())

    assert rows == [
        list(each.objects.order_by("pk").values()) for each in (Link, OrderContext)
    ]


def test_measuring_twice_measures_once(shop, steward):
    night(0)
    joined("ada", "bo", by=steward)
    made = measured(merges.ask_night(build=night(1), at=builds.NOW + DAY))
    count = Restatement.objects.count()

    again = restating.measure(restating_id=made.pk, at=builds.NOW + 20 * DAY)

    assert (again.measured_at, Restatement.objects.count()) == (made.measured_at, count)


def test_a_merge_of_which_nothing_is_left_says_so(shop, steward):
    night(0)
    event = joined("ada", "bo", by=steward)
    night(1)
    ledger.unmerge(
        event_id=event.pk, by=steward, reason="Sisters.", at=builds.NOW + 1.5 * DAY
    )
    merges.Merges().ask_did(event=event, by=steward, at=builds.NOW + 2 * DAY)

    made = measured(Restating.objects.get())

    assert (made.state, made.message) == (
        "failed",
        "Nothing of what it moved is still where it put it, so there is nothing to take "
        "away: look at what came later.",
    )


def test_a_night_in_which_nobody_was_joined_asks_for_nothing(shop):
    night(0)
    cy = CustomerRecord.objects.get(source_id="cy")
    make.order(cy, make.moment("2026-02-20"))

    assert merges.ask_night(build=night(1), at=builds.NOW + DAY) is None


def test_the_first_build_restates_nothing(shop):
    assert merges.ask_night(build=night(0), at=builds.NOW) is None


@pytest.mark.slow
@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    orders=st.lists(
        st.tuples(
            st.sampled_from(["ada", "bo", "cy"]),
            st.integers(1, 28),
            st.sampled_from(["email", "organic_search"]),
            st.integers(1, 99),
        ),
        min_size=3,
        max_size=8,
    )
)
def test_whatever_was_bought_a_merge_restates_what_it_moves(orders):
    from django.db import transaction

    with transaction.atomic():
        drawn = "\n".join(
            ["buyer | on | via | lines", "---+---+---+---"]
            + [
                f"{who} | 2026-01-{day:02} | {via} | {money}"
                for who, day, via, money in orders
            ]
        )
        shops.write(shops.drawn(drawn), key=f"corner-{make.number()}")
        steward = make.user(role="steward")
        before = night(0)
        names = sorted({who for who, *_ in orders})[:2]
        if len(names) == 2:
            joined(*names, by=steward)
            after = night(1)
            made = measured(merges.ask_night(build=after, at=builds.NOW + DAY))

            assert restated(made) == differences(before, after)
        transaction.set_rollback(True)
