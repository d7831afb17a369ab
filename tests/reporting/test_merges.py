"""What pages are told of a merge: roughly at once, exactly once it was measured."""

from datetime import date

import pytest

from governance.models import Channel
from identity import effects
from identity.effects import EffectsError, Moved, State
from identity.models import IdentityEvent
from reporting import tasks
from reporting.merges import SHOWN, Merges, of_build
from reporting.models import Buyer, Restatement, Restating
from tests import make, published
from tests.identity import ledger_rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return make.storefront("corner", currency="EUR")


@pytest.fixture
def build(shop):
    build = published.build()
    for channel, people, money in (
        ({}, 10, "500"), ({"channel": "email"}, 4, "100"),
        ({"channel": "direct"}, 6, "400"),
    ):  # fmt: skip
        published.reading("customers", people, of=shop, by=build, **channel)
        published.reading("revenue", money, of=shop, by=build, **channel)
    return build


def buyer(shop, build, *, channel: str, on: str, revenue: int, orders: int = 1):
    return Buyer.objects.create(
        build=build, storefront=shop, person=make.person(),
        channel=Channel.objects.get(key=channel), first_order_on=date.fromisoformat(on),
        last_order_on=date.fromisoformat(on), orders=orders, revenue=revenue,
    ).person_id  # fmt: skip


def restating(build, **fields):
    return Restating.objects.create(
        **{
            "of": "merge", "people": [1, 2], "build_after": build,
            "asked_at": published.AT, **fields,
        }
    )  # fmt: skip


def restated(of, shop, metric, before, after, **dimensions):
    Restatement.objects.create(
        restating=of, storefront=shop, metric=metric, dimensions=dimensions,
        before=before, after=after, n_before=10, n_after=9,
    )  # fmt: skip


def test_two_buyers_become_one_whose_money_goes_to_the_channel_known_first(shop, build):
    first = buyer(shop, build, channel="direct", on="2026-01-01", revenue=50)
    other = buyer(shop, build, channel="email", on="2026-01-13", revenue=40)

    told = effects.would(people=[other, first])

    assert told.state == State.ROUGH
    assert told.moved == [
        Moved("customers", "Corner", "10", "9", 10, 9, is_total=True),
        Moved("LTV so far", "Corner", "€50.00", "€55.56", 10, 9, is_total=True),
        Moved("LTV so far", "Corner: channel direct", "€66.67", "€73.33", 6, 6),
        Moved("customers", "Corner: channel email", "4", "3", 4, 3),
        Moved("LTV so far", "Corner: channel email", "€25.00", "€20.00", 4, 3),
    ]
    assert told.sentences == [
        "Corner: 2 buyers become one, with 2 orders and €90.00, known from Direct.",
        "Corner: none of them came back; together they did, after 12 days.",
    ]


def test_of_two_who_came_back_before_nothing_is_said_of_coming_back(shop, build):
    first = buyer(shop, build, channel="direct", on="2026-01-01", revenue=5, orders=2)
    other = buyer(shop, build, channel="direct", on="2026-01-13", revenue=4)

    assert effects.would(people=[first, other]).sentences == [
        "Corner: 2 buyers become one, with 3 orders and €9.00, known from Direct."
    ]


def test_where_one_of_them_never_bought_no_published_number_moves(shop, build):
    one = buyer(shop, build, channel="direct", on="2026-01-01", revenue=50)

    told = effects.would(people=[one, make.person().pk])

    assert (told.moved, told.sentences) == (
        [],
        ["They did not both buy at one shop: no published number moves."],
    )


def test_with_nothing_published_nothing_is_measured():
    assert effects.would(people=[1, 2]) == effects.NOT_MEASURED


def test_what_nobody_asked_of_an_event_is_not_measured(build):
    event = ledger_rows.merged()

    assert effects.did(events=[event]) == {event.pk: effects.NOT_MEASURED}


def test_totals_and_what_is_looked_at_first_stand_first(shop, build):
    made = restating(build, state="measured", measured_at=published.AT, looked_at=7)
    restated(made, shop, "cohort_value", 1, 2, cohort="2026-01", month=0)
    restated(made, shop, "orders", 3, 2)
    restated(made, shop, "ltv_90", "12.5", None)
    restated(made, shop, "customers", 10, 9)

    told = effects.would(people=[2, 1])

    assert (told.state, told.looked_at, told.moved_in_all) == (State.MEASURED, 7, 4)
    assert [(one.what, one.where, one.before, one.after) for one in told.moved] == [
        ("customers", "Corner", "10", "9"),
        ("ltv_90", "Corner", "€12.50", None),
        ("orders", "Corner", "3", "2"),
        ("cohort_value", "Corner: cohort 2026-01, month 0", "€1.00", "€2.00"),
    ]


def test_of_many_numbers_some_are_shown_and_all_are_counted(shop, build):
    made = restating(build, state="measured", measured_at=published.AT)
    for month in range(SHOWN + 5):
        restated(made, shop, "cohort_value", 1, 2, month=month)

    told = effects.would(people=[1, 2])

    assert (len(told.moved), told.moved_in_all) == (SHOWN, SHOWN + 5)


def test_what_was_measured_on_older_numbers_does_not_answer_for_newer(shop):
    restating(
        published.build(state="superseded"), state="measured", measured_at=published.AT
    )
    published.build()

    assert effects.would(people=[1, 2]).state == State.ROUGH


def test_what_was_asked_twice_is_measured_once(build):
    event, steward = ledger_rows.merged(), make.user(role="steward")

    for _ in range(2):
        effects.ask_did(event=event, by=steward, at=published.AT)

    assert [one.event for one in Restating.objects.all()] == [event]
    assert effects.did(events=[event])[event.pk].state == State.ASKED


def test_what_failed_may_be_asked_again(build):
    event, steward = ledger_rows.merged(), make.user(role="steward")
    restating(
        build, of="event", people=[], event=event, state="failed", message="Too soon."
    )
    assert effects.did(events=[event])[event.pk].sentences == ["Too soon."]

    effects.ask_did(event=event, by=steward, at=published.AT)

    assert effects.did(events=[event])[event.pk].state == State.ASKED


@pytest.mark.parametrize(
    ("ask", "sentence"),
    [
        (
            lambda by: Merges().ask_would(people=[1, 1], by=by, at=published.AT),
            "Name two people who differ: one alone joins nobody.",
        ),
        (
            lambda by: Merges().ask_did(
                event=ledger_rows.event(), by=by, at=published.AT
            ),
            "Arrived at 2026-03-02 00:00 UTC moved no record from one person to another.",
        ),
        (
            lambda by: Merges().ask_would(people=[1, 2], by=by, at=published.AT),
            "Nothing is published yet: there is no number to move.",
        ),
    ],
)
def test_what_cannot_be_asked_is_said_in_a_sentence(ask, sentence):
    with pytest.raises(EffectsError) as refused:
        ask(make.user(role="steward"))

    assert str(refused.value) == sentence


def test_with_nobody_who_makes_numbers_nothing_is_measured(monkeypatch):
    monkeypatch.setattr(effects, "_effects", [])
    event = IdentityEvent(pk=7)

    assert effects.did(events=[event]) == {7: effects.NOT_MEASURED}
    assert effects.would(people=[1, 2]) == effects.NOT_MEASURED
    with pytest.raises(EffectsError):
        effects.ask_did(event=event, by=make.user(), at=published.AT)


def test_a_build_nobody_asked_about_is_not_measured(build):
    assert of_build(build) == effects.NOT_MEASURED


def test_a_worker_measures_what_was_asked(build):
    made = restating(build, people=[make.person().pk, make.person().pk])

    assert tasks.restate(restating_id=made.pk) == {"state": "failed", "looked_at": 0}
    assert of_build(build) == effects.NOT_MEASURED
    made.refresh_from_db()
    assert made.message == "They are one by now, or their records are elsewhere."
