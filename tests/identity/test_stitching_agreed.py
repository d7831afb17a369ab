"""What was agreed on decides who is who, of records that are there already, too."""

import pytest

from identity import evidence, policy, stitching
from identity.models import Key, MatchCandidate, QuarantinedValue
from identity.names import LISTED
from measurement.models import ConsentEvent, Identifier
from tests.identity import drawn
from tests.identity.test_policy import identifier, rule
from tests.identity.test_policy import vars_of as said_of
from tests.make import moment

pytestmark = pytest.mark.django_db

MONDAY, TUESDAY = moment("2026-03-02"), moment("2026-03-03")
WEDNESDAY = moment("2026-03-04")


@pytest.fixture
def ann() -> drawn.Shop:
    """Ann as an account and as a guest, by one e-mail; and a contact with her number."""
    shop = drawn.shop()
    shop.write("""
        record  | name     | email                 | phone         | born
        shop 1  | Ann Bell | ann@home.example      | 020 7946 0123 | 1980-05-07
        guest 3 | Ann Bell | ann@home.example      |               |
        crm 7   | Ann Bell | a.nn+x@googlemail.com | 020 7946 0123 |
    """)
    stitching.stitch(at=MONDAY)
    return shop


def agreed(*wanted):
    """Return the policy as these proposals would have it."""
    from governance.models import Operation

    return policy.proposed([Operation(**said_of(each)) for each in wanted])


def keys_of(shop, name):
    held = Key.objects.filter(record=shop.record(name)).order_by("kind", "value")
    return list(held.values_list("kind", "value"))


def test_a_blocked_value_takes_apart_whom_it_joined(ann, domain):
    blocked = agreed(identifier(domain, "email", blocked_values=["Ann@Home.example"]))
    before = ann.people()

    stitched = stitching.stitch(at=TUESDAY, agreed=blocked)

    assert before == ["crm 7", "guest 3 + shop 1"]
    assert ann.people() == ["crm 7", "guest 3", "shop 1"]
    assert (stitched.records, stitched.linked) == (3, 1)
    assert not Key.objects.filter(kind="email", value="ann@home.example").exists()


def test_what_is_unblocked_joins_again(ann, domain):
    blocked = agreed(identifier(domain, "email", blocked_patterns=["*@home.example"]))
    stitching.stitch(at=TUESDAY, agreed=blocked)

    stitching.stitch(at=WEDNESDAY)

    assert ann.people() == ["crm 7", "guest 3 + shop 1"]


def test_nothing_is_read_again_while_nothing_else_is_agreed_on(ann, domain):
    asked_otherwise = agreed(rule(domain, "asking", batch_limit=10))

    stitched = stitching.stitch(at=TUESDAY, agreed=asked_otherwise)

    assert stitched.message == "Nothing new was said of anybody."


def test_what_only_asks_by_now_is_asked_about(ann, domain):
    asks = agreed(identifier(domain, "email", trust="asks"))

    stitching.stitch(at=TUESDAY, agreed=asks)

    assert ann.people() == ["crm 7", "guest 3", "shop 1"]
    pairs = MatchCandidate.objects.filter(guard=evidence.ONLY_ASKS)
    assert [(pair.left, pair.right) for pair in pairs] == [
        (ann.record("shop 1"), ann.record("guest 3"))
    ]


def test_a_pattern_that_was_given_up_asks(ann, domain):
    scored = agreed(rule(domain, "joining", merges_unscored=["cross_id+a_name"]))

    stitching.stitch(at=TUESDAY, agreed=scored)

    assert ann.people() == ["crm 7", "guest 3", "shop 1"]


def test_an_identifier_that_may_do_nothing_leaves_no_keys(ann, domain):
    silent = agreed(
        identifier(domain, "phone", trust="nothing"),
        identifier(domain, "mailbox", state="retired"),
    )

    stitching.stitch(at=TUESDAY, agreed=silent)

    assert set(Key.objects.values_list("kind", flat=True)) == {
        "cross_id", "email", "name_and_birth",
    }  # fmt: skip


def test_another_cap_makes_a_crowd_of_few(ann, domain):
    few = agreed(identifier(domain, "email", most_people=1))

    stitching.stitch(at=TUESDAY, agreed=few)

    assert ann.people() == ["crm 7", "guest 3", "shop 1"]
    [aside] = QuarantinedValue.objects.standing()
    assert (aside.kind, aside.value, aside.records, aside.surnames, aside.why) == (
        "email", "ann@home.example", 2, 1, "crowded",
    )  # fmt: skip


def test_a_cap_that_was_raised_lifts_what_is_no_crowd_any_more(ann, domain):
    few = agreed(identifier(domain, "email", most_people=1))
    stitching.stitch(at=TUESDAY, agreed=few)

    stitching.stitch(at=WEDNESDAY)

    assert ann.people() == ["crm 7", "guest 3 + shop 1"]
    [aside] = QuarantinedValue.objects.all()
    assert (aside.since, aside.lifted_at) == (TUESDAY, WEDNESDAY)


def test_many_last_names_are_a_crowd_of_few(domain):
    shop = drawn.shop()
    shop.write("""
        record | name      | email
        crm 1  | Ann Bell  | a@till.example
        crm 2  | Ann Reed  | a@till.example
        crm 3  | Ann Byron | a@till.example
    """)
    two = agreed(identifier(domain, "email", most_surnames=2))

    stitching.stitch(at=MONDAY, agreed=two)

    assert shop.people() == ["crm 1", "crm 2", "crm 3"]
    [aside] = QuarantinedValue.objects.standing()
    assert (aside.records, aside.surnames) == (3, 3)


def test_nobody_becomes_larger_than_a_person_may_be(domain):
    shop = drawn.shop()
    shop.write(
        drawn.Row(f"crm {number}", "Ann Bell", "ann@home.example", born="1980-05-07")
        for number in range(3)
    )
    small = agreed(rule(domain, "size", most_records=2))

    stitching.stitch(at=MONDAY, agreed=small)

    assert shop.people() == ["crm 0 + crm 1", "crm 2"]
    [pair] = MatchCandidate.objects.all()
    assert pair.guard == (
        "Joining them would make one person of others, too: together they would be "
        "more records than one person may have."
    )


def test_names_are_alike_from_where_it_was_agreed(domain):
    shop = drawn.shop()
    shop.write("""
        record | name          | email
        crm 1  | Margaret Bell | m@home.example
        crm 2  | Magraret Bell | m@home.example
    """)
    strict = agreed(rule(domain, "names", alike=0.99))

    stitching.stitch(at=MONDAY, agreed=strict)

    [pair] = MatchCandidate.objects.all()
    assert pair.guard == evidence.FIRST_NAMES_DIFFER


def test_a_record_is_found_by_all_that_was_agreed_on(ann):
    Identifier.objects.create(
        customer=ann.record("crm 7"), kind="loyalty", value=" 2900 441", run=1
    )
    Identifier.objects.create(
        customer=ann.record("crm 7"), kind="shoe_size", value="4242", run=1
    )

    stitching.stitch(at=TUESDAY)

    assert keys_of(ann, "crm 7") == [
        ("email", "a.nn+x@googlemail.com"),
        ("loyalty", "2900441"),
        ("mailbox", "ann@gmail.com"),
        ("phone", "+442079460123"),
    ]
    assert ("name_and_birth", "ann bell 1980-05-07") in keys_of(ann, "shop 1")


def say(record, state, at, channel="web", purpose="analytics"):
    ConsentEvent.objects.create(
        customer=record, purpose=purpose, channel=channel, state=state, at=at, run=1
    )


@pytest.mark.parametrize(
    ("answers", "stands"),
    [
        ([], False),
        ([("granted", "web")], True),
        ([("granted", "web"), ("withdrawn", "web")], False),
        ([("withdrawn", "web"), ("granted", "web")], True),
        ([("granted", "web"), ("withdrawn", "app")], False),
    ],
)
def test_an_id_that_needs_a_consent_is_used_of_whoever_gave_it(ann, answers, stands):
    guest = ann.record("guest 3")
    Identifier.objects.create(customer=guest, kind="visitor", value="aF9-x", run=1)
    for day, (state, channel) in enumerate(answers, start=1):
        say(guest, state, moment(f"2026-02-0{day}"), channel)
    say(guest, "granted", moment("2026-02-09"), purpose="email_marketing")

    stitching.stitch(at=TUESDAY)

    assert (("visitor", "aF9-x") in keys_of(ann, "guest 3")) is stands


def test_a_consent_that_was_taken_back_takes_its_keys_with_it(ann):
    guest = ann.record("guest 3")
    Identifier.objects.create(customer=guest, kind="visitor", value="aF9-x", run=1)
    say(guest, "granted", moment("2026-02-01"))
    stitching.stitch(at=TUESDAY)
    before = keys_of(ann, "guest 3")
    say(guest, "withdrawn", TUESDAY)

    stitching.stitch(at=WEDNESDAY)

    assert set(before) - set(keys_of(ann, "guest 3")) == {("visitor", "aF9-x")}


def test_an_email_may_need_a_consent_too(ann, domain):
    walled = agreed(identifier(domain, "email", consent="email_marketing"))
    say(ann.record("guest 3"), "granted", MONDAY, "email", "email_marketing")

    stitching.stitch(at=TUESDAY, agreed=walled)

    assert ann.people() == ["crm 7", "guest 3", "shop 1"]
    assert ("email", "ann@home.example") in keys_of(ann, "guest 3")


def test_a_record_is_found_by_where_somebody_lives(ann):
    crm = ann.record("crm 7")
    crm.street, crm.postcode, crm.city = "12 High Street", "AB1 2CD", "Leeds"
    crm.save()

    stitching.stitch(at=TUESDAY)

    assert ("address", "ab12cd 12 high st") in keys_of(ann, "crm 7")


def test_who_moved_is_read_again_and_keeps_the_old_address(ann):
    crm = ann.record("crm 7")
    crm.street, crm.postcode = "12 High Street", "AB1 2CD"
    crm.save()
    stitching.stitch(at=TUESDAY)
    crm.street = "9 Low Road"
    crm.save()

    stitched = stitching.stitch(at=WEDNESDAY)

    assert stitched.message.startswith("1 records read")
    assert [value for kind, value in keys_of(ann, "crm 7") if kind == "address"] == [
        "ab12cd 12 high st",
        "ab12cd 9 low rd",
    ]


@pytest.fixture
def kasia():
    """Katarzyna as an account, and Kasia at her mailbox."""
    shop = drawn.shop()
    shop.write("""
        record | name           | email
        shop 1 | Katarzyna Wilk | wilk@home.example
        crm 2  | Kasia Wilk     | wilk@home.example
    """)
    stitching.stitch(at=MONDAY)
    return shop


def test_a_short_form_that_is_no_more_agreed_on_takes_apart_whom_it_joined(
    kasia, domain
):
    before = kasia.people()

    stitching.stitch(at=TUESDAY, agreed=agreed(rule(domain, "names", short_for={})))

    assert before == ["crm 2 + shop 1"]
    assert kasia.people() == ["crm 2", "shop 1"]


def test_a_name_that_is_mostly_short_for_another_by_agreement_joins(domain):
    shop = drawn.shop()
    shop.write("""
        record | name         | email
        shop 1 | Eleanor Wilk | wilk@home.example
        crm 2  | Nora Wilk    | wilk@home.example
    """)
    stitching.stitch(at=MONDAY)
    before = shop.people()
    short = [*policy.beginning().names.mostly_short, "nora"]

    stitching.stitch(
        at=TUESDAY, agreed=agreed(rule(domain, "names", mostly_short=short))
    )

    assert before == ["crm 2", "shop 1"]
    assert shop.people() == ["crm 2 + shop 1"]


def test_what_the_engine_takes_for_short_is_what_an_installation_begins_with():
    assert policy.beginning().names.mostly_short == LISTED.mostly_short
