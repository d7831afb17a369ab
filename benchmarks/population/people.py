"""Households, and the people in them as they truly are.

Whoever lives together shares what households share: a name, an address, at times a
phone, a mailbox, a card. Some are twins; some are called like their father.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from benchmarks.population import phones
from benchmarks.population.names import PLAIN, Numbers, Texts, names

type Moments = np.ndarray[tuple[int], np.dtype[np.float64]]

_HOSTS = np.array(
    [
        "gmail.com",
        "gmx.de",
        "web.de",
        "outlook.com",
        "hotmail.com",
        "yahoo.com",
        "icloud.com",
        "t-online.de",
        "btinternet.com",
        "orange.fr",
        "libero.it",
        "ziggo.nl",
        "bluewin.ch",
        "aon.at",
        "proton.me",
    ],
    dtype=object,
)
_HOST_SHARE = [0.33, 0.1, 0.08, 0.1, 0.07, 0.09, 0.08, 0.04, 0.03, 0.02, 0.02, 0.01,
               0.01, 0.01, 0.01]  # fmt: skip
NEVER = 0.0


@dataclass(frozen=True)
class Places:
    """Where households live, and whose homes these were before."""

    street: Texts
    house: Texts
    postcode: Texts
    city: Texts


@dataclass(frozen=True)
class Households:
    """What a household shares. Where it shares no phone or mailbox, that is None."""

    country: Numbers
    last: Numbers
    size: Numbers
    home: Numbers
    former_home: Numbers
    moved_at: Moments
    landline: Texts
    mailbox: Texts
    card: Texts


@dataclass(frozen=True)
class People:
    """People as they are: what each was before, and when that changed, from 0 to 1.

    Time runs over the years the records were made in: whoever never changed has
    changed at 0, before all of them.
    """

    household: Numbers
    first: Numbers
    second: Numbers
    last: Numbers
    maiden: Numbers
    married_at: Moments
    birth: Numbers
    home: Numbers
    former_home: Numbers
    moved_at: Moments
    email: Texts
    former_email: Texts
    email_at: Moments
    uses_mailbox: np.ndarray
    phone: Texts
    former_phone: Texts
    phone_at: Moments
    card: Texts


def places(rng: np.random.Generator, count: int, country: Numbers) -> Places:
    """Return that many addresses; in towns, several households live at one."""
    known = names()
    towns = rng.zipf(1.35, count) % len(known.cities)
    code = (towns * 31 + country * 977) % 90_000 + 10_000
    street = known.streets[rng.integers(0, len(known.streets), count)]
    pattern = np.array([each.street for each in phones.COUNTRIES], dtype=object)
    return Places(
        street=_texts(
            [
                how.format(named)
                for how, named in zip(pattern[country], street, strict=True)
            ]
        ),
        house=(1 + rng.geometric(0.03, count)).astype(str).astype(object),
        postcode=code.astype(str).astype(object),
        city=known.cities[towns],
    )


def households(rng: np.random.Generator, count: int) -> tuple[Households, Places]:
    """Return that many households, and every address anybody ever had."""
    share = np.array([each.share for each in phones.COUNTRIES])
    country = rng.choice(len(share), size=count, p=share / share.sum())
    size = 1 + rng.choice(5, size=count, p=[0.52, 0.29, 0.10, 0.065, 0.025])
    home = np.arange(count)
    flats = np.flatnonzero(rng.random(count) < 0.2)
    home[flats] = rng.choice(flats, size=len(flats))
    # A third of all homes people left have somebody else in them by now.
    reused = rng.random(count) < 0.3
    former = np.where(
        reused, rng.integers(0, count, count), np.arange(count, 2 * count)
    )
    last = names().lasts(rng, count)
    mailbox = _mailboxes(rng, last)
    mailbox[rng.random(count) > np.where(size > 1, 0.095, 0.01)] = None
    landline = phones.numbers(rng, country, landline=True)
    landline[rng.random(count) > 0.3] = None
    card = _cards(rng, count, 0.04)
    found = Households(
        country=country,
        last=last,
        size=size,
        home=home,
        former_home=former,
        moved_at=_changed(rng, count, 0.2),
        landline=landline,
        mailbox=mailbox,
        card=card,
    )
    both = np.concatenate([country, country])
    return found, places(rng, 2 * count, both)


def people(rng: np.random.Generator, homes: Households) -> People:
    """Return everybody who lives in the households."""
    household = np.repeat(np.arange(len(homes.size)), homes.size)
    count = len(household)
    nth = np.arange(count) - np.repeat(np.cumsum(homes.size) - homes.size, homes.size)
    is_woman = np.where(nth == 1, rng.random(count) < 0.8, rng.random(count) < 0.45)
    first = names().firsts(rng, is_woman)
    birth = _births(rng, household, nth)
    heirs = _name_after_fathers(rng, first, birth, nth)
    _make_twins(rng, first, birth, nth)
    last = homes.last[household]
    other = names().lasts(rng, count)
    # Not every couple takes one name.
    last = np.where((nth == 1) & (rng.random(count) < 0.2), other, last)
    married = np.where((nth == 1) & is_woman, _changed(rng, count, 0.25), NEVER)
    country = homes.country[household]
    uses_mailbox = rng.random(count) < 0.65
    # Whoever is called like their father has a mailbox of their own, mostly.
    uses_mailbox[heirs] &= rng.random(len(heirs)) < 0.15
    email, former = _addresses(rng, first, last, birth)
    left_home = (nth > 1) & (rng.random(count) < 0.15)
    moved_at = np.where(left_home, rng.random(count), homes.moved_at[household])
    new_home = rng.integers(0, len(homes.size), count)
    was, now = homes.former_home[household], homes.home[household]
    card, shared = _cards(rng, count, 0.2), homes.card[household]
    return People(
        household=household,
        first=first,
        second=names().firsts(rng, is_woman),
        last=last,
        maiden=other,
        married_at=married,
        birth=birth,
        home=np.where(left_home, new_home, now),
        former_home=np.where(left_home, now, was),
        moved_at=moved_at,
        email=email,
        former_email=former,
        email_at=_changed(rng, count, 0.24),
        uses_mailbox=uses_mailbox,
        phone=phones.numbers(rng, country),
        former_phone=phones.numbers(rng, country),
        phone_at=_changed(rng, count, 0.14),
        card=np.where(shared != None, shared, card),  # noqa: E711
    )


def _births(rng: np.random.Generator, household: Numbers, nth: Numbers) -> Numbers:
    """Return birthdays as days since 1970: couples are of an age, children are not."""
    of_head = rng.integers(-12_500, 9_500, household.max() + 1)
    spread = rng.normal(0, 1_500, len(nth)).astype(np.int64)
    own = of_head[household] + np.where(nth == 0, 0, spread)
    days = np.where(nth > 1, own + 10_300, own)
    return np.clip(days, -14_000, 14_600)


def _name_after_fathers(
    rng: np.random.Generator, first: Numbers, birth: Numbers, nth: Numbers
) -> Numbers:
    heads = np.flatnonzero(nth == 0)
    heirs = np.flatnonzero((nth[1:] == 1) & (rng.random(len(nth) - 1) < 0.03)) + 1
    first[heirs] = first[heads[np.searchsorted(heads, heirs) - 1]]
    birth[heirs] = np.clip(birth[heirs] + 10_500, None, 14_600)
    return heirs


def _make_twins(
    rng: np.random.Generator, first: Numbers, birth: Numbers, nth: Numbers
) -> None:
    """Let some be born on their sibling's day; parents like names that sound alike."""
    twins = np.flatnonzero((nth > 2) & (rng.random(len(nth)) < 0.06))
    birth[twins] = birth[twins - 1]
    alike = twins[rng.random(len(twins)) < 0.2]
    same_letter = first[alike - 1] + rng.integers(1, 4, len(alike))
    first[alike] = np.minimum(same_letter, len(names().first) - 1)


def _changed(rng: np.random.Generator, count: int, share: float) -> Moments:
    """Return when each changed; most never did."""
    return np.where(rng.random(count) < share, rng.random(count), NEVER)


def _cards(rng: np.random.Generator, count: int, share: float) -> Texts:
    """Return that share of them a loyalty card."""
    cards = rng.integers(10**8, 10**9, count).astype(str).astype(object)
    cards[rng.random(count) > share] = None
    return cards


def _mailboxes(rng: np.random.Generator, last: Numbers) -> Texts:
    """Return what a family calls the mailbox it shares."""
    style = rng.integers(0, 3, len(last))
    begin = np.array(["familie.", "the", "fam"], dtype=object)[style]
    return _once(begin + names().last_plain[last] + "@" + _hosts(rng, len(last)))


def _addresses(
    rng: np.random.Generator, first: Numbers, last: Numbers, birth: Numbers
) -> tuple[Texts, Texts]:
    """Return everybody's mailbox and the one they had before: no two have the same."""
    both = [_wanted(rng, first, last, birth) for _ in range(2)]
    every = _once(np.concatenate(both))
    return every[: len(first)], every[len(first) :]


def _wanted(
    rng: np.random.Generator, first: Numbers, last: Numbers, birth: Numbers
) -> Texts:
    known = names()
    given, family = known.first_plain[first], known.last_plain[last]
    year = (1970 + birth // 365).astype(str).astype(object)
    number = rng.integers(1, 9_999, len(first)).astype(str).astype(object)
    initial = _texts([name[0] for name in given])
    nickname = known.streets[rng.integers(0, len(known.streets), len(first))]
    nickname = _texts([name.lower().translate(PLAIN) for name in nickname])
    style = rng.choice(7, size=len(first), p=[0.3, 0.1, 0.13, 0.14, 0.1, 0.13, 0.1])
    ways = [
        given + "." + family,
        given + family,
        initial + "." + family,
        given + "." + family + _texts([each[2:] for each in year]),
        given + number,
        nickname + number,
        family + "." + given,
    ]
    return np.choose(style, ways) + "@" + _hosts(rng, len(first))


def _hosts(rng: np.random.Generator, count: int) -> Texts:
    return _HOSTS[rng.choice(len(_HOSTS), size=count, p=_HOST_SHARE)]


def _once(wanted: Texts) -> Texts:
    """Return the addresses; who comes second to one gets a number behind the name.

    Dots make no other mailbox where dots are not read.
    """
    read = [text.replace(".", "") for text in wanted]
    codes = pa.array(read).dictionary_encode().indices.to_numpy()
    order = np.argsort(codes, kind="stable")
    starts = np.flatnonzero(np.diff(codes[order], prepend=-1))
    lengths = np.diff(np.append(starts, len(codes)))
    nth = np.empty(len(codes), dtype=np.int64)
    nth[order] = np.arange(len(codes)) - np.repeat(starts, lengths)
    found = wanted.copy()
    for place in np.flatnonzero(nth):
        local, _, host = found[place].partition("@")
        found[place] = f"{local}_{nth[place] + 1}@{host}"
    return found


def _texts(values: list[str]) -> Texts:
    return np.array(values, dtype=object)
