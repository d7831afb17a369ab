"""One definition: as it stood, what stands around it, how it changed and will."""

from datetime import UTC, datetime

import pytest

from governance import changes, dictionary
from governance.changes import Proposed
from governance.models import Version
from tests import make
from tests.governance import requests
from tests.governance.requests import AT

pytestmark = pytest.mark.django_db


def channel(domain, key: str, name: str, position: int, **said) -> Proposed:
    return Proposed(
        "channel", key, domain.key, {"name": name, "position": position}, **said
    )


def mapping(domain, key: str, **rule) -> Proposed:
    return Proposed("mapping", key, domain.key, {"rule": rule})


def test_a_definition_says_what_held_at_the_moment(domain):
    requests.applied(requests.kpi(domain), domain=domain)
    before = Version.objects.get().valid_during.lower
    requests.applied(requests.kpi(domain, window_days=60), domain=domain)
    second = Version.objects.current().get().valid_during.lower

    now = dictionary.read("kpi", "ltv_90")
    then = dictionary.read("kpi", "ltv_90", at=before)
    turn = dictionary.read("kpi", "ltv_90", at=second)
    never = dictionary.read("kpi", "ltv_90", at=datetime(2020, 1, 1, tzinfo=UTC))

    assert [said.version.number for said in (now, then, turn)] == [2, 1, 2]
    assert (never.version, never.name) == (None, "Lifetime value, 90 days")


def test_nothing_is_read_that_was_never_defined(domain):
    requests.applied(requests.kpi(domain), domain=domain)

    for kind, key in [("kpi", "ltv_91"), ("field", "ltv_90"), ("kpi", "ltv_90\0")]:
        with pytest.raises(dictionary.NotDefined):
            dictionary.read(kind, key)


@pytest.fixture
def crm(domain):
    """A CRM whose contacts and leads are mapped."""
    shore = {"name": "Shore", "time_zone": "UTC", "currency": "USD"}
    source = {**shore, "name": "Shore CRM", "kind": "crm", "storefront": "shore"}
    requests.applied(
        Proposed("storefront", "shore", domain.key, shore),
        Proposed("source", "crm", domain.key, source),
        Proposed("stream", "crm/contacts", domain.key, {"position": 1, "grain": "customer"}),
        Proposed("stream", "crm/leads", domain.key, {"position": 2, "grain": "customer"}),
        domain=domain,
    )  # fmt: skip
    requests.applied(
        requests.field(domain),
        Proposed("ownership", "customer.email", domain.key, {"owner": "crm"}),
        mapping(domain, "crm/contacts:customer.source_id", column="id"),
        mapping(domain, "crm/contacts:customer.email", column="e_mail"),
        mapping(domain, "crm/leads:customer.source_id", column="id", prefix="lead:"),
        mapping(
            domain, "crm/leads:customer.email", columns=["mail", "login"],
            values={"none": ""},
        ),
        domain=domain,
    )  # fmt: skip
    return domain


def test_a_field_says_whose_value_counts_and_what_fills_it(crm):
    said = dictionary.read("field", "customer.email")

    assert [(line.label, line.words) for line in said.owned] == [
        ("Owner", "crm"), ("Fallbacks", "not said"), ("Survivorship", "newest"),
    ]  # fmt: skip
    assert [(flow.stream, flow.columns, flow.rule) for flow in said.flows] == [
        ("crm/contacts", ("e_mail",), "as it is"),
        (
            "crm/leads", ("mail", "login"),
            "the first filled of mail and login; “none” becomes nothing",
        ),
    ]  # fmt: skip


def test_a_field_is_not_filled_by_a_mapping_that_was_given_up(crm):
    given_up = Proposed(
        "mapping", "crm/leads:customer.email", crm.key, {"rule": {"column": "mail"}},
        state="retired",
    )  # fmt: skip
    requests.applied(given_up, domain=crm)

    said = dictionary.read("field", "customer.email")

    assert [flow.stream for flow in said.flows] == ["crm/contacts"]


def test_what_stands_around_a_stream_its_source_and_its_storefront_is_named(crm):
    named = [("stream", "crm/leads"), ("source", "crm"), ("storefront", "shore")]

    stream, source, storefront = (dictionary.read(*name) for name in named)

    assert [(flow.field, flow.columns) for flow in stream.flows] == [
        ("customer.email", ("mail", "login")), ("customer.source_id", ("id",)),
    ]  # fmt: skip
    assert [
        (said.key, group.title, [link.key for link in group.links])
        for said in (stream, source, storefront)
        for group in said.groups
    ] == [
        ("crm/leads", "Part of", ["crm"]),
        ("crm", "Part of", ["shore"]),
        ("crm", "Streams", ["crm/contacts", "crm/leads"]),
        ("shore", "Sources", ["crm"]),
    ]


def test_which_rows_count_is_told_and_is_no_field(crm):
    condition = Proposed(
        "mapping", "crm/leads:customer.when_filled", crm.key, {"rule": "mail"}
    )
    requests.applied(condition, domain=crm)

    told = [
        (flow.entity, flow.field, flow.rule, flow.has_field)
        for flow in dictionary.read("stream", "crm/leads").flows
        if flow.entity == "customer"
    ]

    assert told == [
        (
            "customer", "customer.email",
            "the first filled of mail and login; “none” becomes nothing", True,
        ),
        # Mapped, and in nobody's dictionary yet: there is no page to lead to.
        ("customer", "customer.source_id", "“lead:” before id", False),
        ("customer", "", "only where it is filled", False),
    ]  # fmt: skip


def test_what_has_no_meaning_to_tell_is_told_by_what_it_says(crm):
    told = {
        f"{version.kind} {version.key}": dictionary.in_short(version)
        for version in dictionary.held()
    }

    assert {name: words for name, words in told.items() if "leads" not in name} == {
        "storefront shore": "USD, days of UTC",
        "source crm": "crm, daily",
        "stream crm/contacts": "One row is one customer.",
        "field customer.email": "Where a customer reads mail.",
        "ownership customer.email": "crm",
        "mapping crm/contacts:customer.source_id": "id",
        "mapping crm/contacts:customer.email": "e_mail",
    }


def test_a_mapping_names_the_stream_it_reads_and_the_field_it_fills(crm):
    said = dictionary.read("mapping", "crm/contacts:customer.email")

    [group] = said.groups
    assert [(link.kind, link.key) for link in group.links] == [
        ("field", "customer.email"), ("stream", "crm/contacts"),
    ]  # fmt: skip


def test_a_channel_shows_the_rules_that_lead_to_it_in_their_order(domain):
    rules = [
        Proposed("campaign_rule", key, domain.key, {"position": place, "channel": to, "medium": "cpc"})
        for key, place, to in [("b", 1, "paid"), ("a", 10, "paid"), ("c", 2, "email")]
    ]  # fmt: skip
    requests.applied(
        channel(domain, "paid", "Paid", 1), channel(domain, "email", "E-mail", 2),
        *rules, domain=domain,
    )  # fmt: skip

    [group] = dictionary.read("channel", "paid").groups

    assert (group.title, [(each.key, each.words) for each in group.links]) == (
        "Rules that lead here", [("b", "medium: cpc"), ("a", "medium: cpc")],
    )  # fmt: skip


def test_what_was_given_up_leads_to_its_successor_and_back(domain):
    requests.applied(
        channel(domain, "ppc", "PPC", 1, state="deprecated", successor="paid"),
        channel(domain, "paid", "Paid", 2),
        domain=domain,
    )

    old, new = (dictionary.read("channel", key) for key in ("ppc", "paid"))

    assert [(group.title, group.links[0].key) for group in old.groups] == [
        ("Successor", "paid")
    ]
    assert [(group.title, group.links[0].key) for group in new.groups] == [
        ("Takes the place of", "ppc")
    ]


def test_those_who_own_and_steward_the_domain_are_named_and_who_left_is_not(domain):
    requests.applied(requests.kpi(domain), domain=domain)
    domain.owners.user_set.update(first_name="Olga")
    make.seated(make.user(), domain.owners)
    steward = make.domain_steward(domain)
    steward.first_name, steward.last_name = "Sami", "Kaya"
    steward.save()
    gone = make.owner(domain)
    gone.is_active = False
    gone.save()

    said = dictionary.read("kpi", "ltv_90")

    assert sorted(said.owners)[:2] == ["Olga", "Olga"]
    assert gone.username not in said.owners
    assert "Sami Kaya" in said.stewards


def test_each_version_tells_what_it_changed_and_by_whose_word(domain):
    first = requests.applied(requests.kpi(domain), domain=domain)
    second = requests.applied(requests.kpi(domain, window_days=60), domain=domain)

    newer, older = dictionary.steps(list(dictionary.versions("kpi", "ltv_90")))

    assert (older.is_first, older.differences, older.request) == (True, [], first)
    assert [(one.label, one.before, one.after) for one in newer.differences] == [
        ("Window in days", "90", "60")
    ]
    assert newer.asked_by == second.requested_by.username
    assert newer.approved_by == [
        each.by.username for each in second.decisions.order_by("pk")
    ]
    assert (older.until, newer.until) == (newer.since, None)


def test_a_version_that_was_forced_says_so(domain):
    request = requests.in_review(requests.kpi(domain), by=make.domain_steward(domain))
    changes.override(
        request_id=request.pk, digest=requests.digest(request), by=make.owner(domain),
        at=AT, reason="The board meets today.",
    )  # fmt: skip

    [step] = dictionary.steps(list(dictionary.versions("kpi", "ltv_90")))

    assert (step.was_forced, step.approved_by) == (True, [])


def test_an_approval_given_before_a_request_was_taken_back_is_not_told(domain):
    asker, early, late = (
        make.domain_steward(domain),
        make.owner(domain),
        make.owner(domain),
    )
    request = requests.in_review(requests.kpi(domain), by=asker)
    changes.approve(
        request_id=request.pk, digest=requests.digest(request), by=early, at=AT
    )
    changes.recall(request_id=request.pk, by=asker)
    changes.submit(request_id=request.pk, by=asker, at=AT)
    for each in (late, make.owner(domain)):
        changes.approve(
            request_id=request.pk, digest=requests.digest(request), by=each, at=AT
        )
    changes.apply(
        request_id=request.pk, digest=requests.digest(request), by=asker, at=AT
    )

    [step] = dictionary.steps(list(dictionary.versions("kpi", "ltv_90")))

    assert len(step.approved_by) == 2
    assert early.username not in step.approved_by


def test_any_two_versions_are_compared_the_older_first(domain):
    for days in (90, 60, 30):
        requests.applied(requests.kpi(domain, window_days=days), domain=domain)

    before, after, said = dictionary.compared("kpi", "ltv_90", 3, 1)

    assert (before.number, after.number) == (1, 3)
    assert [(one.label, one.before, one.after) for one in said] == [
        ("Window in days", "90", "30")
    ]
    assert dictionary.compared("kpi", "ltv_90", 2, 2) is None
    assert dictionary.compared("kpi", "ltv_90", 1, 4) is None


def test_an_open_request_says_what_would_change_and_a_draft_only_to_its_writer(domain):
    requests.applied(requests.kpi(domain), domain=domain)
    writer, reader = make.domain_steward(domain), make.user()
    requests.draft(requests.kpi(domain, window_days=7), by=writer)
    asked = requests.in_review(requests.kpi(domain, window_days=30), by=writer)
    gone = requests.in_review(requests.kpi(domain, window_days=10), by=writer)
    changes.withdraw(request_id=gone.pk, by=writer)

    [seen] = dictionary.pending("kpi", "ltv_90", reader=reader)
    own = dictionary.pending("kpi", "ltv_90", reader=writer)

    assert (seen.request, seen.asked_by) == (asked, writer.username)
    assert [(one.before, one.after) for one in seen.differences] == [("90", "30")]
    assert len(own) == 2


def test_what_an_earlier_revision_asked_for_is_not_pending(domain):
    requests.applied(requests.kpi(domain), requests.field(domain), domain=domain)
    by = make.domain_steward(domain)
    request = requests.in_review(requests.kpi(domain, window_days=30), by=by)
    other = requests.field(domain, meaning="Where they read mail.")

    changes.revise(request_id=request.pk, operations=[other], by=by, at=AT)

    assert dictionary.pending("kpi", "ltv_90", reader=by) == []
    assert len(dictionary.pending("field", "customer.email", reader=by)) == 1
