"""What shop and CRM hold of people: parts of it, of some time, with slips and junk."""

from dataclasses import dataclass
from random import Random

import numpy as np

from benchmarks.population import phones, slips
from benchmarks.population.names import Numbers, Texts, names
from benchmarks.population.people import Households, People, Places

ACCOUNT, GUEST, CONTACT = 0, 1, 2

# How often a field is filled in: by somebody with an account, a guest, the CRM.
_GIVEN = {
    "first": (0.99, 0.955, 0.975),
    "last": (0.985, 0.92, 0.975),
    "email": (0.985, 0.95, 0.83),
    "phone": (0.62, 0.46, 0.74),
    "birth": (0.12, 0.0, 0.45),
    "address": (0.83, 0.68, 0.71),
    "country": (0.97, 0.97, 0.9),
    "loyalty": (0.5, 0.05, 0.6),
}
_SLIPS = {"first": 0.02, "last": 0.025, "email": 0.008, "phone": 0.01, "street": 0.03}
_JUNK = {
    "email": (0.006, "test@test.com none@none.com noemail@noemail.com a@a.com "
              "unknown@unknown.com noreply@mail.com info@our-shop.example"),
    "phone": (0.008, "0000000 000000000000 123456789 0123456789 1111111111 +490000000000 99999999"),
    "first": (0.004, "unknown test N/A Kunde Guest . x"),
    "last": (0.003, "unknown test N/A Kunde Customer . xxx"),
    "birth": (0.02, "1900-01-01 1970-01-01 1900-01-01"),
}  # fmt: skip
KIOSKS = 5
# A contact's number is the agency's that looks after it.
AGENCIES_PER_RECORD, CLIENTS_AT_AGENCIES = 1 / 8_000, 0.006
WRONG_CROSS_ID = 0.002


@dataclass(frozen=True)
class Drawn:
    """Which person, in which system, at which time: what one record is about."""

    owner: Numbers
    kind: Numbers
    at: np.ndarray

    def chance(self, rng: np.random.Generator, field: str) -> np.ndarray:
        """Return which records have the field filled in."""
        filled = rng.random(len(self.kind)) < np.array(_GIVEN[field])[self.kind]
        return np.asarray(filled)


def draw(rng: np.random.Generator, people: int, records: int) -> Drawn:
    """Return that many records of these people, in no order."""
    accounts = rng.choice(3, size=people, p=[0.44, 0.53, 0.03])
    guests = rng.choice(4, size=people, p=[0.9, 0.078, 0.018, 0.004])
    # Some never make an account, and order again and again.
    guests = np.where(
        guests == 3, 2 + np.minimum(rng.geometric(0.35, people), 12), guests
    )
    contacts = rng.choice(4, size=people, p=[0.46, 0.48, 0.055, 0.005])
    each = np.stack([accounts, guests, contacts], axis=1)
    each[each.sum(axis=1) == 0, rng.integers(0, 3)] = 1
    kinds = np.repeat(np.tile(np.arange(3), people), each.ravel())
    owner = np.repeat(np.repeat(np.arange(people), 3), each.ravel())
    if len(owner) < records:
        raise ValueError(f"{people:,} people have no {records:,} records.")
    kept = rng.permutation(records)
    return Drawn(owner[:records][kept], kinds[:records][kept], rng.random(records))


def name_columns(
    rng: np.random.Generator, chance: Random, drawn: Drawn, people: People
) -> dict[str, Texts]:
    """Return first and last names: short, initials, swapped, shouted, before marriage."""
    known, owner, count = names(), drawn.owner, len(drawn.owner)
    first = known.first[people.first[owner]]
    short = known.short[people.first[owner]]
    uses_short = (short != "") & (rng.random(count) < 0.06)
    first = np.where(uses_short, short, first)
    second = rng.random(count) < 0.012
    first[second] = first[second] + " " + known.first[people.second[owner[second]]]
    initials = np.flatnonzero(
        rng.random(count) < np.array([0.01, 0.03, 0.025])[drawn.kind]
    )
    first[initials] = [f"{name[0]}." for name in first[initials]]
    is_maiden = drawn.at < people.married_at[owner]
    last = known.last[np.where(is_maiden, people.maiden[owner], people.last[owner])]
    first[~drawn.chance(rng, "first")] = None
    last[~drawn.chance(rng, "last")] = None
    _slip(rng, chance, drawn, "first", first)
    _slip(rng, chance, drawn, "last", last)
    swapped = np.flatnonzero(rng.random(count) < 0.005)
    first[swapped], last[swapped] = last[swapped], first[swapped]
    _junk(rng, "first", first)
    _junk(rng, "last", last)
    _shout(rng, first, last)
    return {"first": first, "last": last}


def email_column(
    rng: np.random.Generator,
    chance: Random,
    drawn: Drawn,
    people: People,
    homes: Households,
) -> Texts:
    """Return mailboxes: the one of that time, the other one, the household's."""
    owner, count = drawn.owner, len(drawn.owner)
    other = (drawn.at < people.email_at[owner]) | (rng.random(count) < 0.03)
    email = np.where(other, people.former_email[owner], people.email[owner])
    shared = homes.mailbox[people.household[owner]]
    # Half of the mailboxes a household shares are simply one's own.
    of_head = np.flatnonzero(rng.random(len(homes.size)) < 0.5)
    heads = np.cumsum(homes.size) - homes.size
    head_of = np.full(len(homes.size), -1)
    head_of[of_head] = heads[of_head]
    head = head_of[people.household[owner]]
    uses = (shared != None) & people.uses_mailbox[owner] & (rng.random(count) < 0.8)  # noqa: E711
    email = np.where(uses, np.where(head >= 0, people.email[head], shared), email)
    tagged = np.flatnonzero(rng.random(count) < 0.012)
    email[tagged] = [_tagged(text) for text in email[tagged]]
    dotted = np.flatnonzero(rng.random(count) < 0.03)
    email[dotted] = [_dotted(text, chance) for text in email[dotted]]
    email[~drawn.chance(rng, "email")] = None
    _slip(rng, chance, drawn, "email", email)
    shouted = np.flatnonzero((rng.random(count) < 0.03) & (email != None))  # noqa: E711
    email[shouted] = [text.title() for text in email[shouted]]
    _junk(rng, "email", email)
    return email


def phone_column(
    rng: np.random.Generator,
    chance: Random,
    drawn: Drawn,
    people: People,
    homes: Households,
) -> Texts:
    """Return numbers: one's own, the household's, the agency's, the kiosk's."""
    owner, count = drawn.owner, len(drawn.owner)
    country = homes.country[people.household[owner]]
    old = (drawn.at < people.phone_at[owner]) | (rng.random(count) < 0.02)
    phone = np.where(old, people.former_phone[owner], people.phone[owner])
    landline = homes.landline[people.household[owner]]
    at_home = (landline != None) & (rng.random(count) < 0.27)  # noqa: E711
    phone = np.where(at_home, landline, phone)
    # A number nobody pays for is given to somebody else.
    again = np.flatnonzero(rng.random(count) < 0.001)
    phone[again] = people.former_phone[rng.integers(0, len(people.phone), len(again))]
    phone[~drawn.chance(rng, "phone")] = None
    _slip(rng, chance, drawn, "phone", phone)
    said = np.flatnonzero(phone != None)  # noqa: E711
    phone[said] = phones.written(rng, country[said], phone[said])
    contacts = np.flatnonzero(
        (drawn.kind == CONTACT) & (rng.random(count) < CLIENTS_AT_AGENCIES)
    )
    agencies = phones.numbers(
        rng, np.zeros(1 + int(count * AGENCIES_PER_RECORD), dtype=np.int64)
    )
    phone[contacts] = "+49" + agencies[rng.integers(0, len(agencies), len(contacts))]
    _junk(rng, "phone", phone)
    return phone


def birth_column(rng: np.random.Generator, drawn: Drawn, people: People) -> Texts:
    """Return birthdays as they were typed: some with day and month exchanged."""
    count = len(drawn.owner)
    given = np.flatnonzero(drawn.chance(rng, "birth"))
    days = people.birth[drawn.owner[given]]
    days = days + np.where(
        rng.random(len(given)) < 0.012, rng.integers(-9, 10, len(given)), 0
    )
    typed = days.astype("datetime64[D]").astype(str).astype(object)
    for place in np.flatnonzero(rng.random(len(given)) < 0.012):
        year, month, day = typed[place].split("-")
        if int(day) <= 12:
            typed[place] = f"{year}-{day}-{month}"
    birth = np.full(count, None, dtype=object)
    birth[given] = typed
    _junk(rng, "birth", birth)
    return birth


def address_columns(
    rng: np.random.Generator,
    chance: Random,
    drawn: Drawn,
    people: People,
    places: Places,
) -> dict[str, Texts]:
    """Return addresses: of that time, written in one of several ways, at times in part."""
    owner = drawn.owner
    home = np.where(
        drawn.at < people.moved_at[owner], people.former_home[owner], people.home[owner]
    )
    given = drawn.chance(rng, "address")
    street, house = places.street[home], places.house[home].copy()
    short = np.flatnonzero(rng.random(len(owner)) < 0.3)
    street[short] = [_abbreviated(text) for text in street[short]]
    _slip(rng, chance, drawn, "street", street)
    together = np.flatnonzero(rng.random(len(owner)) < 0.12)
    street[together] = street[together] + " " + house[together]
    house[together] = None
    postcode, city = places.postcode[home], places.city[home]
    for column in (street, house, postcode, city):
        column[~given] = None
    street[rng.random(len(owner)) < 0.02] = None
    postcode[rng.random(len(owner)) < 0.02] = None
    return {"street": street, "house": house, "postcode": postcode, "city": city}


def ids(
    rng: np.random.Generator, drawn: Drawn, people: People
) -> dict[str, Texts | Numbers]:
    """Return each record's own id, the shop id a contact carries, and loyalty cards."""
    count = len(drawn.owner)
    own = np.arange(count).astype(str).astype(object)
    shop_id = np.full(count, None, dtype=object)
    accounts = np.flatnonzero(drawn.kind == ACCOUNT)
    shop_id[accounts] = "C" + own[accounts]
    # One account of each person: who has two is known to the CRM by one of them.
    account_of = np.full(len(people.first), -1)
    account_of[drawn.owner[accounts]] = accounts
    contacts = np.flatnonzero((drawn.kind == CONTACT) & (rng.random(count) < 0.16))
    claimed = account_of[drawn.owner[contacts]]
    contacts, claimed = contacts[claimed >= 0], claimed[claimed >= 0]
    wrong = rng.random(len(claimed)) < WRONG_CROSS_ID
    claimed = np.where(wrong, rng.choice(accounts, len(claimed)), claimed)
    shop_id[contacts] = shop_id[claimed]
    loyalty = people.card[drawn.owner]
    loyalty[~drawn.chance(rng, "loyalty")] = None
    source = np.where(drawn.kind == CONTACT, "crm", "shop").astype(object)
    return {
        "record": np.arange(count),
        "source": source,
        "shop_customer_id": shop_id,
        "loyalty": loyalty,
    }


def put_at_kiosks(
    rng: np.random.Generator, drawn: Drawn, phone: Texts, device: Texts
) -> None:
    """Let thousands of strangers order at five kiosks: on one device, with one number."""
    shop = np.flatnonzero(drawn.kind != CONTACT)
    each = min(4_000, len(drawn.kind) // 400)
    chosen = rng.choice(shop, size=KIOSKS * each, replace=False)
    for kiosk, there in enumerate(np.split(chosen, KIOSKS)):
        device[there] = f"kiosk-{kiosk}"
        without = there[rng.random(len(there)) < 0.5]
        phone[without] = f"+49 30 2000{kiosk}00"


def _slip(
    rng: np.random.Generator, chance: Random, drawn: Drawn, field: str, column: Texts
) -> None:
    # The CRM is typed by somebody else than who it is about.
    rate = _SLIPS[field] * np.array([1, 1.3, 1.6])[drawn.kind]
    slips.slip(column, np.flatnonzero(rng.random(len(column)) < rate).tolist(), chance)


def _junk(rng: np.random.Generator, field: str, column: Texts) -> None:
    share, values = _JUNK[field]
    there = np.flatnonzero((rng.random(len(column)) < share) & (column != None))  # noqa: E711
    junk = np.array(values.split(), dtype=object)
    column[there] = junk[rng.integers(0, len(junk), len(there))]


def _shout(rng: np.random.Generator, *columns: Texts) -> None:
    count = len(columns[0])
    loud, quiet = rng.random(count) < 0.05, rng.random(count) < 0.06
    for column in columns:
        there = np.flatnonzero(loud & (column != None))  # noqa: E711
        column[there] = [text.upper() for text in column[there]]
        there = np.flatnonzero(quiet & ~loud & (column != None))  # noqa: E711
        column[there] = [text.lower() for text in column[there]]


def _tagged(email: str) -> str:
    local, at, host = email.partition("@")
    return f"{local}+shop{at}{host}"


def _dotted(email: str, chance: Random) -> str:
    """Return a Gmail address with other dots, which reaches the same person."""
    local, _, host = email.partition("@")
    if host != "gmail.com" or len(local) < 4:
        return email
    if "." in local:
        return f"{local.replace('.', '')}@{host}"
    at = chance.randrange(1, len(local) - 1)
    return f"{local[:at]}.{local[at:]}@{host}"


def _abbreviated(street: str) -> str:
    shortened = street.replace("straße", "str.").replace(" Street", " St")
    return shortened.replace(" Avenue", " Ave").replace("Calle ", "C/ ")
