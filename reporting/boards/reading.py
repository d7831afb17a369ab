"""A board read for one shop: few questions to the database, however much it shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from governance.models import Channel, Storefront
from reporting.boards.asked import Asked, Period
from reporting.boards.cells import FIELDS, Cells
from reporting.boards.declared import Board
from reporting.boards.drawn import Drawn, Words, draw
from reporting.boards.source import Source
from reporting.lately import Lately
from reporting.models import Build, Reading
from reporting.tables import figures

# As many earlier builds can be chosen to set the present one beside.
BUILDS = 30
# Of so many boards, shops and builds the numbers are at hand.
_lately = Lately[tuple[str, int, int, str], Cells](24)


@dataclass(frozen=True)
class Read:
    """A board's numbers, and what they were asked for as.

    ``known_to`` is the last day the shop's numbers know of; ``earlier`` the build they are
    set beside.
    """

    board: Board
    build: Build
    storefront: Storefront
    asked: Asked
    drawn: Drawn
    period: Period | None
    period_beside: Period | None
    earlier: Build | None
    known_to: date | None
    months: tuple[str, ...]
    segments: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        return not self.drawn.tiles and not self.drawn.tables

    @property
    def beside(self) -> str:
        """Return what the numbers are set beside, in words; nothing where beside none."""
        if self.period_beside is not None:
            return self.period_beside.words
        return str(self.earlier) if self.earlier else ""


def read(
    board: Board,
    *,
    build: Build,
    storefront: Storefront,
    asked: Asked,
    channels: Sequence[Channel],
) -> Read:
    """Read what a board shows of a shop, as the build has it."""
    earlier = _earlier(build, asked)
    now = _cells(board, storefront, build)
    period = asked.period(now.values("month"))
    other = asked.period_beside(period) if period else None
    scope = dict(asked.scope)
    beside = None
    if earlier is not None:
        beside = Source(_cells(board, storefront, earlier), period, scope)
    elif other is not None:
        beside = Source(now, other, scope)
    return Read(
        board=board,
        build=build,
        storefront=storefront,
        asked=asked,
        drawn=draw(
            board,
            Source(now, period, scope),
            beside,
            Words(
                currency=storefront.currency,
                names=names(channels),
                versions=build.definitions,
                versions_beside=earlier.definitions if earlier else {},
            ),
        ),
        period=period,
        period_beside=other,
        earlier=earlier,
        known_to=known_to(build, storefront),
        months=tuple(now.values("month")),
        segments=tuple(now.values("segment")),
    )


def earlier_builds(build: Build) -> list[Build]:
    """Return the builds that were up before this one, the newest first."""
    return list(
        Build.objects.filter(published_at__isnull=False, made_at__lt=build.made_at)
        .defer("inputs", "versions")
        .order_by("-made_at", "-pk")[:BUILDS]
    )


def known_to(build: Build, storefront: Storefront) -> date | None:
    """Return the last day a shop's numbers know of, as its build kept it."""
    kept = build.inputs.get("storefronts", {}).get(storefront.key, {})
    return date.fromisoformat(kept["data_on"]) if "data_on" in kept else None


def names(channels: Sequence[Channel]) -> Mapping[str, Mapping[str, str]]:
    """Return what is said for the keys in a place, in the order they are shown in."""
    return {"channel": {one.key: one.name for one in channels}}


def months_named(months: Sequence[str]) -> list[tuple[str, str]]:
    return [(month, figures.month(month)) for month in months]


def _earlier(build: Build, asked: Asked) -> Build | None:
    if asked.build is None:
        return None
    return Build.objects.filter(
        pk=asked.build, published_at__isnull=False, made_at__lt=build.made_at
    ).first()


def _cells(board: Board, storefront: Storefront, build: Build) -> Cells:
    """Return every number of a board, as it was asked for lately or as it stands."""

    def asked() -> Cells:
        return Cells(
            Reading.objects.filter(
                build=build, storefront=storefront, metric__in=board.metrics()
            ).values_list(*FIELDS)
        )

    # A build that was published is never written to again; one is told from every other
    # by its digest, too, where databases were exchanged under a process.
    return _lately.of((board.key, storefront.pk, build.pk, build.digest), asked)
