"""An answer asked for again: as the first one was, and told to nobody else."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from governance import tokens
from governance.models import ApiToken
from reporting.models import Build
from tests import make, published
from tests.reporting import year

pytestmark = pytest.mark.django_db

# Whether an answer still stands is asked past Django, which counts its own questions alone.
BOARD = "/api/v1/boards/growth"
KEPT = ("ETag", "Content-Type", "Cache-Control", "Content-Security-Policy")


@pytest.fixture(autouse=True)
def nobody_has_asked() -> None:
    cache.clear()


def token(by=None, **lives: float) -> str:
    made = tokens.make(
        name=f"program {make.number()}", scope="read",
        lives=timedelta(**(lives or {"days": 1})), by=by or make.user(),
        at=timezone.now(),
    )  # fmt: skip
    return made.secret


def ask(secret: str, address: str = BOARD, **headers: str):
    return Client().get(
        address, headers={"Authorization": f"Bearer {secret}", **headers}
    )


def asked_three_times(secret: str):
    """Return the answer of the first time; the second one is kept, and so is a third."""
    first = ask(secret)
    assert [ask(secret).status_code for _ in range(2)] == [200, 200]
    return first


def test_the_same_answer_comes_without_asking_for_anything_but_whether_it_stands(
    django_assert_num_queries,
):
    year.shop(published.build())
    secret = token()
    first = asked_three_times(secret)

    with django_assert_num_queries(0):
        again = ask(secret)

    assert again.content == first.content
    assert [again[name] for name in KEPT] == [first[name] for name in KEPT]


def test_who_has_it_is_told_so_as_soon(django_assert_num_queries):
    year.shop(published.build())
    secret = token()
    first = asked_three_times(secret)

    with django_assert_num_queries(0):
        again = ask(secret, **{"If-None-Match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")


def revoked(secret: str) -> None:
    ApiToken.objects.update(revoked_at=timezone.now())


def left(secret: str) -> None:
    user = ApiToken.objects.get().user
    user.is_active = False
    user.save()


def lost_their_role(secret: str) -> None:
    make.seated(ApiToken.objects.get().user)


@pytest.mark.parametrize(
    ("happened", "status"),
    [(revoked, 401), (left, 401), (lost_their_role, 403)],
)
def test_who_is_not_heard_any_more_is_told_nothing(happened, status):
    year.shop(published.build())
    secret = token()
    first = asked_three_times(secret)
    happened(secret)

    again = ask(secret, **{"If-None-Match": first["ETag"]})

    assert again.status_code == status
    assert b"tiles" not in again.content


def later(monkeypatch, **time: float) -> None:
    """Let it be later."""
    then = timezone.now() + timedelta(**time)
    monkeypatch.setattr(timezone, "now", lambda: then)


def test_a_token_that_ran_out_is_told_nothing(monkeypatch):
    year.shop(published.build())
    secret = token(hours=1)
    asked_three_times(secret)
    later(monkeypatch, hours=1)

    assert ask(secret).status_code == 401


def test_the_next_build_is_another_answer():
    build = published.build()
    shop = year.shop(build)
    secret = token()
    first = asked_three_times(secret)
    Build.objects.filter(pk=build.pk).update(state=Build.State.SUPERSEDED)
    year.shop(published.build(at=published.AT + timedelta(days=1)), times=2, of=shop)

    again = ask(secret, **{"If-None-Match": first["ETag"]})

    assert again.status_code == 200
    assert again.json()["tiles"][0]["number"]["value"] == "20000.00000000"


def test_a_shop_that_is_called_otherwise_is_another_answer():
    shop = year.shop(published.build(), of=make.storefront("shore"))
    secret = token()
    asked_three_times(secret)
    shop.key = "coast"
    shop.save()

    assert ask(secret).json()["storefront"] == "coast"


def test_what_one_was_told_is_not_what_another_is():
    year.shop(published.build())
    asked_three_times(token())
    nobody = make.user()
    other = token(nobody)
    make.seated(nobody)

    assert ask(other).status_code == 403


def test_who_may_do_everything_is_told_too(django_assert_num_queries):
    year.shop(published.build())
    somebody = make.user()
    secret = token(somebody)
    make.superuser(make.seated(somebody))
    asked_three_times(secret)

    with django_assert_num_queries(0):
        assert ask(secret).status_code == 200


def test_asking_again_and_again_is_counted(settings):
    settings.API_A_MINUTE = {"reads": 4, "writes": 1}
    year.shop(published.build())
    secret = token()

    answered = [ask(secret).status_code for _ in range(6)]

    assert answered == [200, 200, 200, 200, 429, 429]


def test_the_first_use_of_a_day_is_written_down(monkeypatch):
    year.shop(published.build())
    secret = token(days=9)
    asked_three_times(secret)
    first = ApiToken.objects.get().last_used_on
    later(monkeypatch, days=1)

    ask(secret)

    assert ApiToken.objects.get().last_used_on == first + timedelta(days=1)


def test_a_token_beside_a_session_is_refused_as_ever(reader):
    year.shop(published.build())
    secret = token()
    asked_three_times(secret)

    answer = reader.get(BOARD, headers={"Authorization": f"Bearer {secret}"})

    assert answer.status_code == 401


def test_a_refusal_is_not_kept():
    shop = make.storefront()
    secret = token()
    assert ask(secret).status_code == 404
    year.shop(published.build(), of=shop)

    assert ask(secret).status_code == 200


def test_an_answer_again_reads_no_number():
    year.shop(published.build())
    secret = token()
    asked_three_times(secret)

    with CaptureQueriesContext(connection) as asked:
        ask(secret)

    assert [one["sql"] for one in asked if "reporting_reading" in one["sql"]] == []
