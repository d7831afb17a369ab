"""The page that says what audits show, band by band."""

import pytest

from governance.models import Storefront
from identity.models import Weighing
from tests import make
from tests.governance.pages import as_, seen
from tests.identity.test_audited import answered

pytestmark = pytest.mark.django_db
AT = make.moment("2026-03-01")


@pytest.fixture
def steward():
    return make.user(role="steward")


def weighed(storefront: Storefront, **pairs: int) -> None:
    Weighing.objects.create(
        storefront=storefront, at=AT, digest="", model_version="estimated", records=9,
        pairs=sum(pairs.values()), asked=0,
        bands={"0.999": 1200, "0.99": 30} | pairs,
    )  # fmt: skip


def test_without_a_weighing_the_page_says_so(steward):
    assert "Nothing was weighed yet" in seen(steward, "/review/bands/")


def test_a_band_says_how_often_it_was_right_and_what_it_still_needs(steward):
    storefront = make.storefront("harbour")
    weighed(storefront)
    answered(storefront, right=19, wrong=1)

    words = seen(steward, "/review/bands/")

    assert (
        "0.999 to 1 Pairs 1,200 Audited 20 Right 19 Precision 0.7639 to 0.9911 Wait 0 "
        "No: it needs 543 more audits without an error" in words
    )


def test_a_band_nobody_has_audited_is_not_known_yet(steward):
    weighed(make.storefront("harbour"))

    words = seen(steward, "/review/bands/")

    assert (
        "0.990 to 0.999 Pairs 30 Audited 0 Right 0 Precision not known yet Wait 0 "
        "No: it needs 381 more audits without an error" in words
    )


def test_who_has_not_signed_in_reads_no_bands(client):
    assert client.get("/review/bands/").status_code in (302, 403)


def test_the_queue_leads_to_it(steward):
    assert "/review/bands/" in as_(steward).get("/review/").text


@pytest.mark.parametrize("shops", [1, 3])
def test_the_page_asks_as_much_for_each_storefront(
    steward, shops, django_assert_max_num_queries
):
    for _ in range(shops):
        weighed(make.storefront())
    reader = as_(steward)
    reader.get("/review/bands/")

    with django_assert_max_num_queries(16 + 4 * shops):
        reader.get("/review/bands/")
