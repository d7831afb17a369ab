"""The workbench's pages: read by all, changed by who may suggest."""

import re
from urllib.parse import quote

import pytest
from django.test import Client

from governance import changes
from governance.models import ChangeRequest
from measurement.models import MappingTrial
from measurement.workbench import observing, trying
from tests import make
from tests.make import moment
from tests.measurement import loading
from tests.measurement.workbench import bench
from tests.measurement.workbench.pages import EMAIL, HERE, rows_of, words

pytestmark = pytest.mark.django_db

AT = moment("2026-06-02")


@pytest.fixture
def contacts(load):
    return bench.contacts(load)


@pytest.fixture
def seen(load):
    return bench.seen(load)


@pytest.fixture
def steward(client: Client) -> Client:
    client.force_login(make.user(role="steward"))
    return client


def test_every_source_is_listed_with_what_is_to_be_looked_at(steward, seen):
    page = steward.get("/sources/")

    assert rows_of(page, "streams-title") == [
        "contacts crm Crm CRM, "
        f"{seen.system.storefront.name} customer 31 May 2026, 20:00 rows.csv 3 0 "
        "3 of 6 not mapped: mail2 , seen , shop_id"
    ]


def test_what_a_source_sends_lies_beside_what_it_becomes(steward, seen):
    page = steward.get(HERE)

    assert rows_of(page, "columns-title") == [
        "id whole number 100 % 9 1 character, 3 different customer.source_id",
        "mail text 33 % x@x.x 16 characters, 1 different customer.email",
        "mail2 text 33 % x@x.x 15 characters, 1 different not mapped",
        "group text 100 % xxxx xxxxxx 4 to 6 characters, 2 different customer.segment",
        "seen text 100 % 9999-99-99 99:99:99 xxxx 4 to 19 characters, 3 different "
        "not mapped",
        "shop_id whole number 67 % 99 2 characters, 2 different not mapped",
    ]
    assert rows_of(page, "customer-title")[:4] == [
        "source id customer.source_id required id 100 %",
        "email customer.email mail 33 %",
        "segment customer.segment group 100 %",
        "birth on customer.birth_on not filled",
    ]


def test_no_value_stands_on_the_page(steward, seen):
    texts = [steward.get(HERE).text, steward.get("/sources/").text]

    assert [text for text in texts if "ada@" in text or "gold" in text] == []


def test_a_required_field_without_a_rule_is_plain_to_see(steward, seen):
    seen.mappings.filter(field="source_id").delete()

    stream, listed = steward.get(HERE), steward.get("/sources/")

    assert rows_of(stream, "customer-title")[0] == (
        "source id customer.source_id required required, not filled"
    )
    assert "1 required, unfilled" in words(listed.text)


def test_a_suggestion_is_shown_with_its_reason_and_taken_by_a_tick(steward, load):
    stream = bench.seen(
        load,
        rows="id,mail,group,Created At\n1,a@b.example,gold,2026-03-01\n",
        written=bench.MAPPING,
    )
    page = steward.get(HERE)

    assert rows_of(page, "columns-title")[3] == (
        "Created At day 100 % 9999-99-99 10 characters, 1 different not mapped "
        "customer.created_at? People call created at “created at” too and it "
        "holds moments."
    )
    taken = re.search(r'name="take" value="([^"]+)"', page.text)
    assert taken
    form = steward.get(f"{HERE}change/?take={quote(taken[1])}").context["forms"][0]
    assert (form.key, form["made"].value(), form["one"].value()) == (
        "customer.created_at", "column", "Created At",
    )  # fmt: skip
    assert stream.mappings.filter(field="created_at").count() == 0


def test_what_another_owns_is_suggested_to_nobody(steward, load):
    stream = bench.contacts(load, rows=bench.ROWS.replace("shop_id", "amount"))
    loading.remap(stream, bench.MAPPING)

    assert 'name="take"' not in steward.get(HERE).text


def test_a_column_that_came_or_went_is_marked(steward, seen, load):
    load(seen, "id,mail,group,fax\n9,,gold,+44 20 7946 0018\n", name="later.csv")
    steward.get(HERE)
    observing.observe(at=AT)
    sent = rows_of(steward.get(HERE), "columns-title")

    # The order of the file, then what is no longer in it.
    marked = [row.split(" 2026")[0] for row in sent if "since" in row]
    assert marked == [
        "fax text new since 31 May", "mail2 text gone since 31 May",
        "seen text gone since 31 May", "shop_id whole number gone since 31 May",
    ]  # fmt: skip


def test_rules_are_tested_and_then_written_as_one_request(steward, contacts):
    answer = steward.post(f"{HERE}change/?field=customer.email", EMAIL)
    trial = MappingTrial.objects.get()
    assert (answer.status_code, answer.url) == (302, f"{HERE}trials/{trial.pk}/")

    waiting = steward.get(answer.url)
    assert "Being tested" in waiting.text
    assert '<meta http-equiv="refresh" content="2">' in waiting.text

    trying.run(trial_id=trial.pk, at=AT)
    shown = steward.get(answer.url)
    assert "refresh" not in shown.text
    assert rows_of(shown, "rules-title") == [
        "customer email customer.email mail the first filled of mail and mail2"
    ]
    assert rows_of(shown, "samples-title")[1] == (
        "3 mail empty mail2 bo@mail.example customer email empty bo@mail.example"
    )

    written = steward.post(
        answer.url, {"title": "Both mails", "reason": "Half are in mail2."}
    )
    request = ChangeRequest.objects.get(title="Both mails")
    assert (written.status_code, written.url) == (302, f"/changes/{request.pk}/")
    assert [
        (each.key, each.body) for each in changes.current_revision(request).operations.all()
    ] == [
        ("crm/contacts:customer.email", {"rule": {"columns": ["mail", "mail2"]}})
    ]  # fmt: skip
    assert request.state == "draft"


def test_a_trial_is_changed_from_where_it_was(steward, contacts):
    steward.post(f"{HERE}change/?field=customer.email", EMAIL)
    trial = MappingTrial.objects.get()

    [form] = steward.get(f"{HERE}change/?trial={trial.pk}").context["forms"]

    assert [form[name].value() for name in ("made", "one", "two")] == [
        "first", "mail", "mail2",
    ]  # fmt: skip


def test_revenue_of_a_crm_is_refused_right_where_it_is_typed(steward, contacts):
    fields = {
        "order_line.order": {"made": "column", "one": "shop_id"},
        "order_line.quantity": {"made": "constant", "constant": "1"},
        "order_line.amount": {"made": "column", "one": "shop_id"},
    }
    asked = "&".join(f"field={key}" for key in fields)
    typed = {f"{key}-{name}": value for key, said in fields.items()
             for name, value in {"base": "0", **said}.items()}  # fmt: skip

    answer = steward.post(f"{HERE}change/?{asked}", typed)

    assert answer.status_code == 409
    assert (
        "Crm may not fill order_line.amount: it belongs to shop, and crm is a crm. Map "
        "it to a field of its own, or propose another owner."
    ) in words(answer.text)
    assert not MappingTrial.objects.exists()


def test_what_is_wrong_is_marked_where_it_was_typed(steward, contacts):
    wrong = {**EMAIL, "customer.email-two": ""}

    answer = steward.post(f"{HERE}change/?field=customer.email", wrong)

    assert answer.status_code == 422
    assert "mend what is marked below" in answer.text
    assert (
        '<p class="wrong" id="id_customer.email-one_error">Choose two columns.'
        in answer.text
    )


def test_a_request_without_a_reason_is_no_request(steward, contacts):
    steward.post(f"{HERE}change/?field=customer.email", EMAIL)
    trial = MappingTrial.objects.get()
    before = ChangeRequest.objects.count()

    answer = steward.post(f"{HERE}trials/{trial.pk}/", {"title": "Both mails"})

    assert (answer.status_code, ChangeRequest.objects.count()) == (422, before)


def test_rules_that_hold_meanwhile_are_refused_when_the_request_is_written(
    steward, contacts
):
    steward.post(
        f"{HERE}change/?field=customer.email", {**EMAIL, "customer.email-base": "7"}
    )
    trial = MappingTrial.objects.get()

    answer = steward.post(
        f"{HERE}trials/{trial.pk}/", {"title": "Mails", "reason": "Why."}
    )

    assert answer.status_code == 409
    assert "was written against version 7, and version 0 holds now" in answer.text


def test_nothing_ticked_leads_back_with_a_word(steward, seen):
    answer = steward.get(f"{HERE}change/", follow=True)

    assert answer.redirect_chain == [(HERE, 302)]
    assert "Tick the fields you want to change first." in answer.text


NO_FIELDS = (
    "field=customer.nothing", "field=nobody.email", "field=customer", "field=",
    "field=customer.run", "field=customer.system", "take=customer.email:no+such",
    "take=:mail", "take=customer.email", "trial=0", "trial=-1", "trial=" + "9" * 40,
    "trial=%00", "field=%00.%00", "trial=²",
)  # fmt: skip


def test_what_is_no_field_is_not_asked_about(steward, seen):
    answered = {
        asked: steward.get(f"{HERE}change/?{asked}").status_code for asked in NO_FIELDS
    }

    assert answered == dict.fromkeys(NO_FIELDS, 302)


def test_what_is_not_there_is_said_in_words(steward, seen):
    addresses = [
        "/sources/crm/nothing/", "/sources/nobody/contacts/", f"{HERE}trials/0/",
        f"{HERE}trials/99999999999999999999/",
    ]  # fmt: skip

    answered = [steward.get(address) for address in addresses]

    assert [page.status_code for page in answered] == [404] * 4
    assert ["There is no such page" in page.text for page in answered] == [True] * 4


def test_a_trial_of_another_stream_is_not_shown_here(steward, contacts):
    other = make.stream("leads", of=contacts.system, grain="customer")
    trial = MappingTrial.objects.create(
        stream=other, proposed=[], asked_by=make.user(), asked_at=AT
    )

    assert steward.get(f"{HERE}trials/{trial.pk}/").status_code == 404


def test_who_wants_it_mapped_otherwise_is_told(steward, contacts):
    def told(reader) -> list[str]:
        page = reader.get(HERE).text
        return re.findall(r"mapped otherwise:</b> <a [^>]*>(.*?)</a>", page)

    steward.post(f"{HERE}change/?field=customer.email", EMAIL)
    trial = MappingTrial.objects.get()
    steward.post(f"{HERE}trials/{trial.pk}/", {"title": "Mails", "reason": "Why."})
    other = Client()
    other.force_login(make.user(role="steward"))

    # A draft is shown to whoever writes it.
    assert (told(steward), told(other)) == (["Mails"], [])
    request = ChangeRequest.objects.get(title="Mails")
    changes.submit(request_id=request.pk, by=request.requested_by, at=AT)
    assert told(other) == ["Mails"]
    changes.withdraw(request_id=request.pk, by=request.requested_by)
    assert told(steward) == []
