"""Rules somebody wants, as one request: checked before any row is read."""

import pytest

from governance import changes
from governance.changes import Proposed
from governance.models import ChangeRequest, Version
from measurement.workbench import asking
from measurement.workbench.asking import Wanted
from tests import make
from tests.governance import requests
from tests.measurement import loading
from tests.measurement.workbench import bench
from tests.measurement.workbench.bench import EITHER_MAIL, SEEN, wanted


@pytest.fixture
def contacts(load):
    return bench.contacts(load, with_mappings=True)


def write(stream, *rules: Wanted) -> ChangeRequest:
    return asking.write(
        stream=stream, wanted=rules, title="Both mails", reason="Half are in mail2.",
        effective_at=None, by=make.user(role="steward"), at=requests.AT,
    )  # fmt: skip


def asked_for(request: ChangeRequest) -> list[tuple[str, str, str, object]]:
    return [
        (each.key, each.domain_id, each.state, each.body["rule"])
        for each in changes.current_revision(request).operations.all()
    ]


def test_all_rules_become_one_request(contacts):
    request = write(contacts, EITHER_MAIL, SEEN, wanted("customer.segment", None))

    assert (request.state, request.title) == ("draft", "Both mails")
    assert asked_for(request) == [
        ("crm/contacts:customer.email", "customer", "active",
         {"columns": ["mail", "mail2"]}),
        ("crm/contacts:customer.created_at", "customer", "active", "seen"),
        ("crm/contacts:customer.segment", "customer", "retired", "group"),
    ]  # fmt: skip


def test_a_rule_in_force_is_asked_for_by_nobody(contacts):
    request = write(contacts, wanted("customer.email", "mail"), SEEN)

    assert [key for key, *_rest in asked_for(request)] == [
        "crm/contacts:customer.created_at"
    ]


def test_what_is_so_already_is_no_request(contacts):
    as_it_is, as_little = (
        wanted("customer.email", "mail"),
        wanted("customer.phone", None),
    )

    for rules in ([], [as_it_is], [as_little]):
        with pytest.raises(asking.NothingNew) as refused:
            write(contacts, *rules)

        assert str(refused.value) == (
            "crm/contacts is mapped so already. Change a rule, or choose another field."
        )


def test_a_field_the_dictionary_lacks_is_answered_for_by_whom_the_stream_is(contacts):
    [one] = asking.proposed(contacts, [wanted("customer.phone", "shop_id")])

    assert one.domain == "customer"


def test_where_no_registry_has_begun_nobody_can_be_asked(db):
    stream = loading.stream(bench.MAPPING, grain="customer", of=make.system("crm"))

    with pytest.raises(asking.NotBegun) as refused:
        asking.proposed(stream, [SEEN])

    assert str(refused.value) == (
        "Nobody answers for crm/rows or customer.created_at yet. Begin the registry: "
        "manage.py bootstrap."
    )


CANNOT_BE = [
    (wanted("customer.created_at", "sen"),
     "crm/contacts:customer.created_at reads the column 'sen', which no file of "
     "crm/contacts has had. It has had group, id, mail, mail2, seen, shop_id."),
    (wanted("customer.created_at", {"column": "seen", "zon": "UTC"}),
     "The rule of crm/contacts:customer.created_at has zon, which does not go with "
     "column. With it go: decimals, default, lookup, part, prefix, prefixes, "
     "separator, strip_suffix, system, values, zone."),
    (wanted("customer.nickname", "seen"),
     "crm/contacts maps customer.nickname, which is not a field a source can fill. "
     "customer has birth_on, city, country, created_at, email, first_name, is_guest, "
     "last_name, phone, postcode, segment, source_id, source_updated_at, status, "
     "street, subscription_status."),
    (wanted("customer.source_id", None),
     "crm/contacts does not map customer.source_id, without which no customer can "
     "be. Add a rule for it."),
    (wanted("customer.segment", {"column": "group", "zone": "UTC"}),
     "crm/contacts: customer.segment has a zone, but it is not a moment."),
]  # fmt: skip


def test_what_cannot_be_is_said_before_a_row_is_read(contacts):
    said = []
    for rule, _sentence in CANNOT_BE:
        with pytest.raises(asking.Refused) as refused:
            write(contacts, rule)
        said.append(str(refused.value))

    assert said == [sentence for _rule, sentence in CANNOT_BE]


def test_revenue_of_a_crm_onto_an_order_is_refused_with_the_reason(contacts):
    line = [
        wanted("order_line.order", {"column": "shop_id", "lookup": True}),
        wanted("order_line.quantity", {"constant": "1"}),
        wanted("order_line.amount", "shop_id"),
    ]

    with pytest.raises(asking.Refused) as refused:
        write(contacts, *line)

    assert str(refused.value) == (
        "Crm may not fill order_line.amount: it belongs to shop, and crm is a crm. Map "
        "it to a field of its own, or propose another owner."
    )


def test_a_retired_field_is_filled_by_nobody_again(contacts):
    held = Version.objects.current().get(key="customer.created_at")
    retired = Proposed(
        "field", held.key, "customer", held.body, "retired", "customer.email"
    )
    requests.applied(retired, domain=held.domain)

    with pytest.raises(asking.Refused) as refused:
        write(contacts, SEEN)

    assert str(refused.value) == (
        "customer.created_at is retired: nothing reads it any more. Fill "
        "customer.email instead."
    )


def test_a_rule_written_against_what_holds_no_longer_is_refused(contacts):
    email = Wanted("customer", "email", "mail2", base=0)

    with pytest.raises(changes.Conflicted):
        write(contacts, email)


def test_a_mapping_is_put_together_of_what_is_and_what_is_wanted(contacts):
    assert asking.mapping_with(
        contacts, [EITHER_MAIL, wanted("customer.segment", None)]
    ) == {"customer": {"source_id": "id", "email": EITHER_MAIL.rule}}
    assert asking.mapping_of(contacts)["customer"]["segment"] == "group"
