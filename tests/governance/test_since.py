"""What others did since somebody was last at their desk, and since when that is."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from governance import changes, since
from governance.models import User, Visit
from tests import make
from tests.governance import requests
from tests.governance.pages import press, seen
from tests.governance.requests import AT, digest

pytestmark = pytest.mark.django_db
LONG_AGO = datetime.min.replace(year=2000, tzinfo=AT.tzinfo)


def told(user: User, *, after: datetime = LONG_AGO) -> list[tuple[str, str, str]]:
    return [(each.by, each.did, each.words) for each in since.news(user, since=after)]


def minutes(number: float) -> datetime:
    return AT + timedelta(minutes=number)


def test_the_first_time_nobody_had_come_before():
    ada = make.user()

    assert [since.come(ada, at=minutes(n)) for n in (0, 1, 29)] == [None] * 3


@pytest.mark.parametrize(
    ("away", "before"), [(29.99, None), (30, minutes(0)), (60 * 24, minutes(0))]
)
def test_who_was_away_for_half_an_hour_comes_anew(away, before):
    ada = make.user()
    since.come(ada, at=minutes(0))

    assert since.come(ada, at=minutes(away)) == before


def test_a_visit_is_written_down_once_however_many_pages_it_has(
    django_assert_num_queries,
):
    ada = make.user()
    since.come(ada, at=minutes(0))
    since.come(ada, at=minutes(40))

    with django_assert_num_queries(2) as asked:
        answers = [since.come(ada, at=minutes(n)) for n in (41, 69)]

    assert answers == [minutes(0)] * 2
    assert [each["sql"].partition(" ")[0] for each in asked] == ["SELECT"] * 2


def test_each_has_visits_of_their_own():
    ada, bo = make.user(), make.user()
    since.come(ada, at=minutes(0))

    assert since.come(bo, at=minutes(60)) is None


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0, 100), min_size=1, max_size=12))
def test_no_moment_falls_between_two_visits(gaps):
    """Whatever happens is told on the next page, or on the first of the next visit."""
    ada = make.user()
    at, last = AT, None
    for gap in gaps:
        at += timedelta(minutes=gap)
        told_since = since.come(ada, at=at)
        assert (told_since is None) == (Visit.objects.get(user=ada).before is None)
        assert told_since is None or told_since <= at - since.AWAY
        # What was told of last time began no earlier than what is told of now ends.
        assert told_since is None or last is None or told_since <= last
        last = at


def test_whoever_asked_reads_what_was_decided_and_said(domain, steward):
    owner, other = make.owner(domain), make.owner(domain)
    request = requests.in_review(requests.kpi(domain), by=steward)
    changes.approve(
        request_id=request.pk, digest=digest(request), by=owner, at=minutes(1)
    )
    changes.comment(
        request_id=request.pk, text="Why  90\ndays?", by=owner, at=minutes(2)
    )
    changes.reject(
        request_id=request.pk, digest=digest(request), by=other, at=minutes(3),
        comment="Too long.",
    )  # fmt: skip

    assert told(steward) == [
        (other.username, "rejected", "Too long."),
        (owner.username, "spoke of", "Why 90 days?"),
        (owner.username, "said yes to", ""),
    ]


def test_only_what_came_after_is_told(domain, steward):
    owner = make.owner(domain)
    request = requests.in_review(requests.kpi(domain), by=steward)
    for minute in (1, 2, 3):
        changes.comment(
            request_id=request.pk, text=f"{minute}", by=owner, at=minutes(minute)
        )

    assert [words for _by, _did, words in told(steward, after=minutes(2))] == ["3"]


def test_nobody_is_told_what_they_did_themselves(domain, steward):
    request = requests.in_review(requests.kpi(domain), by=steward)
    changes.comment(request_id=request.pk, text="Please.", by=steward, at=minutes(1))

    assert told(steward) == []


def test_what_is_said_of_others_requests_is_not_told(domain, steward):
    request = requests.in_review(requests.kpi(domain), by=steward)
    changes.comment(request_id=request.pk, text="Hm.", by=make.owner(domain), at=AT)

    assert told(make.domain_steward(domain)) == []


def test_who_wrote_a_part_reads_what_is_said_of_it(domain, steward):
    other = make.domain_steward(domain)
    request = requests.draft(requests.kpi(domain), by=steward)
    changes.revise(
        request_id=request.pk, operations=[requests.kpi(domain, window_days=30)],
        by=other, at=AT,
    )  # fmt: skip
    changes.comment(request_id=request.pk, text="Hm.", by=make.owner(domain), at=AT)

    assert [words for _by, _did, words in told(other)] == ["Hm."]


def test_who_answers_for_a_domain_reads_what_took_effect_in_it(domain):
    owner, elsewhere = make.owner(domain), make.owner(make.domain("orders"))
    request = requests.applied(requests.kpi(domain), domain=domain)

    by = request.application.by.username
    assert told(owner) == [(by, "put into effect", "")]
    assert told(make.domain_steward(domain)) == [(by, "put into effect", "")]
    assert told(elsewhere) == []


def test_what_left_a_domain_is_told_to_those_it_left(domain):
    orders = make.domain("orders")
    requests.applied(requests.field(orders), domain=orders)
    left = make.owner(orders)
    by = make.domain_steward(domain)
    moving = requests.approved(
        requests.field(domain), by=by,
        approvers=[make.owner(domain, orders), make.owner(domain, orders)],
    )  # fmt: skip
    changes.apply(request_id=moving.pk, digest=digest(moving), by=by, at=minutes(5))

    assert told(left, after=minutes(1)) == [(by.username, "put into effect", "")]


def test_who_answers_for_nothing_reads_what_took_effect_anywhere(domain):
    requests.applied(requests.kpi(domain), domain=domain)

    assert [did for _by, did, _words in told(make.user())] == ["put into effect"]


def test_a_long_comment_is_cut_and_many_are_counted_out(domain, steward):
    owner = make.owner(domain)
    request = requests.in_review(requests.kpi(domain), by=steward)
    for minute in range(since.SHOWN + 5):
        changes.comment(
            request_id=request.pk, text=f"{minute} " + "word " * 100, by=owner,
            at=minutes(minute),
        )  # fmt: skip

    found = since.news(steward, since=LONG_AGO)

    assert len(found) == since.SHOWN
    assert (found[0].words[:3], len(found[0].words), found[0].words[-1]) == (
        "24 ",
        140,
        "…",
    )


def test_the_desk_tells_who_did_what(domain, steward):
    owner = make.owner(domain)
    owner.first_name = "Olga"
    owner.save()
    request = requests.in_review(requests.kpi(domain), by=steward)
    Visit.objects.create(user=steward, at=timezone.now() - timedelta(hours=1))
    press(owner, request, "comment", words="<b>Why</b> 90?")

    page = seen(steward, "/changes/")

    told_there = page.partition("Since your last visit")[2].partition("Asked by you")[0]
    assert "Olga spoke of A change : &lt;b&gt;Why&lt;/b&gt; 90?" in told_there


def test_the_desk_says_so_the_first_time_and_when_nothing_happened(steward):
    first = seen(steward, "/changes/")
    Visit.objects.filter(user=steward).update(at=timezone.now() - timedelta(hours=1))
    second = seen(steward, "/changes/")

    assert "You are here for the first time." in first
    assert "Nobody has said anything of what you asked for" in second
