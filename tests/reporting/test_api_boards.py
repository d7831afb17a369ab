"""Published numbers for programs."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reporting.models import Build, Reading
from tests import make, published
from tests.reporting import year

pytestmark = pytest.mark.django_db


def test_a_reading_comes_with_all_that_makes_it_readable(reader):
    build = published.build()
    shop = year.shop(build)

    answer = reader.get(
        f"/api/v1/readings?metric=repeat_rate_90&storefront={shop.key}&channel=email"
    )

    assert answer.json() == {
        "build": {
            "id": build.pk,
            "published_at": "2026-03-02T03:00:00Z",
            "data_moment": "2026-03-02T03:00:00Z",
            "identity_moment": "2026-03-02T03:00:00Z",
        },
        "items": [
            {
                "metric": "repeat_rate_90", "version": "1", "storefront": shop.key,
                "currency": "USD", "dimensions": {"channel": "email"},
                "value": "0.25000000", "n": 90, "low": "0.20000000",
                "high": "0.30000000", "state": "sure",
            }
        ],
        "next": None,
    }  # fmt: skip


def test_a_number_of_too_few_has_no_value_and_says_so(reader):
    year.shop(published.build())

    [one] = reader.get("/api/v1/readings?metric=ltv_365&channel=display").json()[
        "items"
    ]

    assert (one["value"], one["n"], one["state"]) == (None, 9, "small")


def test_readings_of_a_month_are_asked_for_by_its_name_and_of_a_cohort_by_its_age(
    reader,
):
    build = published.build()
    shop = year.shop(build)
    published.reading(
        "cohort_retention", "1", of=shop, by=build, cohort="2017-01", month=0
    )
    build.definitions = {**build.definitions, "cohort_retention": "1"}
    build.save()

    months = reader.get("/api/v1/readings?metric=revenue,orders&month=2017-02").json()
    ages = reader.get("/api/v1/readings?metric=cohort_retention&month=0").json()

    assert [(one["metric"], one["value"]) for one in months["items"]] == [
        ("revenue", "2000.00000000"),
        ("orders", "80.00000000"),
    ]
    assert [one["dimensions"] for one in ages["items"]] == [
        {"cohort": "2017-01", "month": 0}
    ]


def test_a_long_list_is_read_to_its_end(reader):
    year.shop(published.build())
    found, address = [], "/api/v1/readings?limit=7"

    while address:
        told = reader.get(address).json()
        found += [(one["metric"], str(one["dimensions"])) for one in told["items"]]
        address = told["next"]

    assert (len(found), len(set(found))) == (Reading.objects.count(),) * 2


@pytest.mark.parametrize(
    ("asked", "part"),
    [("metric=pigeons", "metric"), ("storefront=pigeon", "storefront"), ("x=1", "x")],
)
def test_what_there_is_not_is_said_in_words(reader, asked, part):
    year.shop(published.build())

    answer = reader.get(f"/api/v1/readings?{asked}")

    assert answer.status_code == 400
    assert [one["part"] for one in answer.json()["parts"]] == [part]


@pytest.mark.parametrize("address", ["readings", "boards/growth"])
def test_where_nothing_is_published_there_is_nothing_to_read(reader, address):
    make.storefront()
    published.build(state=Build.State.HELD)

    answer = reader.get(f"/api/v1/{address}")

    assert (answer.status_code, answer.json()["error"]) == (
        404,
        "Nothing is published yet.",
    )


@pytest.mark.parametrize("address", ["readings", "boards/growth", "schema"])
def test_who_is_not_known_is_told_nothing(client, address):
    year.shop(published.build())

    assert client.get(f"/api/v1/{address}").status_code == 401


@pytest.mark.parametrize("address", ["readings", "boards/growth"])
def test_who_has_no_role_reads_no_number_by_program(client, address):
    year.shop(published.build())
    client.force_login(make.seated(make.user()))

    assert client.get(f"/api/v1/{address}").status_code == 403


def test_a_board_comes_whole_and_says_what_its_page_does(reader):
    build = published.build()
    shop = year.shop(build)

    told = reader.get("/api/v1/boards/growth?from=2017-02&to=2017-03").json()

    page = reader.get("/growth/?from=2017-02&to=2017-03").context["read"].drawn
    assert (told["storefront"], told["months"]) == (shop.key, ["2017-02", "2017-03"])
    assert [one["key"] for one in told["tables"]] == [
        "months",
        "repeat",
        "people",
        "worth",
    ]
    assert told["tables"][0] == {
        "key": "months",
        "by": "month",
        "metrics": ["revenue", "orders", "average_order_value"],
        "rows": [
            row("", ("5000", 200, "sure"), ("200", 200, "sure"), ("25", 200, "sure")),
            row(
                "2017-02", ("2000", 80, "sure"), ("80", 80, "sure"), ("25", 80, "sure")
            ),
            row(
                "2017-03",
                ("3000", 120, "sure"),
                ("120", 120, "sure"),
                ("25", 120, "sure"),
            ),
        ],
    }
    assert [(one["metric"], one["months"]) for one in told["tiles"]] == [
        (one.metric, one.months) for one in page.tiles
    ]


def row(key: str, *numbers: tuple[str, int, str]) -> dict[str, object]:
    return {
        "key": key,
        "numbers": [
            {
                "value": f"{value}.00000000", "n": n, "low": None, "high": None,
                "state": state, "beside": None,
            }
            for value, n, state in numbers
        ],
    }  # fmt: skip


@pytest.mark.parametrize(
    "address", ["readings?metric=revenue", "boards/growth?against=year"]
)
def test_who_has_the_answer_is_told_so_before_a_number_is_read(reader, address):
    year.shop(published.build())
    first = reader.get(f"/api/v1/{address}")

    with CaptureQueriesContext(
        connection,
    ) as asked:
        again = reader.get(
            f"/api/v1/{address}", headers={"If-None-Match": first["ETag"]}
        )

    assert (again.status_code, again.content) == (304, b"")
    assert [one["sql"] for one in asked if "reporting_reading" in one["sql"]] == []


def test_the_next_build_is_another_answer(reader):
    build = published.build()
    shop = year.shop(build)
    first = reader.get("/api/v1/boards/growth")
    Build.objects.filter(pk=build.pk).update(state=Build.State.SUPERSEDED)
    year.shop(published.build(at=published.AT + timedelta(days=1)), times=2, of=shop)

    again = reader.get(
        "/api/v1/boards/growth", headers={"If-None-Match": first["ETag"]}
    )

    assert again.status_code == 200
    assert again.json()["tiles"][0]["number"]["value"] == "20000.00000000"


def test_a_storefront_that_is_called_otherwise_is_another_answer(reader):
    shop = year.shop(published.build(), of=make.storefront("shore"))
    first = reader.get("/api/v1/boards/growth")
    shop.key = "coast"
    shop.save()

    again = reader.get(
        "/api/v1/boards/growth", headers={"If-None-Match": first["ETag"]}
    )

    assert again.json()["storefront"] == "coast"


@pytest.mark.parametrize("shops", [1, 3])
def test_a_board_costs_the_same_however_much_it_tells(
    reader, django_assert_num_queries, shops
):
    build = published.build()
    chosen = year.shop(build)
    for place in range(shops - 1):
        published.reading("revenue", 9, of=chosen, by=build, month=f"2016-0{place + 1}")
        make.storefront()

    with django_assert_num_queries(9):
        reader.get(f"/api/v1/boards/growth?storefront={chosen.key}&from=2017-01")


def test_every_address_is_described(reader):
    described = reader.get("/api/v1/schema").json()

    paths = described["paths"]
    assert {"/api/v1/readings", "/api/v1/boards/{board}", "/api/v1/schema"} <= set(
        paths
    )
    answer = paths["/api/v1/readings"]["get"]["responses"]["200"]
    assert answer["content"]["application/json"]["schema"] == {
        "$ref": "#/components/schemas/ReadingsOut"
    }
    assert [one["name"] for one in paths["/api/v1/readings"]["get"]["parameters"]] == [
        "campaign", "category", "channel", "cohort", "cursor", "limit", "metric",
        "model", "month", "segment", "storefront",
    ]  # fmt: skip
