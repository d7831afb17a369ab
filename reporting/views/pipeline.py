"""Pipeline health: what is late, missing, doubled or turned away, as it stands now."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_cache_control

from reporting.boards import exported
from reporting.pipeline import Pipeline, pipeline
from reporting.tables import nights
from reporting.views.standing import Standing, file, no_table, standing

type Line = Sequence[object]


def show(request: HttpRequest) -> HttpResponse:
    """Show how well the numbers are fed; ``?format=csv&table=`` gives a table as a file."""
    now = timezone.now()
    found, stands = pipeline(at=now), standing(request)
    if request.GET.get("format") == "csv":
        return _file(found, stands, now, request.GET.get("table", ""))
    rows = [
        nights.night_row(night, night.steps.all(), now=now) for night in found.nights
    ]
    response = render(
        request,
        "reporting/health.html",
        {
            "section": "health",
            "standing": stands,
            "found": found,
            "nights": rows,
            "chart": _chart(rows),
            "held": stands.held,
            "at": now,
        },
    )
    patch_cache_control(response, private=True, no_cache=True)
    return response


def _chart(rows: Sequence[nights.NightRow]) -> dict[str, Any]:
    """Return what the chart draws: the rows of each night, the last one at the right."""
    told = list(reversed(rows))
    return {
        "id": "nights-data",
        "kind": "months",
        "shape": "stack",
        "summary": "Rows of each night by what became of them; the table below has "
        "every figure.",
        "unit": "",
        "names": [str(row.night) for row in told],
        "marks": [],
        "beside_short": "",
        "series": [
            {
                "name": name,
                "values": values,
                "growing": [False] * len(told),
                "beside": [],
            }
            for name, values in (
                ("Written", [row.written for row in told]),
                ("Unchanged", [row.unchanged for row in told]),
                ("Rejected", [row.rejected for row in told]),
            )
        ],
    }


def _file(found: Pipeline, stands: Standing, at: datetime, key: str) -> HttpResponse:
    if key not in _TABLES:
        return no_table(_TABLES)
    header = [("table", f"Pipeline health: {key}"), ("at", at.isoformat())]
    if stands.build:
        header.append(("build", str(stands.build.pk)))
    return file(exported.written(header, _TABLES[key](found)), f"health-{key}.csv")


def _fresh(found: Pipeline) -> list[Line]:
    return [
        ("stream", "cadence", "last load", "is late", "rows", "rejected", "unfilled"),
        *(
            (
                str(one.stream), one.stream.system.cadence,
                one.loaded.isoformat() if one.loaded else "",
                "yes" if one.is_late else "no", one.rows, one.rejected,
                " ".join(one.missing),
            )
            for one in found.fresh
        ),
    ]  # fmt: skip


def _doubled(found: Pipeline) -> list[Line]:
    return [
        ("waits for", "pairs", "oldest"),
        *(
            (one.wants, one.pairs, one.oldest.isoformat() if one.oldest else "")
            for one in found.doubled
        ),
    ]


def _missing(found: Pipeline) -> list[Line]:
    return [
        ("stream", "column", "fields", "rows", "empty"),
        *(
            (str(one.stream), one.column, " ".join(one.fields), one.rows, one.empty)
            for one in found.missing
        ),
    ]


def _rejected(found: Pipeline) -> list[Line]:
    return [
        ("stream", "reason", "rows"),
        *((one.stream, one.reason, one.rows) for one in found.turned_away),
    ]


_TABLES: dict[str, Callable[[Pipeline], list[Line]]] = {
    "streams": _fresh,
    "duplicates": _doubled,
    "missing": _missing,
    "rejected": _rejected,
}
