"""Several builds at once: which of them goes up, whatever was left lying."""

import threading

import pytest
from django.db import connection, transaction
from django.db.utils import OperationalError

from governance.models import CampaignRule, Channel
from measurement.models import Night, NightStep
from reporting import publish, tasks
from reporting.models import Build, Buyer, Reading
from tests import make
from tests.reporting import builds, shops

DRAWN = """
    buyer | on         | via
    ------+------------+-------
    ada   | 2026-01-05 | email
    bo    | 2026-01-06 | direct
"""
LATER = make.moment("2030-01-02")
LATEST = make.moment("2030-01-03")


@pytest.fixture
def step_id(db: None) -> int:
    night = Night.objects.create(started_at=builds.NOW)
    return NightStep.objects.create(
        night=night, position=1, task="reporting.publish", label="Publish"
    ).pk


def another_shop() -> None:
    shops.write(shops.drawn(DRAWN))


def a_rule_sends_mail_to(channel: str) -> CampaignRule:
    return CampaignRule.objects.create(
        position=1, channel=Channel.objects.get(key=channel), source="klaviyo"
    )


@pytest.mark.django_db
class TestABuildLeftLyingByANightThatEndedBeforePublishing:
    def test_never_replaces_what_a_later_night_put_up(self, step_id):
        another_shop()
        left = builds.computed()
        another_shop()
        newer = builds.published(LATER)

        told = tasks.publish(step_id=step_id)

        assert told["message"] == "Nothing new to publish."
        assert Build.objects.get(state="published") == newer
        left.refresh_from_db()
        assert left.state == "superseded"

    def test_does_not_go_up_when_all_is_again_as_it_was_published(self, step_id):
        another_shop()
        up = builds.published()
        rule = a_rule_sends_mail_to("display")
        left = builds.computed(LATER)
        rule.delete()

        told = (tasks.compute(step_id=step_id), tasks.publish(step_id=step_id))

        assert [one["message"] for one in told] == [
            f"Nothing new since {up}.",
            "Nothing new to publish.",
        ]
        assert Build.objects.get(state="published") == up
        left.refresh_from_db()
        assert left.state == "superseded"

    def test_goes_up_where_nothing_has_happened_since(self, step_id):
        another_shop()
        left = builds.computed()

        told = tasks.compute(step_id=step_id)
        tasks.publish(step_id=step_id)

        assert told["message"] == f"Nothing new since {left}."
        assert Build.objects.get(state="published") == left

    def test_is_refused_by_name_too(self):
        another_shop()
        left = builds.computed()
        another_shop()
        builds.computed(LATER)

        with pytest.raises(publish.AlreadySuperseded) as refused:
            publish.publish(build=left, at=LATEST)

        assert str(refused.value) == (
            f"Build {left.pk} was replaced by a later one. Compute anew instead of "
            f"publishing it again."
        )

    def test_leaves_the_people_of_the_newer_one_alone(self):
        another_shop()
        left = builds.computed()
        another_shop()
        newer = builds.computed(LATER)

        with pytest.raises(publish.AlreadySuperseded):
            publish.publish(build=left, at=LATEST)

        assert Buyer.objects.filter(build=newer).count() == 4
        assert publish.publish(build=newer, at=LATEST).state == "published"


@pytest.mark.django_db
class TestAHeldBuild:
    def test_is_judged_again_when_asked_and_forgets_its_reasons(self):
        shops.write(shops.drawn(DRAWN), key="corner")
        build = builds.computed()
        total = Reading.objects.get(build=build, metric="orders", dimensions={})
        Reading.objects.filter(pk=total.pk).update(value=3)
        held = publish.publish(build=build, at=builds.NOW)
        said = (held.state, held.message, held.published_at)
        Reading.objects.filter(pk=total.pk).update(value=2)

        again = publish.publish(build=held, at=LATER)

        assert said == (
            "held",
            "The channels of corner sum to 2 in orders, the storefront has 3. "
            "The months of corner sum to 2 in orders, the storefront has 3.",
            None,
        )
        assert (again.state, again.message, again.published_at) == (
            "published",
            "",
            LATER,
        )

    def test_stays_down_once_a_later_one_is_up(self):
        another_shop()
        held = builds.computed()
        Buyer.objects.filter(build=held).delete()
        publish.publish(build=held, at=builds.NOW)
        builds.published(LATER)

        with pytest.raises(publish.AlreadySuperseded, match="replaced by a later one"):
            publish.publish(build=held, at=LATEST)

    def test_says_everything_that_stands_against_it(self):
        shops.write(shops.drawn(DRAWN), key="corner")
        build = builds.computed()
        Buyer.objects.filter(build=build, channel__key="email").delete()

        held = publish.publish(build=build, at=builds.NOW)

        assert held.message == (
            "The readings count 1 buyers of corner by email, 0 can be looked into. "
            "Buyers of corner spent 10 and unknown ones 0; the storefront's revenue "
            "is 20."
        )


@pytest.mark.django_db
def test_what_breaks_while_it_is_computed_leaves_no_build_behind(monkeypatch):
    another_shop()
    up = builds.published()
    another_shop()

    def disk_is_full(*_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(publish, "_write_buyers", disk_is_full)
    with pytest.raises(OSError, match="No space left"):
        builds.computed(LATER)

    assert list(Build.objects.values_list("pk", "state")) == [(up.pk, "published")]
    assert set(Reading.objects.values_list("build", flat=True)) == {up.pk}
    assert Buyer.objects.filter(build=up).count() == 2


def test_two_who_publish_at_once_do_so_one_after_the_other(own_database):
    another_shop()
    builds.published()
    # Two processes computed at the same time, each without seeing the other's.
    first, second = (
        Build.objects.create(
            made_at=LATER,
            data_moment=LATER,
            identity_moment=LATER,
            digest=f"{number}",
            inputs={"storefronts": {}},
        )
        for number in range(2)
    )
    Reading.objects.all().delete()
    Buyer.objects.all().delete()
    ended: list[object] = []

    def publish_the_second() -> None:
        try:
            ended.append(publish.publish(build=second, at=LATEST).state)
        except Exception as error:
            ended.append(error)
        finally:
            connection.close()

    other = threading.Thread(target=publish_the_second)
    with transaction.atomic():
        publish.publish(build=first, at=LATER)
        other.start()
        _until_somebody_waits()
    other.join()

    assert ended == ["published"]
    assert list(Build.objects.order_by("pk").values_list("state", flat=True)) == [
        "superseded",
        "superseded",
        "published",
    ]


def _until_somebody_waits() -> None:
    """Return once another connection to this database waits for a lock of ours."""
    with connection.cursor() as cursor:
        for _ in range(2_000):
            cursor.execute(
                "select count(*), pg_sleep(0.005) from pg_locks join pg_database"
                " on pg_database.oid = pg_locks.database"
                " where datname = current_database() and not granted"
            )
            if cursor.fetchall()[0][0]:
                return
    raise OperationalError("Nobody waited within ten seconds.")
