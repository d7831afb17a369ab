"""What the database refuses to hold of what the sources say."""

from collections.abc import Callable
from datetime import date

import pytest
from django.apps import apps

from measurement import models as canonical
from measurement.models.workbench import ColumnProfile, FieldFill, MappingTrial
from tests import make
from tests.make import moment
from tests.refused import broken

pytestmark = pytest.mark.django_db

AT = moment("2026-03-01T10:00")
DAY = date(2026, 3, 1)
DOLLARS = {"currency": "USD", "run": 1}


def twice(create: Callable[..., object], **fields: object) -> None:
    """Make the same row two times."""
    create(**fields)
    create(**fields)


def identifier(value: str = "7", **fields: object) -> object:
    fields = {"customer": make.record(), **fields}
    return canonical.Identifier.objects.create(
        kind="loyalty", value=value, run=1, **fields
    )


def consent(state: str = "granted", **fields: object) -> object:
    fields = {"customer": make.record(), **fields}
    return canonical.ConsentEvent.objects.create(
        purpose="marketing", channel="email", state=state, at=AT, run=1, **fields
    )


def product(**fields: object) -> canonical.Product:
    fields = {"system": make.system(), **fields}
    return canonical.Product.objects.create(source_id="mug", run=1, **fields)


def cost(amount: object = 1, **fields: object) -> object:
    fields = {"product": product(), **fields}
    return canonical.ProductCost.objects.create(
        valid_from=DAY, cost=amount, **DOLLARS, **fields
    )


def line(
    kind: str = "sale", quantity: int = 1, **fields: object
) -> canonical.OrderLine:
    fields = {"order": make.order(None, AT), **fields}
    amounts = {"amount": 5, "amount_shop": 5, "amount_reporting": 5}
    return canonical.OrderLine.objects.create(
        source_id="1", kind=kind, quantity=quantity, run=1, **amounts, **fields
    )


def payment(**fields: object) -> object:
    return canonical.Payment.objects.create(
        source_id="1", paid_at=AT, amount=5, **DOLLARS, **fields
    )


def refund(amount: object = 5, **fields: object) -> canonical.Refund:
    order = make.order(None, AT)
    return canonical.Refund.objects.create(
        **{
            "system": order.system, "source_id": "1", "order": order,
            "refunded_at": AT, "refunded_offset": 0, "refunded_on": DAY,
            "amount": amount, "amount_shop": 5, "amount_reporting": 5,
            **DOLLARS, **fields,
        }
    )  # fmt: skip


def rate(value: object = 1, published_on: date = DAY) -> object:
    return canonical.ExchangeRate.objects.create(
        on=DAY, base="EUR", quote="USD", rate=value, published_on=published_on,
        publisher="a bank",
    )  # fmt: skip


def sync_run(**fields: object) -> canonical.SyncRun:
    if "file" not in fields:
        number = make.number()
        fields["file"] = canonical.KeptFile.objects.create(
            sha256=f"{number}", name="rows.csv", size=0, path="", plain_path="",
            layout="csv", received_at=AT,
        )  # fmt: skip
    fields = {"stream": make.stream(), **fields}
    return canonical.SyncRun.objects.create(
        mapping_digest="", mapping={}, started_at=AT, **fields
    )


def night(**fields: object) -> canonical.Night:
    return canonical.Night.objects.create(started_at=AT, **fields)


def step(**fields: object) -> object:
    fields = {"night": night(state=canonical.Night.State.DONE), **fields}
    return canonical.NightStep.objects.create(
        position=1, task="measurement.sync_page", label="Rows", **fields
    )


def rejected(**fields: object) -> object:
    fields = {"run": sync_run(), **fields}
    return canonical.RejectedRow.objects.create(line=7, reason="", text="", **fields)


def schedule(**fields: object) -> object:
    return canonical.Schedule.objects.create(task="a task", due_at=AT, **fields)


def profile(**fields: object) -> object:
    run = sync_run()
    fields = {"stream": run.stream, "rows": 1, "filled": 1, **fields}
    return ColumnProfile.objects.create(
        name="id", position=1, kind="text", different=1, odd=0, shortest=1, longest=1,
        first_run=run, last_run=run, **fields,
    )  # fmt: skip


def fill(**fields: object) -> object:
    fields = {"stream": make.stream(), "rows": 1, "filled": 1, **fields}
    return FieldFill.objects.create(
        entity="order", field="status", measured_at=AT, **fields
    )


def known_twice(model: type, **fields: object) -> Callable[[], None]:
    """Return what gives two rows of a system the same id."""
    return lambda: twice(
        model._default_manager.create,
        **{"system": make.system(), "source_id": "1", "run": 1, **fields},
    )


REFUSED = {
    "one_record_per_system_and_id": known_twice(canonical.CustomerRecord),
    "record_has_an_id": lambda: canonical.CustomerRecord.objects.create(
        system=make.system(), source_id="", run=1
    ),
    "identifier_is_said_once": lambda: twice(identifier, customer=make.record()),
    "identifier_has_a_value": lambda: identifier(""),
    "one_stage_begins_at_a_moment": lambda: twice(
        canonical.LifecycleStage.objects.create,
        customer=make.record(), started_at=AT, stage="lead", run=1,
    ),
    "one_consent_per_purpose_channel_and_moment": lambda: twice(
        consent, customer=make.record()
    ),
    "consent_is_granted_or_withdrawn": lambda: consent("perhaps"),
    "one_deal_per_system_and_id": known_twice(
        canonical.CrmDeal, amount=5, currency="USD"
    ),
    "one_campaign_per_system_and_id": known_twice(canonical.Campaign),
    "campaign_reaches_a_customer_once": lambda: twice(
        canonical.CampaignSend.objects.create,
        campaign=canonical.Campaign.objects.create(
            system=make.system(), source_id="1", run=1
        ),
        customer=make.record(), run=1,
    ),
    "message_counts_once": lambda: twice(
        canonical.Event.objects.create,
        system=make.system(), message_id="m", kind="visit", at=AT, run=1,
    ),
    "one_spend_per_campaign_and_day": lambda: twice(
        canonical.AdSpend.objects.create,
        system=make.system(), on=DAY, campaign="spring", spend=5, **DOLLARS,
    ),
    "one_rate_per_pair_and_day": lambda: twice(rate),
    "rate_is_positive": lambda: rate(0),
    "rate_was_published_by_its_day": lambda: rate(published_on=date(2026, 3, 2)),
    "one_order_per_system_and_id": known_twice(
        canonical.Order,
        placed_at=AT, placed_offset=0, placed_on=DAY, currency="USD",
    ),
    "order_status_is_known": lambda: make.order(None, AT, status="maybe"),
    "one_line_per_order_and_id": lambda: twice(line, order=make.order(None, AT)),
    "line_kind_follows_its_quantity": lambda: line("sale", -1),
    "one_payment_per_order_and_id": lambda: twice(
        payment, order=make.order(None, AT)
    ),
    "one_refund_per_system_and_id": lambda: twice(refund, system=make.system()),
    "refund_gives_money_back": lambda: refund(0),
    "line_stands_once_in_a_refund": lambda: twice(
        canonical.RefundLine.objects.create,
        refund=refund(), line=line(), quantity=1, amount=5, run=1,
    ),
    "one_product_per_system_and_id": lambda: twice(product, system=make.system()),
    "one_cost_begins_on_a_day": lambda: twice(cost, product=product()),
    "cost_is_not_negative": lambda: cost("-0.01"),
    "one_night_runs_at_a_time": lambda: twice(night),
    "steps_are_in_order": lambda: twice(step, night=night()),
    "step_rows_add_up": lambda: step(rows_in=3, written=1, unchanged=1),
    "one_run_per_stream_at_a_time": lambda: twice(sync_run, stream=make.stream()),
    "run_rows_add_up": lambda: sync_run(rows_in=3, written=2, rejected=2),
    "row_is_rejected_once": lambda: twice(rejected, run=sync_run()),
    "schedule_has_a_period": lambda: schedule(every_seconds=0),
    "column_is_profiled_once_per_stream": lambda: twice(
        profile, stream=make.stream()
    ),
    "no_more_values_than_rows_looked_at": lambda: profile(rows=1, filled=2),
    "field_is_counted_once_per_stream": lambda: twice(fill, stream=make.stream()),
    "no_more_filled_than_rows": lambda: fill(rows=1, filled=2),
    "trial_state_is_known": lambda: MappingTrial.objects.create(
        stream=make.stream(), proposed={}, state="maybe", asked_by=make.user(),
        asked_at=AT,
    ),
}  # fmt: skip


@pytest.mark.parametrize("constraint", REFUSED)
def test_the_database_refuses_what_its_constraint_says(constraint):
    with broken(constraint):
        REFUSED[constraint]()


def test_every_constraint_has_something_it_refuses():
    named = {
        constraint.name
        for model in apps.get_app_config("measurement").get_models()
        for constraint in model._meta.constraints
    }

    assert named == set(REFUSED)


@pytest.mark.parametrize(
    ("kind", "quantity"),
    [
        ("sale", 0), ("sale", -1), ("return", 0), ("return", 1), ("adjustment", 1),
        ("adjustment", -1), ("gift", 1),
    ],
)  # fmt: skip
def test_no_line_is_of_a_kind_its_quantity_denies(kind, quantity):
    with broken("line_kind_follows_its_quantity"):
        line(kind, quantity)


@pytest.mark.parametrize(
    "create",
    [
        lambda: line("sale", 1),
        lambda: line("return", -1),
        lambda: line("adjustment", 0),
        lambda: cost(0),
        lambda: rate("0.000000001"),
        lambda: rate(published_on=date(2026, 2, 28)),
        lambda: refund("0.000001"),
        lambda: consent("withdrawn"),
        lambda: step(rows_in=6, written=1, unchanged=2, rejected=3),
        lambda: sync_run(rows_in=6, written=1, unchanged=2, rejected=3),
        lambda: schedule(every_seconds=1),
    ],
)
def test_what_only_just_keeps_a_rule_is_taken(create):
    assert create().pk is not None


def test_two_systems_may_give_the_same_id():
    one, other = make.record(source_id="7"), make.record(source_id="7")

    assert one.system_id != other.system_id


def test_one_night_may_follow_another_that_has_ended():
    ended = night(state=canonical.Night.State.DONE)

    assert night().pk > ended.pk


def test_a_stream_may_run_again_when_its_last_run_has_ended():
    ended = sync_run(state=canonical.SyncRun.State.FAILED)

    assert sync_run(stream=ended.stream, file=ended.file).pk > ended.pk
