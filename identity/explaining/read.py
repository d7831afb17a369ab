"""What the explaining reads of records, and of what was weighed of two."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import product

from governance.models import SourceSystem
from identity import rows
from identity.evidence import Facts
from identity.models import MatchCandidate
from identity.names import name_key
from measurement.models import CustomerRecord

_BARS = 20


@dataclass(frozen=True, slots=True)
class Step:
    """One comparison of a waterfall, what it adds in bits, and how long its bar is."""

    feature: str
    sentence: str
    bits: float
    length: int

    @property
    def speaks_for(self) -> bool:
        """Return whether it makes the two likelier one person."""
        return self.bits > 0


def facts_of(
    records: Collection[int], *, limited: Collection[str] = ()
) -> dict[int, Facts]:
    """Return what the judging reads of the records, by record: as they are today.

    ``limited`` are identifiers of which a person may have but so many.
    """
    read = rows.select(
        "known_records",
        records=list(records),
        shop=SourceSystem.Kind.SHOP,
        limited=list(limited),
    )
    return {row[0]: _facts(*row[:15]) for row in read}


def named(records: Iterable[int]) -> dict[int, CustomerRecord]:
    """Return the records with their systems, by id."""
    found = CustomerRecord.objects.filter(pk__in=set(records))
    return {one.pk: one for one in found.select_related("system__storefront")}


def waterfall(pair: MatchCandidate) -> list[Step]:
    """Return what each comparison of a pair added; the bits sum to its score."""
    most = max((abs(each["bits"]) for each in pair.waterfall), default=0) or 1
    return [
        Step(
            feature=each["feature"].replace("_", " ").capitalize(),
            sentence=each.get("sentence") or each["level"],
            bits=float(each["bits"]),
            length=round(abs(each["bits"]) / most * _BARS),
        )
        for each in pair.waterfall
    ]


def asked_between(
    ones: Collection[int], others: Collection[int]
) -> list[MatchCandidate]:
    """Return the pairs somebody was asked about with a record on each side."""
    both = {*ones, *others}
    pairs = MatchCandidate.objects.filter(left__in=both, right__in=both)
    across = {frozenset(two) for two in product(ones, others)}
    found = pairs.with_records().select_related("decided_by", "referred_to")
    return [
        pair
        for pair in found.order_by("-score", "pk")
        if frozenset((pair.left_id, pair.right_id)) in across
    ]


def bits_of(steps: Iterable[Step]) -> float:
    """Return the score the steps come to."""
    return sum(step.bits for step in steps)


def by_two(pairs: Iterable[MatchCandidate]) -> Mapping[frozenset[int], MatchCandidate]:
    """Return the pairs by their two records."""
    return {frozenset((pair.left_id, pair.right_id)): pair for pair in pairs}


def _facts(
    record: int,
    system: str,
    source_id: str,
    storefront: int,
    first: str,
    last: str,
    birth_on: object,
    account_of: int | None,
    is_guest: bool,
    emails: list[str],
    phones: list[str],
    claims: list[str],
    limited_kinds: list[str],
    limited_values: list[str],
    said_on: date | None,
) -> Facts:
    return Facts(
        record=record,
        place=(system, source_id),
        storefront=storefront,
        first=name_key(first),
        last=name_key(last),
        birth_on=birth_on,  # type: ignore[arg-type]
        account_of=account_of,
        is_guest=is_guest,
        emails=tuple(emails),
        phones=tuple(phones),
        claims=tuple(claims),
        carries=tuple(zip(limited_kinds, limited_values, strict=True)),
        said_on=said_on,
    )
