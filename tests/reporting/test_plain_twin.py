"""The SQL and its plain twin agree on every shop, to the last digit."""

import random

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reporting import checks, metrics
from tests.reporting import (
    builds,
    dealt,
    plain_brought,
    plain_money,
    plain_returning,
    shops,
)
from tests.reporting.plain import Plain

pytestmark = pytest.mark.django_db

on_random_shops = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@on_random_shops
@given(shop=dealt.shops, min_n=st.sampled_from([1, 1, 2, 30]))
def test_the_readings_are_those_of_the_plain_twin(shop, min_n):
    with pytest.MonkeyPatch.context() as patch, transaction.atomic():
        patch.setattr(metrics, "MIN_N", min_n)
        storefront = shops.write(shop)

        build = builds.computed()

        plain = Plain(shop, system=f"{storefront.key}-till", min_n=min_n)
        told = builds.everything_told(build, storefront)
        expected = {
            **plain.readings(),
            **plain_money.readings(plain),
            **dict(plain_returning.readings(plain)),
            **dict(plain_brought.readings(plain)),
        }
        assert told == {
            place: _beside_small(said, told.get(place))
            for place, said in expected.items()
        }
        assert builds.buyers(build, storefront) == plain.buyers()
        assert checks.broken(build) == []
        transaction.set_rollback(True)


@on_random_shops
@given(shop=dealt.shops, seed=st.integers(0, 1_000))
def test_any_order_of_arrival_gives_the_same_readings(shop, seed):
    shuffled = shops.Shop(
        sales=tuple(random.Random(seed).sample(shop.sales, len(shop.sales))),
        touches=tuple(random.Random(seed).sample(shop.touches, len(shop.touches))),
        people=shop.people,
    )

    assert _told_of(shuffled) == _told_of(shop)


def _beside_small(said: tuple, told: tuple | None) -> tuple:
    """Return what is expected of a number that may be withheld beside a small one.

    What has to be withheld is another test's, of ``reporting.suppression``.
    """
    if told is None or told[-1] != "withheld":
        return said
    _, n, _, _, _ = said
    return (None, n, None, None, "withheld")


def _told_of(shop: shops.Shop) -> object:
    with transaction.atomic():
        storefront = shops.write(shop, key="corner-shop")
        build = builds.computed()
        told = (
            builds.everything_told(build, storefront),
            builds.buyers(build, storefront),
        )
        transaction.set_rollback(True)
    return told
