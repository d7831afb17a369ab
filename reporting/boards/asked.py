"""What a dashboard's address asks for: which months, of whom, and beside what. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from reporting.tables import figures

_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
# A build's number, as long as numbers of rows are.
_NUMBER = re.compile(r"[1-9][0-9]{0,17}")
YEAR = 12
# By what the people of a board may be narrowed, in this order.
SCOPES = ("channel", "segment")


class Beside(StrEnum):
    """Which other months a board is set beside."""

    BEFORE = "before"
    YEAR = "year"


@dataclass(frozen=True)
class Period:
    """Months from ``first`` to ``last``, both included, named as readings name them."""

    first: str
    last: str

    @cached_property
    def months(self) -> tuple[str, ...]:
        """Return every month of it.

        >>> Period("2016-12", "2017-01").months
        ('2016-12', '2017-01')
        """
        return tuple(
            month(each) for each in range(number(self.first), number(self.last) + 1)
        )

    @property
    def words(self) -> str:
        """Return the period as it stands beside a number.

        >>> Period("2016-12", "2017-01").words
        'Dec 2016 – Jan 2017'
        """
        first, last = figures.month(self.first), figures.month(self.last)
        return first if first == last else f"{first} – {last}"

    def earlier(self, *, by: int) -> "Period":
        """Return the period as long, so many months before it.

        >>> Period("2017-01", "2017-03").earlier(by=12)
        Period(first='2016-01', last='2016-03')
        """
        return Period(month(number(self.first) - by), month(number(self.last) - by))


@dataclass(frozen=True)
class Asked:
    """What an address asks for. Empty is what it does not say, or not so that it counts.

    ``build`` is the number of an earlier build, ``beside`` other months of this one: never
    both.
    """

    since: str = ""
    until: str = ""
    scope: tuple[tuple[str, str], ...] = ()
    beside: Beside | None = None
    build: int | None = None

    def period(self, months: Sequence[str]) -> Period | None:
        """Return the months asked for, of those there are numbers of.

        Where other months are to stand beside them and none were asked for, these are the
        last twelve, or the later half of fewer.

        >>> Asked(since="2017-02", until="2020-01").period(["2017-01", "2017-03"])
        Period(first='2017-02', last='2017-03')
        """
        if not months:
            return None
        first, last = min(months), max(months)
        until = min(self.until, last) if self.until else last
        until = max(until, first)
        since = max(self.since, first) if self.since else first
        if self.beside is not None and not self.since:
            known = number(until) - number(first) + 1
            long = YEAR if known > YEAR else max(1, known // 2)
            since = month(number(until) - long + 1)
        return Period(min(since, until), until)

    def period_beside(self, period: Period) -> Period | None:
        """Return the months that are set beside a period: as many, and earlier ones."""
        if self.beside is None:
            return None
        by = YEAR if self.beside == Beside.YEAR else len(period.months)
        return period.earlier(by=by)


def asked(query: Mapping[str, str]) -> Asked:
    """Return what an address asks for; what makes no sense is as if it were not said.

    >>> asked({"from": "2017-13", "to": "2017-02", "against": "year"})
    Asked(since='', until='2017-02', scope=(), beside=<Beside.YEAR: 'year'>, build=None)
    """
    against = query.get("against", "")
    return Asked(
        since=_month(query.get("from", "")),
        until=_month(query.get("to", "")),
        scope=tuple(
            (name, query[name])
            for name in SCOPES
            if query.get(name, "") and "\0" not in query[name]
        ),
        beside=Beside(against) if against in set(Beside) else None,
        build=int(against) if _NUMBER.fullmatch(against) else None,
    )


def number(said: str) -> int:
    """Return a month as a count of months.

    >>> month(number("2017-03"))
    '2017-03'
    """
    year, nth = said.split("-")
    return int(year) * YEAR + int(nth) - 1


def month(count: int) -> str:
    """Return a count of months as readings name the month.

    >>> month(2017 * 12)
    '2017-01'
    """
    year, nth = divmod(count, YEAR)
    return f"{year:04}-{nth + 1:02}"


def _month(said: str) -> str:
    return said if _MONTH.fullmatch(said) and said >= "0002" else ""
