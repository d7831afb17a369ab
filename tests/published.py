"""Published numbers as tests ask for them, without computing anything."""

from datetime import date, datetime
from decimal import Decimal

from governance.models import Channel, SourceStream, SourceSystem, Storefront
from identity.models import Link, Person
from measurement.models import CustomerRecord, KeptFile, Night, NightStep, SyncRun
from reporting.models import Build, Buyer, Reading
from tests import make

AT = make.moment("2026-03-02T03:00")


def build(*, state: str = Build.State.PUBLISHED, at: datetime = AT) -> Build:
    return Build.objects.create(
        made_at=at,
        data_moment=at,
        identity_moment=at,
        definitions={"customers": "1", "ltv_90": "1"},
        digest=f"{make.number():064}",
        state=state,
        published_at=at,
    )


def reading(
    metric: str,
    value: str | int | None,
    *,
    of: Storefront,
    by: Build,
    n: int = 1000,
    low: str | None = None,
    high: str | None = None,
    state: str = Reading.State.SURE,
    **dimensions: str | int,
) -> Reading:
    """Return one number of the build; what else is named is its place."""
    return Reading.objects.create(
        build=by,
        storefront=of,
        metric=metric,
        dimensions=dimensions,
        value=None if value is None else Decimal(value),
        n=n,
        low=None if low is None else Decimal(low),
        high=None if high is None else Decimal(high),
        state=state,
    )


def record(
    name: str = "Ada Lovelace",
    *,
    of: SourceSystem,
    email: str = "",
    phone: str = "",
    run: int = 0,
    is_guest: bool = False,
) -> CustomerRecord:
    first, _, last = name.partition(" ")
    return CustomerRecord.objects.create(
        system=of,
        source_id=f"c-{make.number()}",
        first_name=first,
        last_name=last,
        email=email,
        phone=phone,
        run=run,
        is_guest=is_guest,
    )


def person(*records: CustomerRecord, reason: str = "alone") -> Person:
    """Return somebody to whom the records belong since before the build."""
    since = make.moment("2026-01-01")
    somebody = Person.objects.create(made_at=since)
    Link.objects.bulk_create(
        Link(record=record, person=somebody, started_at=since, reason=reason)
        for record in records
    )
    # What the database gave it is read back.
    somebody.refresh_from_db()
    return somebody


def buyer(
    somebody: Person,
    *,
    of: Storefront,
    by: Build,
    channel: str = "email",
    revenue: str = "100",
    orders: int = 2,
    segment: str = "",
    first_order_on: date = date(2026, 1, 5),
    last_order_on: date = date(2026, 2, 5),
) -> Buyer:
    return Buyer.objects.create(
        build=by,
        storefront=of,
        person=somebody,
        channel=Channel.objects.get(key=channel),
        segment=segment,
        first_order_on=first_order_on,
        last_order_on=last_order_on,
        orders=orders,
        revenue=Decimal(revenue),
    )


def night(*, state: str = Night.State.DONE, at: datetime = AT) -> Night:
    ended_at = None if state == Night.State.RUNNING else make.moment("2026-03-02T03:01")
    return Night.objects.create(started_at=at, ended_at=ended_at, state=state)


def step(
    label: str,
    *,
    of: Night,
    task: str = "measurement.load",
    state: str = NightStep.State.DONE,
    written: int = 0,
    unchanged: int = 0,
    rejected: int = 0,
    seconds: float = 1.0,
    peak_mb: float = 100.0,
    message: str = "",
) -> NightStep:
    return NightStep.objects.create(
        night=of,
        position=make.number() % 30000,
        task=task,
        label=label,
        state=state,
        rows_in=written + unchanged + rejected,
        written=written,
        unchanged=unchanged,
        rejected=rejected,
        seconds=seconds,
        peak_mb=peak_mb,
        message=message,
    )


def load(
    stream: SourceStream,
    *,
    at: datetime = AT,
    name: str = "orders.csv",
    written: int = 0,
    rejected: int = 0,
    notes: tuple[str, ...] = (),
) -> SyncRun:
    file = KeptFile.objects.create(
        sha256=f"{make.number():064}",
        name=name,
        size=1,
        path=name,
        plain_path=name,
        layout="csv",
        received_at=at,
    )
    return SyncRun.objects.create(
        stream=stream,
        file=file,
        mapping_digest="0" * 64,
        mapping={},
        state=SyncRun.State.DONE,
        started_at=at,
        ended_at=at,
        rows_in=written + rejected,
        written=written,
        rejected=rejected,
        notes=list(notes),
    )
