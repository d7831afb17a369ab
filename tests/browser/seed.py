"""Two shops with numbers to look at: one a panel, one made up."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from math import sqrt
from random import Random

from governance.models import SourceSystem, Storefront, User
from identity.models import MatchCandidate, Person
from measurement.models import Event, MappingTrial, Night, Order, OrderLine
from reporting import agreed
from reporting.models import Build, Reading
from tests import make, published
from tests.browser.brought import brought
from tests.browser.credited import credited
from tests.browser.months import months, note
from tests.browser.nights import nights
from tests.browser.sources import sources

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

# Days since the first order, share of the yearly worth by then, share that old.
WORTH_BY_AGE = ((30, 0.2, 0.95), (60, 0.31, 0.91), (90, 0.4, 0.87), (365, 0.9, 0.44))


@dataclass(frozen=True)
class Site:
    """What there is to look at, and who may sign in."""

    real: Storefront
    made_up: Storefront
    somebody: Person
    night: Night
    pair: MatchCandidate
    trial: MappingTrial


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
    build.definitions = agreed.now().versions()
    build.save()
    _readings(build, real, people=2469, revenue=4_596_039, months=12, chance=chance)
    _readings(
        build, made_up, people=31_870, revenue=6_214_330, months=24, chance=chance
    )
    months(build, real, since=2017, count=12, gross=410_000)
    months(build, made_up, since=2016, count=24, gross=290_000)
    brought(build, real)
    somebody, _ = (_people(build, shop, chance) for shop in (real, made_up))
    pair = MatchCandidate.objects.create(
        left=published.record("Ada Dorn", of=make.system(of=real)),
        right=published.record("Ada Dom", of=make.system(of=real)),
        evidence="The same phone.",
        guard="The names differ.",
        found_at=published.AT,
    )
    night = nights(real)
    trial = sources(real)
    for role in ("viewer", "steward", "admin"):
        user = User.objects.create_user(
            role, password=PASSWORD, first_name="Demo", last_name=role.title()
        )
        user.is_staff = role != "viewer"
        user.save()
        make.seated(user, role)
    note(real, user)
    return Site(real, made_up, somebody, night, pair, trial)


@dataclass
class _Readings:
    """The readings of one shop, made to look like those of a real one."""

    build: Build
    of: Storefront
    people: int
    revenue: int
    months: int
    chance: Random
    made: list[Reading] = field(default_factory=list)

    def say(
        self,
        metric: str,
        value: float | None,
        n: int,
        state: str = "sure",
        between: tuple[float, float] = (),  # type: ignore[assignment]
        **dimensions: str | int,
    ) -> None:
        """Note a reading; one of too few people has no value."""
        known = state != "small" and value is not None
        low, high = between if between and known else (None, None)
        self.made.append(
            Reading(
                build=self.build,
                storefront=self.of,
                metric=metric,
                dimensions=dimensions,
                n=n,
                state=state,
                value=_rounded(value if known else None),
                low=_rounded(low),
                high=_rounded(high),
            )
        )

    def channel(self, key: str, share: float, again: float, worth: float) -> None:
        at = {"channel": key} if key else {}
        heads = max(4, round(self.people * share))
        money = self.revenue / self.people * worth * heads
        sales, mature = round(heads * 6.3 * again), round(heads * 0.87)
        state = "small" if heads < 30 else "sure"
        rate = 0.312 * again
        half = 1.96 * sqrt(rate * (1 - rate) / mature)
        self.say("customers", heads, heads, **at)
        self.say("orders", sales, sales, **at)
        self.say("average_order_value", money / sales, sales, state, **at)
        self.say(
            "repeat_rate_90", rate, mature, state, (rate - half, rate + half), **at
        )
        # Money is said of however few there are.
        self.say("revenue", money, sales, **at)
        for days, part, known in WORTH_BY_AGE:
            value = money / heads * part
            young = days == 365 and key in {"", "paid_social", "email"}
            self.say(
                f"ltv_{days}",
                value,
                round(heads * known),
                "immature" if young and state == "sure" else state,
                (value * 0.94, value * 1.06),
                **at,
            )

    def cohort(self, first: int, segment: str) -> None:
        cohort = f"{2017 + first // 12}-{first % 12 + 1:02}"
        heads = round(self.people / self.months * (0.7 + 0.6 * self.chance.random()))
        if self.of.panel_starts_on:
            heads = 1982 if first == 0 else self.chance.randint(22, 61)
        heads = heads if not segment else heads // 4
        self.say("cohort_customers", heads, heads, cohort=cohort, segment=segment)
        for month in range(self.months - first):
            growing = month == self.months - first - 1
            state = "small" if heads < 30 else "immature" if growing else "sure"
            place = {"cohort": cohort, "month": month, "segment": segment}
            self.say(
                "cohort_retention", self.kept(month, growing), heads, state, **place
            )
            self.say("cohort_value", self.worth(month), heads, state, **place)

    def kept(self, month: int, growing: bool) -> float:
        if month == 0:
            return 1.0
        wobble = 0.85 + 0.3 * self.chance.random()
        return max(0.03, (0.46 - 0.06 * sqrt(month)) * wobble * (0.6 if growing else 1))

    def worth(self, month: int) -> float:
        wobble = 0.9 + 0.2 * self.chance.random()
        return self.revenue / self.people * 0.2 * (1 + month * 0.35) * wobble


def _readings(build: Build, of: Storefront, **size: int | Random) -> None:
    readings = _Readings(build, of, **size)  # type: ignore[arg-type]
    for key, habits in {"": (1.0, 1.0, 1.0), **HABITS}.items():
        readings.channel(key, *habits)
    for segment in ("", "Loyal", "Families", "Students"):
        for first in range(readings.months):
            readings.cohort(first, segment)
    Reading.objects.bulk_create(readings.made)
    credited(build, of, revenue=readings.revenue, orders=readings.people * 12)


def _rounded(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(round(value, 6)))


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
