"""A source to look at: columns that came and went, and a mapping tried on rows."""

from datetime import timedelta

from governance.models import FieldMapping, SourceStream, Storefront
from measurement.models import ColumnProfile, FieldFill, MappingTrial, SyncRun
from tests import make, published

RULES = {
    "customer.source_id": "contact_id",
    "customer.first_name": "first_name",
    "customer.email": {"columns": ["email", {"column": "login", "prefix": "m:"}]},
    "customer.created_at": {"column": "created", "zone": "America/New_York"},
    "identifier.customer": {"column": "contact_id", "lookup": True},
    "identifier.kind": {"constant": "shop_customer_id"},
    "identifier.value": "shop_id",
    "identifier.when_filled": "shop_id",
}
COLUMNS = (
    # name, kind, filled, different, odd, samples
    ("contact_id", "text", 1000, 1000, 0, ["X-999999"]),
    ("first_name", "text", 981, 336, 0, ["Xxxxxx", "Xxxx", "Xxx Xxxxx"]),
    ("email", "text", 968, 961, 0, ["x@x.x"]),
    ("login", "text", 74, 74, 0, ["xxxxx99", "xxxxxxxx"]),
    ("mobile", "text", 412, 409, 0, ["+9 999 999 9999", "(999) 999-9999"]),
    ("created", "moment", 1000, 998, 2, ["9999-99-99 99:99:99"]),
    ("shop_id", "whole_number", 669, 669, 0, ["999999"]),
    ("customer_since", "day", 997, 804, 0, ["9999-99-99"]),
    ("interests_as_the_customer_ticked_them", "list", 1000, 61, 0, ['["xxxx", "xx"]']),
    ("opted_in", "yes_or_no", 3, 2, 0, ["xxxx", "xxxxx"]),
)
REASON = "is not a moment; expected is 2026-03-31 14:05:00, with or without an offset."


def sources(of: Storefront) -> MappingTrial:
    """Let a CRM have sent its contacts twice; return a trial of another mapping for them."""
    system = make.system("contacts-crm", kind="crm", of=of)
    system.name = "Complete Journey CRM"
    system.save()
    stream = make.stream("contacts", of=system, grain="customer")
    FieldMapping.objects.bulk_create(
        FieldMapping(stream=stream, entity=entity, field=field, rule=rule)
        for (entity, field), rule in (
            (tuple(key.split(".")), rule) for key, rule in RULES.items()
        )
    )
    first = _load(stream, days_ago=8)
    last = _load(stream, days_ago=1)
    for position, (name, kind, filled, different, odd, samples) in enumerate(COLUMNS):
        ColumnProfile.objects.create(
            stream=stream, name=name, position=position, kind=kind, rows=1000,
            filled=filled, different=different, odd=odd, shortest=1, longest=44,
            samples=samples, first_run=last if name == "mobile" else first, last_run=last,
        )  # fmt: skip
    ColumnProfile.objects.create(
        stream=stream, name="fax", position=3, kind="text", rows=1000, filled=2,
        different=2, odd=0, shortest=9, longest=14, samples=["999 9999"],
        first_run=first, last_run=first,
    )  # fmt: skip
    for place, key in enumerate(RULES):
        entity, field = key.split(".")
        if field != "when_filled":
            FieldFill.objects.create(
                stream=stream, entity=entity, field=field, rows=22_000,
                filled=22_000 - 2_700 * place, last_filled_at=last.started_at,
                measured_at=published.AT,
            )  # fmt: skip
    return _tried(stream)


def _load(stream: SourceStream, *, days_ago: int) -> SyncRun:
    at = published.AT - timedelta(days=days_ago)
    return published.load(
        stream, at=at, name="contacts.csv.zip", written=21_988, rejected=12
    )


def _tried(stream: SourceStream) -> MappingTrial:
    field = "customer.source_updated_at"
    return MappingTrial.objects.create(
        stream=stream,
        proposed=[
            {"entity": "customer", "field": "phone", "rule": "mobile", "base": 0},
            {"entity": "customer", "field": "source_updated_at", "base": 0,
             "rule": {"column": "customer_since", "zone": "UTC"}},
            {"entity": "identifier", "field": "when_filled", "rule": None, "base": 1},
        ],
        state=MappingTrial.State.TRIED,
        asked_by=make.user(role="steward"),
        asked_at=published.AT,
        tried_at=published.AT,
        seconds=0.31,
        answer={
            "file": "contacts.csv.zip", "rows": 500, "changed": 207,
            "written": {"customer": 207},
            "filled": [{"field": "customer.phone", "before": 0, "after": 207},
                       {"field": field, "before": 0, "after": 497}],
            "samples": [
                {"line": line,
                 "columns": [["mobile", f"+1 212 555 01{line}"],
                             ["customer_since", "2025-11-02"]],
                 "fields": [["customer.phone", "", f"+1 212 555 01{line}"],
                            [field, "", "2025-11-02 00:00:00+00"]]}
                for line in (12, 40, 77)
            ],
            "rejected_now": 0, "rejected_then": 3, "newly_rejected": 3,
            "no_longer_rejected": 0, "rejected_by": {"source_updated_at": 3},
            "rejects": [{"line": 31, "rows": 3, "field": "source_updated_at",
                         "reason": f'"before 2019" {REASON}', "is_new": True}],
        },
    )  # fmt: skip
