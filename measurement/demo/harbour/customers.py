"""The shop's register of customers."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from measurement.demo.harbour.season import ENDS_AT
from measurement.demo.harbour.shoppers import Account, Shopper
from measurement.demo.people import typed_name, typed_phone
from measurement.demo.truth import Truth
from measurement.demo.writing import moment, write_ndjson

_TELLS_PHONE = 0.92
_TELLS_BIRTH = 0.35
_CHANGED = 0.30


def write(
    folder: Path, shoppers: Sequence[Shopper], *, seed: int, truth: Truth
) -> None:
    """Write every account by number, and tell who is behind it."""
    rng = Random(f"{seed} harbour customers")
    rows = sorted(_rows(shoppers, rng, truth), key=lambda row: str(row["id"]))
    write_ndjson(folder / "customers.ndjson", rows)


def _rows(
    shoppers: Sequence[Shopper], rng: Random, truth: Truth
) -> Iterator[dict[str, object]]:
    for shopper in shoppers:
        for account in shopper.accounts:
            truth.add("harbour_shop", account.account_id, shopper.person)
            yield _row(shopper, account, rng)


def _row(shopper: Shopper, account: Account, rng: Random) -> dict[str, object]:
    person = shopper.person
    tells_phone = person.phone and rng.random() < _TELLS_PHONE
    tells_birth = rng.random() < _TELLS_BIRTH
    return {
        "id": account.account_id,
        "first_name": typed_name(person.first, rng),
        "last_name": typed_name(person.last, rng),
        "email": account.email,
        "phone": typed_phone(person.phone, rng) if tells_phone else None,
        "country": person.country,
        "birth_date": person.birth_on.isoformat() if tells_birth else None,
        "created_at": moment(account.created_at),
        "updated_at": moment(_updated_at(account.created_at, rng)),
    }


def _updated_at(created_at: datetime, rng: Random) -> datetime:
    changed = rng.random() < _CHANGED
    later = (ENDS_AT - created_at) * rng.random() if changed else timedelta()
    return created_at + later
