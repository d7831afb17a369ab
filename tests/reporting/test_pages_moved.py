"""The page that says why numbers moved."""

import pytest

from reporting.models import Movement
from tests import make, published
from tests.identity.queue.pages import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def moved():
    build_before, build = published.build(state="superseded"), published.build()
    return build_before, build


def move(moved, storefront, metric="revenue", **place):
    build_before, build = moved
    return Movement.objects.create(
        build=build, build_before=build_before, storefront=storefront, metric=metric,
        dimensions=place, before="100",
        steps=["100", "100", "100", "80", "75.5", "75.5", "95.5"],
    )  # fmt: skip


def test_each_cause_stands_with_what_it_moved(reader, moved):
    storefront = make.storefront("corner")
    move(moved, storefront)

    page = reader.get("/moved/?storefront=corner")

    assert "Revenue $100.00 −$20.00 −$4.50 +$20.00 $95.50" in words(page)


def test_one_number_is_shown_place_by_place(reader, moved):
    storefront = make.storefront("corner")
    move(moved, storefront, channel="email")

    page = reader.get("/moved/?storefront=corner&metric=revenue")

    assert "channel email $100.00 −$20.00 −$4.50 +$20.00 $95.50" in words(page)


def test_where_nothing_moved_the_page_says_so(reader, moved):
    make.storefront("corner")

    assert "Nothing moved, or nobody has found out yet" in words(reader.get("/moved/"))
