"""Visits with messy tags."""

from datetime import UTC, datetime
from random import Random

import pytest

from governance import channels
from governance.taxonomy import Tags
from measurement.demo.harbour.habits import HABITS
from measurement.demo.touches import SPELLINGS, Mix, Site, Visit, Visitor

AT = datetime(2025, 11, 20, 9, 30, tzinfo=UTC)
ADA = Visitor("v1", "500001", None)


def _visits(channel: str, count: int = 400) -> list[Visit]:
    site = Site("harbour", Random(1))
    return [site.visit(channel, AT, ADA) for _ in range(count)]


@pytest.mark.parametrize("channel", sorted(SPELLINGS))
def test_a_channel_is_met_in_each_of_its_spellings(channel):
    met = {(visit.utm_source, visit.utm_medium) for visit in _visits(channel)}

    assert met == {(tags.source, tags.medium) for tags in SPELLINGS[channel]}


@pytest.mark.parametrize("channel", sorted(SPELLINGS))
def test_the_usual_spelling_is_the_most_common(channel):
    usual = SPELLINGS[channel][0]
    visits = _visits(channel)

    times = sum(
        (v.utm_source, v.utm_medium) == (usual.source, usual.medium) for v in visits
    )

    assert times > len(visits) / 2


def test_no_two_channels_share_a_spelling():
    tags = [
        (one.source, one.medium, one.referrer)
        for spellings in SPELLINGS.values()
        for one in spellings
    ]

    assert len(set(tags)) == len(tags)


def test_a_visit_without_tags_has_no_campaign():
    untagged = [v for v in _visits("organic_search") if v.utm_source is None]

    assert {v.utm_campaign for v in untagged} == {None}


def test_only_paid_search_has_search_terms():
    with_terms = {
        channel
        for channel in SPELLINGS
        if any(v.utm_term for v in _visits(channel, 60))
    }

    assert with_terms == {"paid_search"}


def test_a_visit_knows_whom_the_site_believed_it_saw():
    (visit,) = _visits("email", 1)

    assert (visit.visitor_id, visit.customer_id, visit.order_id) == (
        "v1",
        "500001",
        None,
    )
    assert (visit.at, visit.type) == ("2025-11-20T09:30:00Z", "visit")


def test_messages_have_ids_of_their_own():
    visits = _visits("direct", 2_000)

    assert len({visit.message_id for visit in visits}) == 2_000


def test_a_mix_draws_by_its_shares():
    mix, rng = Mix({"a": 0.7, "b": 0.3}), Random(1)

    drawn = [mix.draw(rng) for _ in range(5_000)]

    assert 0.67 < drawn.count("a") / 5_000 < 0.73


def test_customers_are_won_by_channels_the_site_can_tag():
    assert set(HABITS) - set(SPELLINGS) == set()


def test_the_shares_of_channels_are_a_whole():
    assert sum(habit.share for habit in HABITS.values()) == pytest.approx(1)


@pytest.mark.django_db
def test_the_default_taxonomy_knows_every_spelling_for_what_it_is():
    known = channels.taxonomy()

    read = {
        channel: {
            known.channel(
                Tags.read(one.source or "", one.medium or "", "", one.referrer or "")
            )
            for one in spellings
        }
        for channel, spellings in SPELLINGS.items()
    }

    assert read == {
        **{channel: {channel} for channel in SPELLINGS},
        "tiktok": {"paid_social"},
    }
