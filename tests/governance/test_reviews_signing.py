"""Sign for a domain, agree on what is to be done, tick it off, and be reminded."""

from datetime import date, timedelta

import pytest

from governance import reviews
from governance.models import GovernanceEvent, HealthReview, Letter, ReviewAction, User
from tests import make
from tests.governance.reviews import AT, review, signed

pytestmark = pytest.mark.django_db


@pytest.fixture
def domain():
    return make.domain("orders")


def sign(opened: HealthReview, domain, by: User, remark: str = "All is well."):
    return reviews.sign(
        review_id=opened.pk, domain=domain.key, by=by, at=AT, remark=remark
    )


def agree(opened: HealthReview, by: User, **otherwise) -> ReviewAction:
    said = {"what": "Retire the tax note", "who": by, "due_on": date(2026, 5, 1)}
    return reviews.agree(review_id=opened.pk, by=by, at=AT, **{**said, **otherwise})


def with_mail(user: User) -> User:
    user.email = f"{user.username}@example.com"
    user.save()
    return user


def letters() -> list[tuple[str, str]]:
    return list(Letter.objects.order_by("pk").values_list("to", "subject"))


def test_an_owner_signs_in_a_sentence(domain):
    opened, owner = review(domain, make.domain("revenue")), make.owner(domain)

    after = sign(opened, domain, owner, "  Two rules were added.\0 ")

    [kept] = opened.signoffs.all()
    assert (kept.domain_id, kept.by, kept.remark, kept.at) == (
        "orders", owner, "Two rules were added.", AT,
    )  # fmt: skip
    assert after.is_open


def test_the_last_signature_closes_the_review_in_the_name_of_who_gave_it(domain):
    other = make.domain("revenue")
    opened = review(domain, other)
    sign(opened, domain, make.owner(domain))

    after = sign(opened, other, owner := make.owner(other))

    assert (after.closed_at, after.is_open) == (AT, False)
    closed = GovernanceEvent.objects.get(verb="closed")
    assert (closed.actor, closed.object_key) == (owner.username, opened.occasion)


def test_somebody_who_owns_two_domains_signs_for_each(domain):
    other = make.domain("revenue")
    opened, owner = review(domain, other), make.owner(domain, other)

    sign(opened, domain, owner)
    after = sign(opened, other, owner)

    assert not after.is_open


@pytest.mark.parametrize(
    "who",
    [make.domain_steward, lambda _: make.user(role="admin"), lambda _: make.owner()],
    ids=["a steward", "an administrator", "an owner of nothing"],
)
def test_who_does_not_own_the_domain_does_not_sign_for_it(domain, who):
    with pytest.raises(reviews.NotYours, match="Only an owner of the domain signs"):
        sign(review(domain), domain, who(domain))


def test_a_superusers_account_signs_for_nothing(domain):
    owner = make.superuser(make.owner(domain))

    with pytest.raises(reviews.NotYours):
        sign(review(domain), domain, owner)


def test_a_second_signature_names_who_was_first(domain):
    opened, first = review(domain, make.domain("revenue")), make.owner(domain)
    sign(opened, domain, first)

    with pytest.raises(reviews.AlreadySigned, match=f"{first} has signed for orders"):
        sign(opened, domain, make.owner(domain))


@pytest.mark.parametrize("remark", ["", "   ", "\0", " \n\t"], ids=repr)
def test_a_bare_signature_says_nothing(domain, remark):
    with pytest.raises(reviews.Unclear, match="Say in a sentence"):
        sign(review(domain), domain, make.owner(domain), remark)


def test_a_closed_review_is_not_signed(domain):
    opened, owner = review(domain), make.owner(domain)
    sign(opened, domain, owner)

    with pytest.raises(reviews.NotNow, match="is closed"):
        sign(opened, domain, owner)


def test_a_domain_that_is_not_asked_about_is_not_signed_for(domain):
    other = make.domain("revenue")

    with pytest.raises(reviews.NotNow, match="does not ask about revenue"):
        sign(review(domain), other, make.owner(other))


def test_what_is_to_be_done_has_a_person_and_a_day(domain):
    opened, owner = review(domain), make.owner(domain)
    who = with_mail(make.domain_steward(domain))

    made = agree(opened, owner, what=" Retire the tax note\0 ", who=who)

    assert (made.what, made.who, made.due_on, made.added_by, made.done_at) == (
        "Retire the tax note", who, date(2026, 5, 1), owner, None,
    )  # fmt: skip
    assert letters() == [(who.email, "Retire the tax note is yours")]


def test_nobody_is_written_to_of_what_they_took_on_themselves(domain):
    agree(review(domain), with_mail(make.owner(domain)))

    assert letters() == []


@pytest.mark.parametrize(
    ("otherwise", "sentence"),
    [
        ({"what": "  "}, "Say what is to be done"),
        ({"what": "x" * 301}, "in at most 300 characters"),
        ({"due_on": date(2026, 4, 1)}, "01 April 2026 is over"),
    ],
    ids=["nothing", "too much", "the past"],
)
def test_what_nobody_could_do_is_refused(domain, otherwise, sentence):
    with pytest.raises(reviews.Unclear, match=sentence):
        agree(review(domain), make.owner(domain), **otherwise)


def test_it_may_be_due_on_the_day_itself(domain):
    made = agree(review(domain), make.owner(domain), due_on=AT.date())

    assert not made.is_late(AT.date())
    assert made.is_late(AT.date() + timedelta(days=1))


def test_who_has_left_is_given_nothing_to_do(domain):
    gone = make.owner(domain)
    gone.is_active = False
    gone.save()

    with pytest.raises(reviews.Unclear, match="has left"):
        agree(review(domain), make.owner(domain), who=gone)


def test_a_reader_agrees_on_nothing(domain):
    with pytest.raises(reviews.NotYours, match="You read what a review found"):
        agree(review(domain), make.user(), who=make.owner(domain))


def test_a_closed_review_agrees_on_nothing_more_and_is_still_acted_on(domain):
    opened, owner = review(domain), make.owner(domain)
    made = agree(opened, owner)
    sign(opened, domain, owner)

    with pytest.raises(reviews.NotNow, match="is closed"):
        agree(opened, owner)
    done = reviews.tick(action_id=made.pk, by=owner, at=AT)
    assert (done.done_at, done.done_by) == (AT, owner)


def test_who_does_it_and_who_asked_for_it_tick_it_off_and_nobody_else(domain):
    opened, owner, who = review(domain), make.owner(domain), make.owner(domain)
    theirs, mine = agree(opened, owner, who=who), agree(opened, owner, who=who)

    with pytest.raises(reviews.NotYours, match="says when it is done"):
        reviews.tick(action_id=theirs.pk, by=make.owner(domain), at=AT)
    done = [
        reviews.tick(action_id=each.pk, by=by, at=AT).done_by
        for each, by in ((theirs, who), (mine, owner))
    ]
    assert done == [who, owner]


def test_what_is_ticked_off_is_not_ticked_off_again(domain):
    made = agree(review(domain), owner := make.owner(domain))
    reviews.tick(action_id=made.pk, by=owner, at=AT)

    with pytest.raises(reviews.NotNow, match="ticked off already"):
        reviews.tick(action_id=made.pk, by=owner, at=AT)


def test_an_owner_owes_their_unsigned_domains_the_most_urgent_first(domain):
    other = make.domain("revenue")
    owner = make.owner(domain, other)
    later = review(domain, other, closes_by=AT + timedelta(days=30))
    sooner = review(domain, other, make.domain("privacy"))
    signed(sooner, other)

    owed = reviews.owed(owner, at=AT + timedelta(days=21, seconds=1))

    assert [
        (each.review, [one.key for one in each.domains], each.is_overdue)
        for each in owed
    ] == [(sooner, ["orders"], True), (later, ["orders", "revenue"], False)]


def test_nothing_is_owed_by_others_nor_of_closed_reviews(domain):
    opened, owner = review(domain), make.owner(domain)

    assert reviews.owed(make.domain_steward(domain), at=AT) == []
    assert reviews.owed(make.owner(make.domain("revenue")), at=AT) == []
    sign(opened, domain, owner)
    assert reviews.owed(owner, at=AT) == []


def test_who_is_late_is_written_to_once_and_who_has_signed_is_not(domain):
    other = make.domain("revenue")
    opened = review(domain, other)
    late, _in_time = with_mail(make.owner(domain)), with_mail(make.owner(other))
    signed(opened, other)
    after = opened.closes_by + timedelta(seconds=1)

    told = [reviews.remind(at=after) for _ in range(2)]

    assert told == [1, 1]
    assert letters() == [(late.email, "Overdue: health review, First quarter of 2026")]


def test_nobody_is_reminded_before_it_is_late(domain):
    opened = review(domain)
    with_mail(make.owner(domain))

    assert (reviews.remind(at=opened.closes_by), letters()) == (0, [])


def test_who_is_late_with_what_they_were_to_do_is_written_to(domain):
    who = with_mail(make.owner(domain))
    made = agree(review(domain, closes_by=AT + timedelta(days=900)), who)

    on_the_day = reviews.remind(at=make.moment("2026-05-01T23:00"))
    after = [reviews.remind(at=make.moment("2026-05-02T01:00")) for _ in range(2)]
    reviews.tick(action_id=made.pk, by=who, at=AT)

    assert (on_the_day, after, letters()) == (
        0, [1, 1], [(who.email, "Retire the tax note is late")],
    )  # fmt: skip
    assert reviews.remind(at=make.moment("2026-05-03")) == 0
