"""The pages of health reviews: read by everybody, signed by owners, acted on by some."""

from datetime import timedelta

import pytest
from django.utils import timezone

from governance import reviews
from governance.models import HealthReview, ReviewAction
from governance.roles import ROLES
from tests import make
from tests.governance.pages import as_, refusal, seen
from tests.governance.reviews import AT, review, signed

pytestmark = pytest.mark.django_db

EVIL = "<script>alert(1)</script>"


@pytest.fixture
def domain():
    return make.domain("orders")


def at(opened: HealthReview, *verb: object) -> str:
    return "/".join(["/playbook/reviews", str(opened.pk), *map(str, verb), ""])


def opened_now(*domains, **said) -> HealthReview:
    now = timezone.now()
    return review(*domains, opened_at=now, closes_by=now + timedelta(days=21), **said)


def pressed(user, opened: HealthReview, *verb: object, **typed):
    return as_(user).post(at(opened, *verb), typed)


@pytest.mark.parametrize("role", [role.key for role in ROLES])
def test_every_role_reads_the_reviews(domain, role):
    opened = review(domain)
    client = as_(make.user(role=role))

    answered = [
        client.get(path).status_code for path in ("/playbook/reviews/", at(opened))
    ]

    assert answered == [200, 200]


def test_nobody_reads_a_review_without_signing_in(client, domain):
    opened = review(domain)

    assert client.get(at(opened)).url == f"/sign-in/?next={at(opened)}"


def test_a_review_that_is_not_there_is_said_in_words(domain):
    answer = as_(make.user()).get("/playbook/reviews/77/")

    assert (answer.status_code, "There is no such page" in answer.text) == (404, True)


def test_an_owner_is_offered_to_sign_for_their_own_domain_alone(domain):
    other = make.domain("revenue")
    opened = review(domain, other)

    words = {
        who: [f"Sign for {each}" in seen(user, at(opened)) for each in ("Orders", "Revenue")]
        for who, user in {
            "owner": make.owner(domain), "steward": make.domain_steward(domain),
            "viewer": make.user(),
        }.items()
    }  # fmt: skip

    assert words == {
        "owner": [True, False], "steward": [False, False], "viewer": [False, False],
    }  # fmt: skip


def test_an_owner_signs_and_everybody_reads_what_they_said(domain):
    opened, owner = review(domain, make.domain("revenue")), make.owner(domain)

    answer = pressed(
        owner, opened, "sign", domain="orders", remark="Two rules were added."
    )

    assert (answer.status_code, answer.url) == (302, at(opened))
    page = seen(make.user(), at(opened))
    assert "Two rules were added." in page and owner.username in page
    assert "1 of 2 have signed" in page


def test_a_refused_signature_says_why(domain):
    opened = review(domain)

    stranger = pressed(make.user(), opened, "sign", domain="orders", remark="Well.")
    bare = pressed(make.owner(domain), opened, "sign", domain="orders", remark=" ")
    unasked = pressed(make.owner(domain), opened, "sign", remark="Well.")

    assert [
        (each.status_code, refusal(each)) for each in (stranger, bare, unasked)
    ] == [
        (403, "Only an owner of the domain signs for it."),
        (409, "Say in a sentence how it stands: a bare signature says nothing."),
        (409, "This review does not ask about ."),
    ]


def test_signing_is_no_link(domain):
    opened = review(domain)

    answer = as_(make.owner(domain)).get(at(opened, "sign"))

    assert answer.status_code == 405


def test_what_is_to_be_done_is_written_down_and_ticked_off(domain):
    opened, owner = opened_now(domain), make.owner(domain)
    due = (timezone.now() + timedelta(days=9)).date()

    answer = pressed(
        owner, opened, "agree", what="Retire the tax note", who=owner.pk, due_on=due
    )
    made = ReviewAction.objects.get()
    done = pressed(owner, opened, "tick", made.pk)

    made.refresh_from_db()
    assert (answer.status_code, done.status_code) == (302, 302)
    assert (made.what, made.due_on, made.done_by) == ("Retire the tax note", due, owner)


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"what": "x", "who": "0", "due_on": "2026-13-40"},
        {"what": "x\0", "who": "me", "due_on": "tomorrow"},
        {"what": "x" * 301, "who": "9" * 5000, "due_on": "0001-01-01"},
    ],
    ids=["nothing", "no day", "no person", "too much"],
)
def test_what_cannot_be_understood_is_said_beside_it(domain, typed):
    opened = opened_now(domain)

    answer = pressed(make.owner(domain), opened, "agree", **typed)

    assert (answer.status_code, ReviewAction.objects.count()) == (409, 0)
    assert 'class="wrong"' in answer.text


def test_nobody_who_left_or_only_reads_is_offered_to_do_it(domain):
    owner, gone, reader = make.owner(domain), make.owner(domain), make.user()
    gone.is_active = False
    gone.save()

    answer = as_(owner).get(at(opened_now(domain)))

    offered = answer.context["typed"].fields["who"].queryset
    assert owner in offered and not {gone, reader} & set(offered)


def test_a_reader_is_offered_nothing_to_press(domain):
    page = as_(make.user()).get(at(opened_now(domain))).text

    assert "Write it down" not in page and "Sign for" not in page


def test_an_action_of_another_review_is_not_there(domain):
    owner = make.owner(domain)
    opened, other = opened_now(domain), opened_now(domain)
    made = reviews.agree(
        review_id=other.pk, what="x", who=owner, due_on=timezone.now().date(), by=owner,
        at=timezone.now(),
    )  # fmt: skip

    assert pressed(owner, opened, "tick", made.pk).status_code == 404


def test_the_facts_are_those_of_the_day_it_was_opened(domain):
    told = {
        "what": "Rejected rows", "value": "12", "words": "of 4,000 read",
        "is_well": False, "rows": [["till/orders", "12 of 4,000"]],
    }  # fmt: skip
    section = {"title": "Loading", "facts": [told]}
    opened = review(domain, facts={"domains": [], "sections": [section]})

    page = seen(make.user(), at(opened))

    assert "Rejected rows look at it 12 of 4,000 read till/orders 12 of 4,000" in page


def test_what_people_wrote_is_text(domain):
    opened, owner = opened_now(domain, make.domain("revenue"), title=EVIL, reason=EVIL), make.owner(domain)  # fmt: skip
    pressed(owner, opened, "sign", domain="orders", remark=EVIL)
    pressed(
        owner, opened, "agree", what=EVIL, who=owner.pk, due_on=timezone.now().date()
    )

    pages = [as_(owner).get(path).text for path in ("/playbook/reviews/", at(opened), "/changes/")]  # fmt: skip

    assert [EVIL in page for page in pages] == [False] * 3
    assert pages[1].count("&lt;script&gt;") >= 4


def test_the_list_says_how_each_stands(domain):
    review(domain, title="Long ago", opened_at=AT - timedelta(days=90), closes_by=AT)
    opened_now(domain, title="Just now")
    closed = review(domain, title="Done")
    signed(closed, domain)
    HealthReview.objects.filter(pk=closed.pk).update(closed_at=AT)

    rows = as_(make.user()).get("/playbook/reviews/").context["rows"]

    assert [
        (review.title, signatures, is_overdue)
        for review, signatures, _to_do, is_overdue in rows
    ] == [("Just now", 0, False), ("Done", 1, False), ("Long ago", 0, True)]


def test_the_list_costs_the_same_for_one_review_and_for_twenty(
    domain, django_assert_num_queries
):
    client = as_(make.user())
    review(domain)
    client.get("/playbook/reviews/")
    with django_assert_num_queries(6):
        client.get("/playbook/reviews/")

    for _ in range(19):
        signed(review(domain), domain)

    with django_assert_num_queries(6):
        assert len(client.get("/playbook/reviews/").context["rows"]) == 20


def test_the_desk_says_which_review_waits_for_whom_and_that_it_is_late(domain):
    late, owner = review(domain), make.owner(domain)
    opened_now(domain, title="This quarter")

    words = seen(owner, "/changes/")

    assert "Overdue: the health review First quarter of 2026 waits for you" in words
    assert "To sign: the health review This quarter waits for you" in words
    assert "waits for you to sign" not in seen(make.domain_steward(domain), "/changes/")
    signed(late, domain)
    assert "Overdue" not in seen(owner, "/changes/")
