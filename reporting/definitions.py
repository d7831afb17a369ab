"""The definitions as a page: written from the metrics' own words, never by hand."""

from inspect import cleandoc
from itertools import groupby

from reporting import metrics
from reporting.metrics import METRICS, Metric

_HEAD = """\
# What the numbers mean

Written from the definitions in `reporting/metrics/` by `manage.py metrics_page`; change
them there. What stands here for `days` and `min_n` (30 where nothing else was agreed) is
what the registry begins with: the dictionary shows what is in force.
"""


def page() -> str:
    """Return every definition as Markdown, metrics of one definition together."""
    sections = [_HEAD, _common_words()]
    for _, alike in groupby(METRICS.values(), key=lambda metric: metric.made_by):
        sections.append(_section(sorted(alike, key=_days)))
    return "\n".join(sections)


def _common_words() -> str:
    words = cleandoc(metrics.__doc__ or "").split("\n\n", 1)[1]
    return f"{words}\n"


def _section(alike: list[Metric]) -> str:
    title = ", ".join(f"`{metric.key}`" for metric in alike)
    first = alike[0]
    days = [f"{days}" for metric in alike if (days := _days(metric))]
    given = f" with `days` = {', '.join(days)}" if days else ""
    return (
        f"## {title}\n\n{first.definition}\n\n"
        f"Version {first.version}, from `reporting/sql/{first.view}.sql`{given}.\n"
    )


def _days(metric: Metric) -> int:
    return int(metric.parameters.get("days", 0))
