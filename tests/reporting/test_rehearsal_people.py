"""What a proposal about who is who would do is what applying it and the night then do."""

import pytest

from governance import preview
from governance.models import Preview
from identity import enrichment, stitching
from identity.models import Key, Link, MatchCandidate, QuarantinedValue
from measurement.models import CustomerRecord, Identifier
from tests import make
from tests.identity.test_policy import identifier, rule
from tests.reporting import builds, shops
from tests.reporting.test_preview import measured, readings, take_effect

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("however_few")]

# Ada and the guest share a mailbox and a name, Bo and his guest an address that is the
# shop's own till's; Cy bought once.
DRAWN = """
    buyer     | on         | via            | lines
    ----------+------------+----------------+------
    ada       | 2026-01-05 | organic_search | 10
    guest ada | 2026-02-10 | organic_search | 32.10
    bo        | 2026-01-06 | email          | 7.25
    guest bo  | 2026-01-16 | email          | 5
    cy        | 2026-01-09 | organic_search | 3
"""
MAILS = {"ada": "ada@home.example", "bo": "till@shop.example", "cy": "cy@home.example"}


@pytest.fixture
def domain():
    return make.domain("customer")


@pytest.fixture
def shop():
    storefront = shops.write(shops.drawn(DRAWN), key="corner")
    for record in CustomerRecord.objects.all():
        name = record.source_id.removeprefix("guest ")
        record.first_name, record.email = name.title(), MAILS[name]
        record.is_guest = record.source_id != name or name == "cy"
        record.phone = ""
        record.save()
    night(make.moment("2026-03-01"))
    return storefront


def night(at):
    stitching.stitch(at=at)
    enrichment.enrich_orders()


def all_rows():
    """Return every row a proposal could touch."""
    return [
        list(model.objects.order_by("pk").values())
        for model in (Link, Key, MatchCandidate, QuarantinedValue)
    ]


def moved(made: Preview) -> dict[str, tuple[str, str]]:
    """Return what moves of people, by what it is."""
    return {
        each["what"]: (each["before"], each["after"])
        for each in made.answer["moved"]
        if each["what"] in {"people", "questions", "values set aside"}
    }


def agreed_and_followed(*operations, domain) -> dict:
    """Let the proposal be measured, take effect and be followed; return what became."""
    before = readings()
    request, made = measured(*operations, domain=domain)
    assert made.state == "measured", made.message
    take_effect(request, domain)
    night(builds.NOW)
    assert readings() != before
    assert preview.compare(at=builds.NOW) == 1
    made.refresh_from_db()
    assert made.became["compared"] > 1
    return made.became


def test_a_blocked_value_takes_people_apart_and_the_numbers_follow(shop, domain):
    blocked = identifier(domain, "email", blocked_values=["till@shop.example"])

    _request, made = measured(blocked, domain=domain)

    assert moved(made) == {"people": ("3", "4")}
    assert made.answer["sentences"][:1] == ["1 person would come apart, into 2."]
    customers = next(e for e in made.answer["moved"] if e["what"] == "customers")
    assert (customers["before"], customers["after"]) == ("3.00000000", "4.00000000")
    assert made.answer["samples"] == [
        {
            "row": made.answer["samples"][0]["row"],
            "field": "who it is",
            "before": "one person of 2 records",
            "after": "2 people",
        }
    ]


def test_what_was_said_is_what_became_of_people_who_come_apart(shop, domain):
    became = agreed_and_followed(
        identifier(domain, "email", blocked_values=["till@shop.example"]),
        domain=domain,
    )

    assert became["otherwise"] == []


def test_what_was_said_is_what_became_of_people_who_are_joined(shop, domain):
    bo, guest = (CustomerRecord.objects.get(source_id=x) for x in ("bo", "cy"))
    CustomerRecord.objects.filter(pk=guest.pk).update(first_name="Bo", email="")
    Identifier.objects.create(customer=guest, kind="account", value="bo", run=1)
    night(make.moment("2026-03-02"))

    became = agreed_and_followed(
        rule(domain, "joining", cross_id_kind="account"), domain=domain
    )

    assert became["otherwise"] == []
    assert Link.objects.as_of(None).get(record=bo).person == (
        Link.objects.as_of(None).get(record=guest).person
    )


def test_what_is_asked_and_set_aside_is_told_and_becomes_so(shop, domain):
    strict = identifier(domain, "email", most_people=1)
    asks = rule(domain, "joining", merges_unscored=[])

    _request, crowded = measured(strict, domain=domain)
    _request, asked = measured(asks, domain=domain)

    assert moved(crowded) == {"people": ("3", "5"), "values set aside": ("0", "2")}
    assert moved(asked) == {"people": ("3", "5"), "questions": ("0", "2")}
    assert asked.answer["sentences"][:2] == [
        "2 people would come apart, into 4.",
        "Stewards would be asked about 2 pairs more, and about 0 not any longer.",
    ]


def test_what_changes_nobody_says_so(shop, domain):
    _request, made = measured(rule(domain, "asking", batch_limit=9), domain=domain)

    assert made.answer["sentences"] == ["Nobody would become somebody else."]
    assert made.answer["moved"] == []


def test_nothing_of_a_rehearsal_stays(shop, domain):
    before = all_rows()

    _request, made = measured(identifier(domain, "email", trust="asks"), domain=domain)

    assert moved(made)["people"] == ("3", "5")
    assert all_rows() == before


def test_who_is_who_is_decided_on_at_high_risk(shop, domain):
    by = make.domain_steward(domain)
    from tests.governance import requests

    for wanted in (
        identifier(domain, "email", name="Mail"),
        rule(domain, "asking", batch_limit=9),
    ):
        request = requests.in_review(wanted, by=by)
        assert request.risk == "high"
