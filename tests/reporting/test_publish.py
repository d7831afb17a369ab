"""What goes up, what is held back, and what stays."""

import threading
from decimal import Decimal

import pytest
from django.db import connection, transaction

from identity.models import Link, Person
from measurement.models import Order, OrderLine
from reporting import publish
from reporting.models import Build, Buyer, Reading
from tests import make
from tests.reporting import builds, shops

DRAWN = """
    buyer | on         | via
    ------+------------+-------
    ada   | 2026-01-05 | email
    bo    | 2026-01-06 | direct
"""


def states() -> list[str]:
    return list(Build.objects.order_by("pk").values_list("state", flat=True))


@pytest.mark.django_db
class TestAGoodBuild:
    def test_replaces_what_was_up(self):
        shops.write(shops.drawn(DRAWN))
        old = builds.published()
        shops.write(shops.drawn(DRAWN))

        new = builds.published(make.moment("2030-01-02"))

        assert states() == ["superseded", "published"]
        assert new.published_at == make.moment("2030-01-02")
        assert Reading.objects.published().exclude(build=new).count() == 0
        assert Reading.objects.filter(build=old).exists()

    def test_takes_the_people_of_the_old_one_away(self):
        shops.write(shops.drawn(DRAWN))
        builds.published()
        shops.write(shops.drawn(DRAWN))

        new = builds.published()

        assert set(Buyer.objects.values_list("build", flat=True)) == {new.pk}
        assert Buyer.objects.count() == 4

    def test_goes_up_once(self):
        shops.write(shops.drawn(DRAWN))
        build = builds.published()

        again = publish.publish(build=build, at=make.moment("2030-01-02"))

        assert again.published_at == builds.NOW

    def test_comes_not_back_when_a_later_one_has_replaced_it(self):
        shops.write(shops.drawn(DRAWN))
        old = builds.published()
        shops.write(shops.drawn(DRAWN))
        builds.published()

        with pytest.raises(publish.AlreadySuperseded, match="replaced by a later one"):
            publish.publish(build=old, at=builds.NOW)

    def test_says_from_what_it_was_computed(self):
        shops.write(shops.drawn(DRAWN), key="corner")

        inputs = builds.computed().inputs

        assert inputs["rows"] == {
            "placed": 2,
            "lines": 2,
            "refunds": 0,
            "costs": 0,
            "visits": 2,
            "spend": 0,
            "storefronts": 1,
            "months": 1,
        }
        assert inputs["storefronts"]["corner"] == {
            "data_moment": "2026-01-06T12:00:00Z",
            "data_on": "2026-01-06",
            "nobodys_orders": 0,
            "nobodys_revenue": "0.00000000",
        }


@pytest.mark.django_db
class TestABadBuildIsHeldBack:
    @pytest.fixture
    def up(self) -> Build:
        shops.write(shops.drawn(DRAWN), key="corner")
        return builds.published()

    @pytest.fixture
    def next_one(self, up: Build) -> Build:
        shops.write(shops.drawn(DRAWN), key="other")
        return builds.computed()

    def held(self, build: Build) -> str:
        before = Reading.objects.published().count()
        build = publish.publish(build=build, at=builds.NOW)
        assert states() == ["published", "held"]
        assert Reading.objects.published().count() == before
        return build.message

    def test_where_the_channels_do_not_sum_to_the_total(self, next_one):
        changed = Reading.objects.get(
            build=next_one,
            storefront__key="corner",
            metric="revenue",
            dimensions={"channel": "email"},
        )
        changed.value += Decimal("0.000001")
        changed.save()

        assert self.held(next_one) == (
            "The channels of corner sum to 20.000001 in revenue, the storefront has 20."
        )

    def test_where_a_buyer_cannot_be_looked_into(self, next_one):
        Buyer.objects.filter(
            build=next_one, storefront__key="other", channel__key="direct"
        ).update(channel=Buyer.objects.filter(channel__key="email")[0].channel)

        assert self.held(next_one) == (
            "The readings count 1 buyers of other by direct, 0 can be looked into. "
            "The readings count 1 buyers of other by email, 2 can be looked into."
        )

    def test_where_what_buyers_spent_is_not_the_revenue(self, next_one):
        buyer = Buyer.objects.filter(build=next_one, storefront__key="corner")[0]
        buyer.revenue += 1
        buyer.save()

        assert self.held(next_one) == (
            "Buyers of corner spent 21 and unknown ones 0; the "
            "storefront's revenue is 20."
        )

    def test_where_a_storefront_has_fallen_silent(self, next_one):
        Reading.objects.filter(build=next_one, storefront__key="corner").delete()
        Buyer.objects.filter(build=next_one, storefront__key="corner").delete()

        assert self.held(next_one) == (
            "There is no reading of corner, and the published build has some."
        )

    def test_where_a_record_belonged_to_two_people(self, up):
        link = Link.objects.all()[0]
        Link.objects.create(
            record=link.record,
            person=Person.objects.create(made_at=shops.LONG_AGO),
            started_at=shops.LONG_AGO,
            ended_at=make.moment("2031-01-01"),
            reason="steward",
        )

        message = self.held(builds.computed())

        assert message.endswith(
            "1 customer records belonged to two people at once at 2030-01-01 00:00 UTC."
        )

    def test_where_a_record_was_two_people_at_some_earlier_time(self, up):
        link = Link.objects.all()[0]
        for days in (("2018-01-01", "2018-02-01"), ("2018-01-31", "2018-03-01")):
            started_at, ended_at = map(make.moment, days)
            Link.objects.create(
                record=link.record,
                person=link.person,
                started_at=started_at,
                ended_at=ended_at,
                reason="email",
            )

        message = self.held(builds.computed())

        assert message == (
            f"Customer records belonged to two people at once at some time: "
            f"{link.record_id}."
        )

    def test_where_a_line_belongs_to_no_order(self, next_one):
        OrderLine.objects.filter(order=Order.objects.all()[0]).update(order=10**9)

        assert self.held(next_one) == (
            "In 1 rows of order lines the order they name is not there."
        )

    def test_and_the_next_good_one_goes_up(self, next_one):
        Reading.objects.filter(build=next_one, storefront__key="corner").delete()
        publish.publish(build=next_one, at=builds.NOW)

        good = builds.published(make.moment("2030-01-02"))

        assert states() == ["superseded", "held", "published"]
        assert good.pk != next_one.pk


@pytest.mark.django_db
class TestWithNothingNew:
    def test_nothing_is_computed(self, snapshot_folder):
        shops.write(shops.drawn(DRAWN))
        first = builds.computed()
        written = {file.stat().st_mtime_ns for file in snapshot_folder.rglob("*")}

        second = builds.computed(make.moment("2030-01-02"))

        assert (second, Build.objects.count()) == (first, 1)
        assert {
            file.stat().st_mtime_ns for file in snapshot_folder.rglob("*")
        } == written

    def test_a_build_that_was_held_back_is_computed_again(self):
        shops.write(shops.drawn(DRAWN))
        held = builds.computed()
        Buyer.objects.filter(build=held).delete()
        publish.publish(build=held, at=builds.NOW)

        assert builds.computed() != held


@pytest.mark.django_db
def test_no_sales_at_all_are_a_build_without_readings():
    build = builds.published()

    assert (build.state, Reading.objects.count()) == ("published", 0)


def test_readers_see_the_old_numbers_until_the_new_are_up(own_database):
    shops.write(shops.drawn(DRAWN))
    old = builds.published()
    shops.write(shops.drawn(DRAWN))
    new = builds.computed()
    seen = []

    def read() -> None:
        seen.append(set(Reading.objects.published().values_list("build", flat=True)))
        connection.close()

    with transaction.atomic():
        publish.publish(build=new, at=builds.NOW)
        reader = threading.Thread(target=read)
        reader.start()
        reader.join()
    read()

    assert seen == [{old.pk}, {new.pk}]
