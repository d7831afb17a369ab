"""A page a reader already has is sent again as soon as anything on it would differ."""

from decimal import Decimal

import pytest
from django.test import Client

from governance.models import Channel, Storefront
from reporting.models import Reading
from tests import make, published

pytestmark = pytest.mark.django_db

PAGES = ["/acquisition/", "/cohorts/", "/definitions/"]
PERSONAL = ["/people/", "/runs/"]


@pytest.fixture
def shop() -> Storefront:
    """A shop with one channel, in the build that is up."""
    build, storefront = published.build(), make.storefront("shore")
    published.reading("customers", 90, of=storefront, by=build)
    published.reading("customers", 90, of=storefront, by=build, channel="email")
    return storefront


def asked_again(reader: Client, address: str, tag: str) -> int:
    return reader.get(address, headers={"If-None-Match": tag}).status_code


def another_name_of_the_channel(**_: object) -> None:
    Channel.objects.filter(key="email").update(name="Newsletter")


def another_place_of_the_channel(**_: object) -> None:
    Channel.objects.filter(key="email").update(position=30_000)


def a_shop_that_turns_out_to_be_made_up(**_: object) -> None:
    Storefront.objects.update(is_generated=True)


def a_shop_of_another_name(**_: object) -> None:
    Storefront.objects.update(name="The Shore")


def a_second_shop(**_: object) -> None:
    make.storefront("harbour")


def another_reporting_zone(*, settings, **_: object) -> None:
    settings.REPORTING_TIME_ZONE = "Asia/Tokyo"


def a_warning_of_the_installation(*, settings, **_: object) -> None:
    settings.ONE_DATABASE_ROLE = not settings.ONE_DATABASE_ROLE


def a_reader_let_into_the_admin(*, user, **_: object) -> None:
    user.is_staff = True
    user.save()


def a_reader_of_another_name(*, user, **_: object) -> None:
    user.first_name, user.last_name = "Grace", "Hopper"
    user.save()


@pytest.mark.parametrize(
    "happens",
    [
        another_name_of_the_channel,
        another_place_of_the_channel,
        a_shop_that_turns_out_to_be_made_up,
        a_shop_of_another_name,
        a_second_shop,
        another_reporting_zone,
        a_warning_of_the_installation,
        a_reader_let_into_the_admin,
        a_reader_of_another_name,
    ],
)
def test_what_shows_on_the_page_makes_another_page(client, shop, settings, happens):
    user = make.user()
    client.force_login(user)
    tag = client.get("/acquisition/")["ETag"]
    before = asked_again(client, "/acquisition/", tag)

    happens(settings=settings, user=user)

    assert (before, asked_again(client, "/acquisition/", tag)) == (304, 200)


@pytest.mark.parametrize("address", PAGES)
def test_a_page_that_is_the_same_says_so_with_its_headers(reader, shop, address):
    first = reader.get(address)

    again = reader.get(address, headers={"If-None-Match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert {name: again.get(name) for name in ("ETag", "Cache-Control", "Vary")} == {
        "ETag": first["ETag"],
        "Cache-Control": "private, no-cache",
        "Vary": "Cookie",
    }


@pytest.mark.parametrize(
    ("kept", "asked"),
    [
        ("/acquisition/", "/acquisition/?storefront=other"),
        ("/cohorts/", "/cohorts/?measure=value"),
        ("/cohorts/", "/cohorts/?segment=loyal"),
        ("/acquisition/", "/cohorts/"),
    ],
)
def test_another_address_is_another_page(reader, shop, kept, asked):
    tag = reader.get(kept)["ETag"]

    assert asked_again(reader, asked, tag) == 200


def test_a_reading_changed_by_hand_stays_unseen_until_the_next_build(reader, shop):
    # Readings of a published build do not change: that is what the tag stands on.
    tag = reader.get("/acquisition/")["ETag"]
    Reading.objects.update(value=Decimal(1))

    assert asked_again(reader, "/acquisition/", tag) == 304


def test_who_signs_in_anew_gets_the_page_anew(client, shop):
    user = make.user()
    client.force_login(user)
    tag = client.get("/acquisition/")["ETag"]
    client.logout()
    client.force_login(user)

    assert asked_again(client, "/acquisition/", tag) == 200


@pytest.mark.parametrize("address", PERSONAL)
def test_a_page_about_people_and_nights_is_never_the_same(reader, shop, address):
    page = reader.get(address, headers={"If-None-Match": "*"})

    assert (page.status_code, page.has_header("ETag")) == (200, False)


def test_a_night_whose_rows_are_shown_leaves_no_copy_behind(client, shop):
    client.force_login(make.user(role="steward"))
    ran = published.night()

    page = client.get(f"/runs/{ran.pk}/")

    assert page["Cache-Control"] == "private, no-store"
