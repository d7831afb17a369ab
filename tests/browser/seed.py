"""Two shops with numbers to look at: one a panel, one made up."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from math import sqrt
from random import Random

from django.contrib.auth.models import Group

from governance.models import SourceSystem, Storefront, User
from identity.models import MatchCandidate, Person
from measurement.models import Event, Night, Order, OrderLine
from reporting.metrics import definitions
from reporting.models import Build, Reading
from tests import make, published
from tests.browser.nights import nights

PASSWORD = "a password for the browser"
FIRST = [
    "Ada",
    "Bo",
    "Cleo",
    "Dara",
    "Emil",
    "Fay",
    "Gus",
    "Hana",
    "Ivo",
    "Jun",
    "Kit",
    "Lea",
    "Mio",
    "Nell",
    "Otis",
    "Pia",
    "Quin",
    "Rae",
    "Sol",
    "Tess",
]
LAST = [
    "Abbott",
    "Brook",
    "Castell",
    "Dorn",
    "Ellery",
    "Frost",
    "Gale",
    "Hollis",
    "Irwin",
    "Jarrow",
    "Keene",
    "Lomax",
    "Marsh",
    "Noor",
]

# Share of customers, repeat rate, value after 90 days, against the shop's own.
HABITS = {
    "paid_search": (0.22, 0.92, 0.90),
    "organic_search": (0.19, 1.06, 1.04),
    "paid_social": (0.14, 0.74, 0.78),
    "email": (0.11, 1.32, 1.28),
    "direct": (0.1, 1.12, 1.15),
    "referral": (0.08, 1.09, 1.03),
    "organic_social": (0.06, 0.9, 0.88),
    "affiliates": (0.04, 0.66, 0.71),
    "display": (0.002, 0.6, 0.6),
    "unattributed": (0.058, 0.97, 0.95),
}


@dataclass(frozen=True)
class Site:
    """What there is to look at, and who may sign in."""

    real: Storefront
    made_up: Storefront
    somebody: Person
    night: Night


def site() -> Site:
    """Fill the database with two shops, two builds' worth of nights, and a user per role."""
    chance = Random(7)
    real = make.storefront("journey", time_zone="America/New_York")
    real.name = "Complete Journey"
    real.panel_starts_on = date(2017, 1, 1)
    real.generated_note = "Baskets, products and campaigns are real (2017). Names, e-mails, phones, visits and refunds were made up for the demo."
    real.save()
    made_up = make.storefront("harbour", time_zone="Europe/London", currency="GBP")
    made_up.name = "Harbour & Vale"
    made_up.is_generated = True
    made_up.generated_note = (
        "Its customers, orders, visits and refunds were all made up for the demo."
    )
    made_up.save()

    build = published.build()
    build.definitions = definitions()
    build.save()
    _readings(build, real, people=2469, revenue=4_596_039, months=12, chance=chance)
    _readings(
        build, made_up, people=31_870, revenue=6_214_330, months=24, chance=chance
    )
    somebody = _people(build, real, chance)
    _people(build, made_up, chance)
    MatchCandidate.objects.create(
        left=published.record("Ada Dorn", of=make.system(of=real)),
        right=published.record("Ada Dom", of=make.system(of=real)),
        evidence="The same phone.",
        guard="The names differ.",
        found_at=published.AT,
    )
    night = nights(real)
    for role in ("viewer", "steward", "admin"):
        user = User.objects.create_user(
            role, password=PASSWORD, first_name="Demo", last_name=role.title()
        )
        user.is_staff = role != "viewer"
        user.save()
        user.groups.add(Group.objects.get(name=role))
    return Site(real, made_up, somebody, night)


def _readings(
    build: Build,
    of: Storefront,
    *,
    people: int,
    revenue: int,
    months: int,
    chance: Random,
) -> None:
    made: list[Reading] = []
    per_head = revenue / people

    def say(
        metric: str, value: float | None, n: int, state: str = "sure",
        between: tuple[float, float] | None = None, **dimensions: str | int,
    ) -> None:  # fmt: skip
        low, high = between or (None, None)
        made.append(
            Reading(
                build=build, storefront=of, metric=metric, dimensions=dimensions, n=n, state=state,
                value=None if value is None else Decimal(str(round(value, 6))),
                low=None if low is None else Decimal(str(round(low, 6))),
                high=None if high is None else Decimal(str(round(high, 6))),
            )
        )  # fmt: skip

    for key, (share, again, worth) in {"": (1.0, 1.0, 1.0), **HABITS}.items():
        at = {"channel": key} if key else {}
        heads = max(4, round(people * share))
        money = per_head * worth * heads
        sales = round(heads * 6.3 * again)
        few = heads < 30
        say("customers", heads, heads, **at)
        say("orders", sales, sales, **at)
        say("revenue", money, sales, **at)
        say(
            "average_order_value",
            None if few else money / sales,
            sales,
            "small" if few else "sure",
            **at,
        )
        mature = round(heads * 0.87)
        rate = 0.312 * again
        half = 1.96 * sqrt(rate * (1 - rate) / mature)
        if few:
            say("repeat_rate_90", None, mature, "small", **at)
        else:
            say(
                "repeat_rate_90", rate, mature, between=(rate - half, rate + half), **at
            )
        for days, part, known in (
            (30, 0.2, 0.95),
            (60, 0.31, 0.91),
            (90, 0.4, 0.87),
            (365, 0.9, 0.44),
        ):
            value = per_head * worth * part
            state = (
                "small"
                if few
                else "immature"
                if days == 365 and key in {"", "paid_social", "email"}
                else "sure"
            )
            say(
                f"ltv_{days}",
                None if few else value,
                round(heads * known),
                state,
                (value * 0.94, value * 1.06) if not few else None,
                **at,
            )

    for segment in ("", "Loyal", "Families", "Students"):
        for first in range(months):
            cohort = f"{2017 + first // 12}-{first % 12 + 1:02}"
            heads = round(people / months * (0.7 + 0.6 * chance.random()))
            if of.panel_starts_on:
                heads = 1982 if first == 0 else chance.randint(22, 61)
            heads = heads if not segment else heads // 4
            say("cohort_customers", heads, heads, cohort=cohort, segment=segment)
            for month in range(months - first):
                few = heads < 30
                growing = month == months - first - 1
                state = "small" if few else "immature" if growing else "sure"
                kept = (
                    1.0
                    if month == 0
                    else max(
                        0.03,
                        (0.46 - 0.06 * sqrt(month))
                        * (0.85 + 0.3 * chance.random())
                        * (0.6 if growing else 1),
                    )
                )
                worth = (
                    per_head * 0.2 * (1 + month * 0.35) * (0.9 + 0.2 * chance.random())
                )
                place = {"cohort": cohort, "month": month, "segment": segment}
                say("cohort_retention", None if few else kept, heads, state, **place)
                say("cohort_value", None if few else worth, heads, state, **place)
    Reading.objects.bulk_create(made)


def _people(build: Build, of: Storefront, chance: Random) -> Person:
    shop = make.system(f"{of.key}-shop", of=of)
    shop.name = "Shop"
    shop.save()
    crm = make.system(f"{of.key}-crm", kind=SourceSystem.Kind.CRM, of=of)
    crm.name = "CRM"
    crm.save()
    accounts = make.stream("accounts", of=crm, grain="customer")
    accounts.is_generated = True
    accounts.save()
    made_up = published.load(accounts, name="accounts.csv", written=130)
    best: Person | None = None
    for place in range(70):
        name = f"{chance.choice(FIRST)} {chance.choice(LAST)}"
        email = f"{name.lower().replace(' ', '.')}@example.com"
        phone = f"+1 212 555 {place:04}"
        records = [published.record(name, of=shop, email=email, phone=phone)]
        if place % 4 == 0:
            records.append(published.record(name, of=crm, email=email, run=made_up.pk))
        somebody = published.person(
            *records, reason="email" if len(records) > 1 else "alone"
        )
        published.buyer(
            somebody, of=of, by=build, revenue=str(9000 - place * 97.35),
            channel="email" if place % 3 else "paid_search", orders=120 - place,
            segment=chance.choice(["", "Loyal", "Families"]),
            first_order_on=date(2017, 1, 3) + timedelta(days=place),
            last_order_on=date(2017, 12, 29) - timedelta(days=place),
        )  # fmt: skip
        if best is None:
            best = somebody
            _moments(records[0], shop, crm, made_up.pk, chance)
    assert best is not None
    return best


def _moments(
    record: object, shop: SourceSystem, crm: SourceSystem, made_up: int, chance: Random
) -> None:
    begun = make.moment("2017-01-03T17:20")
    Event.objects.create(
        system=crm, message_id=f"m-{make.number()}", kind="page_view", at=begun - timedelta(hours=2),
        customer=record, utm_source="newsletter", utm_medium="email", utm_campaign="winter", landing_page="/soups", run=made_up,
    )  # fmt: skip
    for place in range(34):
        at = begun + timedelta(days=9 * place, minutes=chance.randint(0, 300))
        order = Order.objects.create(
            system=shop, source_id=f"{3_000_000 + make.number()}", customer=record, placed_at=at,
            placed_offset=-300, placed_on=at.date(), currency=shop.currency, run=0,
        )  # fmt: skip
        for line in range(chance.randint(1, 4)):
            paid = Decimal(chance.randint(150, 6400)) / 100
            OrderLine.objects.create(
                order=order, source_id=str(line), kind="sale", quantity=1, run=0,
                amount=paid, amount_shop=paid, amount_reporting=paid,
            )  # fmt: skip
    record.stages.create(
        started_at=begun, stage="customer", segment="Loyal", run=made_up
    )
    record.consents.create(
        purpose="marketing", channel="email", state="granted", at=begun, run=made_up
    )
