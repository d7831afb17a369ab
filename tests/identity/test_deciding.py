"""Decisions one after another: what is stale, what contradicts, what the night makes of it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from identity import ledger, queue, stitching
from identity.models import Link, MatchCandidate, Merge
from tests import make
from tests.identity import drawn

pytestmark = pytest.mark.django_db

MONDAY, TUESDAY, WEDNESDAY = (make.moment(f"2026-03-0{day}") for day in (2, 3, 4))
PENDING, SAME, DIFFERENT = (
    MatchCandidate.Status(each) for each in ("pending", "same", "different")
)


@pytest.fixture
def steward():
    return make.user(role="steward")


@pytest.fixture
def family() -> drawn.Shop:
    """Three at one mailbox, whose names differ: three pairs wait."""
    shop = drawn.shop()
    shop.write("""
        record | name     | email
        crm 1  | Ann Bell | home@bell.example
        crm 2  | Tom Bell | home@bell.example
        crm 3  | Zoe Bell | home@bell.example
    """)
    stitching.stitch(at=MONDAY)
    return shop


def decide(decision, shop, one, other, by, at=TUESDAY):
    pair = MatchCandidate.objects.get(left=shop.record(one), right=shop.record(other))
    return decision(candidate_id=pair.pk, by=by, reason="I asked them.", at=at)


def waiting() -> list[tuple[str, str]]:
    """Return who is still asked about, by first name."""
    pairs = MatchCandidate.objects.undecided().order_by("pk")
    return list(pairs.values_list("left__first_name", "right__first_name"))


def test_every_two_of_three_are_asked_about(family):
    assert waiting() == [("Ann", "Tom"), ("Ann", "Zoe"), ("Tom", "Zoe")]


def test_two_yeses_answer_the_third_question(family, steward):
    decide(queue.approve, family, "crm 1", "crm 2", steward)
    decide(queue.approve, family, "crm 1", "crm 3", steward)

    assert waiting() == []
    with pytest.raises(queue.SamePerson):
        decide(queue.approve, family, "crm 2", "crm 3", steward)


def test_a_yes_and_a_no_leave_the_third_question_and_one_answer_to_it(family, steward):
    decide(queue.approve, family, "crm 1", "crm 2", steward)
    decide(queue.reject, family, "crm 1", "crm 3", steward)

    with pytest.raises(queue.SaidDifferent):
        decide(queue.approve, family, "crm 2", "crm 3", steward)
    decide(queue.reject, family, "crm 2", "crm 3", steward)

    assert waiting() == []
    assert family.people() == ["crm 1 + crm 2", "crm 3"]


@pytest.mark.parametrize("decision", [queue.approve, queue.reject])
def test_the_night_after_a_decision_changes_nothing_and_asks_nothing_new(
    family, steward, decision
):
    decide(decision, family, "crm 1", "crm 2", steward)
    before = family.people(), waiting()

    stitched = stitching.stitch(at=WEDNESDAY)

    assert stitched.linked == 0
    assert (family.people(), waiting()) == before
    assert stitching.stitch(at=WEDNESDAY).message == "Nothing new was said of anybody."


def test_a_refused_decision_changes_nothing_at_all(family, steward):
    decide(queue.reject, family, "crm 1", "crm 2", steward)
    decide(queue.approve, family, "crm 1", "crm 3", steward)
    links = list(Link.objects.order_by("pk").values())
    pairs = list(MatchCandidate.objects.order_by("pk").values())

    with pytest.raises(queue.SaidDifferent):
        decide(queue.approve, family, "crm 2", "crm 3", steward)

    assert list(Link.objects.order_by("pk").values()) == links
    assert list(MatchCandidate.objects.order_by("pk").values()) == pairs
    assert Merge.objects.count() == 1


def test_a_person_joined_twice_is_told_as_of_each_moment(family, steward):
    records = [family.record(f"crm {number}").pk for number in (1, 2, 3)]
    decide(queue.approve, family, "crm 1", "crm 2", steward, at=TUESDAY)
    decide(queue.approve, family, "crm 2", "crm 3", steward, at=WEDNESDAY)

    an_instant = timedelta(microseconds=1)
    moments = [TUESDAY - an_instant, TUESDAY, WEDNESDAY - an_instant, WEDNESDAY]
    people = [
        len(set(ledger.people_of(record_ids=records, as_of=moment).values()))
        for moment in moments
    ]
    assert people == [3, 2, 2, 1]
    assert ledger.overlapping() == []


def test_a_pair_whose_records_joined_others_since_joins_those_too(family, steward):
    family.write("""
        record  | name     | email
        guest 7 | Ann Bell | home@bell.example
        guest 8 | Tom Bell | home@bell.example
    """)
    stitching.stitch(at=TUESDAY)

    decide(queue.approve, family, "crm 1", "crm 2", steward, at=WEDNESDAY)

    assert family.people() == ["crm 1 + crm 2 + guest 7 + guest 8", "crm 3"]


def test_what_was_said_of_a_record_is_said_of_its_person(family, steward):
    """Zoe's guest checkout is Zoe: Ann and that checkout were told apart, too."""
    decide(queue.reject, family, "crm 1", "crm 3", steward)
    family.write([drawn.Row("guest 9", "Zoe Bell", "home@bell.example")])

    stitching.stitch(at=WEDNESDAY)

    assert family.people() == ["crm 1", "crm 2", "crm 3 + guest 9"]
    assert waiting() == [("Ann", "Tom"), ("Tom", "Zoe")]


def test_a_decision_overtaken_by_another_binds_all_it_joined(family, steward):
    """Whoever waited for a colleague's merge decided earlier and merges later."""
    decide(queue.approve, family, "crm 1", "crm 2", steward, at=WEDNESDAY)
    kept = Link.objects.as_of(None).filter(record=family.record("crm 1"))
    kept.update(started_at=WEDNESDAY)

    merge = decide(queue.approve, family, "crm 1", "crm 3", steward, at=TUESDAY)

    assert merge.at == WEDNESDAY + timedelta(microseconds=1)
    stitching.stitch(at=WEDNESDAY + timedelta(days=1))
    assert family.people() == ["crm 1 + crm 2 + crm 3"]


def test_a_pair_that_is_not_there_is_nobodys_to_decide(steward):
    with pytest.raises(MatchCandidate.DoesNotExist):
        queue.approve(candidate_id=0, by=steward, reason="Why not.", at=MONDAY)


@pytest.mark.parametrize("reason", ["", " ", "\t\n", "\u00a0", "\x00", " \x00 "])
@pytest.mark.parametrize("decision", [queue.approve, queue.reject])
def test_a_reason_nobody_can_read_is_none(steward, decision, reason):
    pair = make.candidate()

    with pytest.raises(queue.NoReason):
        decision(candidate_id=pair.pk, by=steward, reason=reason, at=MONDAY)

    pair.refresh_from_db()
    assert pair.status == PENDING


class TestInTheQueue:
    """The same, as a browser sends it."""

    @pytest.fixture
    def client(self, steward) -> Client:
        client = Client()
        client.force_login(steward)
        return client

    def send(self, client: Client, pair: MatchCandidate, **fields: str) -> list[str]:
        page = reverse("admin:identity_matchcandidate_change", args=[pair.pk])
        answer = client.post(page, fields, follow=True)
        return [str(message) for message in answer.context["messages"]]

    def test_a_decision_sent_twice_says_who_was_first(self, client, steward):
        pair = make.candidate()

        first = self.send(client, pair, _different="1")
        second = self.send(client, pair, _same="1")

        pair.refresh_from_db()
        assert first == [f"Kept apart: {pair}."]
        assert second[0].startswith(f"{steward} has decided this pair at ")
        assert pair.status == DIFFERENT

    def test_two_buttons_at_once_merge_nobody_twice(self, client):
        pair = make.candidate()

        self.send(client, pair, _same="1", _different="1")

        pair.refresh_from_db()
        assert (pair.status, Merge.objects.count()) == (SAME, 1)

    @pytest.mark.parametrize("typed", ["", "   ", "\x00"])
    def test_a_reason_left_out_says_where_it_was_decided(self, client, typed):
        pair = make.candidate()

        self.send(client, pair, _same="1", reason=typed)

        pair.refresh_from_db()
        assert pair.reason == "Decided in the review queue."

    def test_a_reason_is_kept_without_what_no_database_holds(self, client):
        pair = make.candidate()

        self.send(client, pair, _same="1", reason="  Same\x00 street, <b>№ 7</b> ")

        pair.refresh_from_db()
        assert pair.reason == "Same street, <b>№ 7</b>"

    def test_a_page_of_a_pair_escapes_what_people_typed(self, client):
        pair = make.candidate(make.record("<b>Ada</b>"), make.record("Bo"))
        page = reverse("admin:identity_matchcandidate_change", args=[pair.pk])

        shown = client.get(page).content.decode()

        assert "<b>Ada</b>" not in shown
        assert "&lt;b&gt;Ada&lt;/b&gt;" in shown

    def test_nobody_decides_by_following_a_link(self, client):
        pair = make.candidate()
        page = reverse("admin:identity_matchcandidate_change", args=[pair.pk])

        client.get(page, {"_same": "1"})

        pair.refresh_from_db()
        assert pair.status == PENDING

    @pytest.mark.parametrize("action", ["approve", "reject", "delete_selected"])
    @pytest.mark.parametrize("role", ["auditor", "privacy", "data_owner", "admin"])
    def test_nobody_else_decides_many_at_once(self, role, action):
        pair = make.candidate()
        client = Client()
        client.force_login(make.user(role=role))
        queue = reverse("admin:identity_matchcandidate_changelist")

        client.post(queue, {"action": action, "_selected_action": [pair.pk]})

        pair.refresh_from_db()
        assert (pair.status, Merge.objects.count()) == (PENDING, 0)

    def test_a_steward_who_lost_the_role_is_shown_no_way_to_decide(
        self, client, steward
    ):
        pair = make.candidate()
        make.seated(steward, "auditor")

        answer = client.post(
            reverse("admin:identity_matchcandidate_change", args=[pair.pk]),
            {"_same": "1"},
        )

        assert answer.status_code == 403

    @pytest.mark.parametrize("model", ["matchcandidate", "person", "merge"])
    def test_a_list_without_rows_is_a_page(self, client, model):
        page = client.get(reverse(f"admin:identity_{model}_changelist"))

        assert page.status_code == 200
        assert list(page.context["cl"].result_list) == []

    @pytest.mark.parametrize("asked", [{"q": "\x00"}, {"q": "'--"}, {"standing": "x"}])
    def test_odd_questions_are_answered_with_a_page(self, client, asked):
        make.candidate()
        queue = reverse("admin:identity_matchcandidate_changelist")

        assert client.get(queue, asked).status_code == 200

    def test_pairs_are_found_by_either_side(self, client):
        left = make.candidate(make.record("Ada Byron"), make.record("Bo Reed"))
        right = make.candidate(make.record("Cleo Hart"), make.record("Dan Byron"))
        make.candidate(make.record("Eve Moss"), make.record("Finn Moss"))
        queue = reverse("admin:identity_matchcandidate_changelist")

        found = client.get(queue, {"q": "byron"}).context["cl"].result_list

        assert list(found) == [left, right]

    def test_merges_are_listed_the_latest_first(self, client):
        kept = make.person()
        early, late = (
            Merge.objects.create(
                kept=kept, absorbed=make.person(), at=at, reason="Rule."
            )
            for at in (MONDAY, TUESDAY)
        )

        page = client.get(reverse("admin:identity_merge_changelist"))

        assert list(page.context["cl"].result_list) == [late, early]
