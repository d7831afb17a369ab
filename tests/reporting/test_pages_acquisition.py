"""Acquisition to LTV, as a reader gets it."""

import pytest
from django.test import Client

from reporting.models import Build, Reading
from tests import make, published

pytestmark = pytest.mark.django_db


def small_shop(build: Build, **options):
    """Return a shop with its totals and two channels."""
    shop = make.storefront(**options)
    for channel, customers in (("", 90), ("email", 60), ("direct", 30)):
        place = {"channel": channel} if channel else {}
        published.reading("customers", customers, of=shop, by=build, **place)
        published.reading("revenue", customers * 25, of=shop, by=build, **place)
    return shop


def table(page) -> list[list[str]]:
    """Return what stands in the first cells of each row: name, customers, share, revenue."""
    rows = [page.context["table"].total, *page.context["table"].rows]
    return [[row.name, row.customers.text, row.share, row.revenue.text] for row in rows]


def test_nobody_reads_it_without_signing_in(client):
    page = client.get("/acquisition/")

    assert (page.status_code, page.url) == (302, "/sign-in/?next=/acquisition/")


def test_the_first_page_is_this_one(reader):
    assert reader.get("/").url == "/acquisition/"


def test_the_channel_with_most_customers_comes_first(reader):
    small_shop(published.build())

    page = reader.get("/acquisition/")

    assert table(page) == [
        ["All channels", "90", "100.0%", "$2,250"],
        ["E-mail", "60", "66.7%", "$1,500"],
        ["Direct", "30", "33.3%", "$750.00"],
    ]


def test_a_channel_leads_to_its_people(reader):
    shop = small_shop(published.build())

    page = reader.get("/acquisition/")

    assert f"/people/?storefront={shop.key}&amp;channel=email" in page.text


def test_a_growing_number_says_so_beside_its_value(reader):
    build = published.build()
    shop = small_shop(build)
    published.reading(
        "ltv_365", "120.5", of=shop, by=build, n=44, state=Reading.State.IMMATURE
    )

    page = reader.get("/acquisition/")

    figure = page.context["table"].total.lifetimes[3]
    assert (figure.text, figure.n, figure.state) == ("$120.50", "44", "immature")
    assert page.text.count("still growing") == 2  # in the cell, and in how to read it


def test_a_number_of_too_few_people_is_not_shown(reader):
    build = published.build()
    shop = small_shop(build)
    published.reading(
        "repeat_rate_90", None, of=shop, by=build, n=4, state=Reading.State.SMALL
    )

    page = reader.get("/acquisition/")

    figure = page.context["table"].total.repeat
    assert (figure.text, figure.n, figure.state) == ("–", "4", "small")


def test_a_rate_has_its_interval_and_out_of_how_many(reader):
    build = published.build()
    shop = small_shop(build)
    published.reading(
        "repeat_rate_90", "0.312", of=shop, by=build, n=2148, low="0.292", high="0.332"
    )

    page = reader.get("/acquisition/")

    figure = page.context["table"].total.repeat
    assert (figure.text, figure.interval, figure.n) == ("31.2%", "29.2–33.2%", "2,148")


def test_every_number_says_which_build_it_is_of(reader):
    build = published.build()
    small_shop(build)

    page = reader.get("/acquisition/")

    line = f"<b>Build {build.pk}</b>"
    assert line in page.text
    assert page.text.count('<time datetime="2026-03-02T03:00:00+00:00">') == 2


def test_numbers_of_a_build_that_is_not_published_stay_unseen(reader):
    small_shop(published.build(state=Build.State.HELD))

    page = reader.get("/acquisition/")

    assert page.context["table"] is None
    assert "No build is published yet" in page.text
    assert "manage.py night" in page.text


def test_an_installation_without_a_shop_says_what_to_do(reader):
    published.build()

    page = reader.get("/acquisition/")

    assert "There is no storefront yet" in page.text


def test_a_shop_without_orders_says_so(reader):
    published.build()
    shop = make.storefront("empty")

    page = reader.get("/acquisition/")

    assert f"Nobody has bought at {shop.name} yet" in page.text


def test_the_real_shop_comes_before_the_made_up_one(reader):
    build = published.build()
    made_up = small_shop(build, key="a-made-up")
    made_up.is_generated = True
    made_up.save()
    real = small_shop(build, key="z-real")

    page = reader.get("/acquisition/")

    assert page.context["standing"].storefront == real


def test_a_made_up_shop_is_marked_wherever_its_numbers_stand(reader):
    shop = small_shop(published.build())
    shop.is_generated = True
    shop.generated_note = "All of it was dealt by dice."
    shop.save()

    page = reader.get(f"/acquisition/?storefront={shop.key}")

    assert f"<b>{shop.name} is made up.</b> All of it was dealt by dice." in page.text


def test_a_panel_says_that_its_first_month_are_customers_already(reader):
    shop = small_shop(published.build())
    shop.panel_starts_on = "2017-01-01"
    shop.save()

    page = reader.get("/acquisition/")

    assert "first observed in January 2017" in page.text


def test_amounts_are_in_the_currency_of_the_shop(reader):
    small_shop(published.build(), currency="GBP")

    page = reader.get("/acquisition/")

    assert page.context["table"].total.revenue.text == "£2,250"


def test_a_reader_who_has_the_page_is_not_sent_it_again(reader):
    small_shop(published.build())
    first = reader.get("/acquisition/")

    again = reader.get("/acquisition/", headers={"If-None-Match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")


def test_the_next_build_is_a_new_page(reader):
    build = published.build()
    small_shop(build)
    first = reader.get("/acquisition/")
    Build.objects.filter(pk=build.pk).update(state=Build.State.SUPERSEDED)
    published.build()

    again = reader.get("/acquisition/", headers={"If-None-Match": first["ETag"]})

    assert again.status_code == 200


def test_the_page_of_one_reader_is_not_that_of_another(reader, client):
    small_shop(published.build())
    first = reader.get("/acquisition/")
    other = Client()
    other.force_login(make.user(role="steward"))

    answer = other.get("/acquisition/", headers={"If-None-Match": first["ETag"]})

    assert answer.status_code == 200


def test_another_role_makes_another_page(client):
    small_shop(published.build())
    user = make.user()
    client.force_login(user)
    first = client.get("/acquisition/")
    make.seated(user, "viewer", "steward")

    again = client.get("/acquisition/", headers={"If-None-Match": first["ETag"]})

    assert again.status_code == 200


def test_no_copy_of_the_page_is_kept_for_others(reader):
    small_shop(published.build())

    page = reader.get("/acquisition/")

    assert page["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("channels", [1, 5])
def test_the_page_costs_the_same_for_one_channel_and_for_five(
    reader, django_assert_num_queries, channels
):
    build = published.build()
    shop = make.storefront()
    published.reading("customers", 90, of=shop, by=build)
    for key in ("email", "direct", "referral", "display", "other")[:channels]:
        published.reading("customers", 9, of=shop, by=build, channel=key)

    # session, user, storefronts, build, held build, groups, channels, readings
    with django_assert_num_queries(11):
        page = reader.get("/acquisition/")

    assert len(page.context["table"].rows) == channels


def test_the_table_is_a_file_with_every_digit(reader):
    build = published.build()
    shop = small_shop(build)
    published.reading("revenue", 5, of=shop, by=build, month="2026-01")

    answer = reader.get("/acquisition/?format=csv")

    lines = answer.text.splitlines()
    assert answer["Content-Disposition"].endswith(
        f'"acquisition-{shop.key}-build-{build.pk}.csv"'
    )
    assert lines[5:] == [
        "metric,version,channel,value,n,low,high,state",
        "customers,1,,90.00000000,1000,,,sure",
        "customers,1,direct,30.00000000,1000,,,sure",
        "customers,1,email,60.00000000,1000,,,sure",
        "revenue,,,2250.00000000,1000,,,sure",
        "revenue,,direct,750.00000000,1000,,,sure",
        "revenue,,email,1500.00000000,1000,,,sure",
    ]


def test_where_nothing_is_published_there_is_no_file(reader):
    answer = reader.get("/acquisition/?format=csv")

    assert (answer.status_code, answer.text) == (
        404,
        "There is no such table here. There are: none yet.\n",
    )
