"""What a mapping makes of rows, beside what another made of them. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from measurement.mapping.described import CONDITIONS
from measurement.workbench.asking import Wanted

# As many as anybody reads on a page.
_ROWS_SHOWN = 8
_REASONS_SHOWN = 10


@dataclass
class Outcome:
    """What a mapping makes of the rows: each line's values, and why lines are rejected."""

    written: dict[str, int] = field(default_factory=dict)
    values: dict[int, dict[str, str]] = field(default_factory=dict)
    rejects: dict[int, tuple[str, str]] = field(default_factory=dict)
    looked_at: int = 0

    def value(self, line: int, key: str) -> str:
        return self.values.get(line, {}).get(key, "")

    def makes(self) -> Iterable[str]:
        """Return the fields it makes values of."""
        return next(iter(self.values.values()), {})


def compared(wanted: Sequence[Wanted], now: Outcome, then: Outcome) -> list[str]:
    """Return the fields that may say something else: of a condition, all it decides on."""
    decided = {each.entity for each in wanted if each.field in CONDITIONS}
    made = {*now.makes(), *then.makes()}
    others = sorted(key for key in made if key.partition(".")[0] in decided)
    asked = [each.key for each in wanted if each.field not in CONDITIONS]
    # What is counted as the page is written is no value of the row alone.
    told = [key for key in asked if key in made or not then.values]
    return list(dict.fromkeys([*told, *others]))


def changed(keys: Sequence[str], now: Outcome, then: Outcome) -> list[int]:
    """Return the lines that are taken in and would say something else."""
    return [
        line
        for line in sorted(then.values)
        if any(now.value(line, key) != then.value(line, key) for key in keys)
    ]


def to_show(changed: Sequence[int], then: Outcome) -> list[int]:
    """Return some lines: from all over those that change, then of the others."""
    step = max(1, len(changed) // _ROWS_SHOWN)
    unchanged = sorted(set(then.values) - set(changed))
    return sorted([*changed[::step][:_ROWS_SHOWN], *unchanged][:_ROWS_SHOWN])


def filled(keys: Iterable[str], now: Outcome, then: Outcome) -> list[dict[str, Any]]:
    """Return how many rows fill each field, now and then."""
    return [
        {
            "field": key,
            "before": sum(bool(made.get(key)) for made in now.values.values()),
            "after": sum(bool(made.get(key)) for made in then.values.values()),
        }
        for key in keys
    ]


def samples(
    lines: Iterable[int],
    keys: Sequence[str],
    texts: Mapping[int, list[list[str]]],
    now: Outcome,
    then: Outcome,
) -> list[dict[str, Any]]:
    """Return rows as they came, and what becomes of the fields: now, and then."""
    return [
        {
            "line": line,
            "columns": texts.get(line, []),
            "fields": [
                [key, now.value(line, key), then.value(line, key)] for key in keys
            ],
        }
        for line in lines
    ]


def rejected_by(then: Outcome) -> dict[str, int]:
    """Return how many rows each field turns away."""
    return dict(Counter(name for name, _reason in then.rejects.values()))


def rejects(now: Outcome, then: Outcome) -> list[dict[str, Any]]:
    """Return why rows would be rejected, new reasons first, and how many for each."""
    lines: dict[tuple[bool, str, str], list[int]] = {}
    for line, (name, reason) in sorted(then.rejects.items()):
        lines.setdefault((line not in now.rejects, name, reason), []).append(line)
    found = sorted(lines.items(), key=lambda each: (not each[0][0], -len(each[1])))
    return [
        {
            "line": several[0],
            "rows": len(several),
            "field": name,
            "reason": reason,
            "is_new": is_new,
        }
        for (is_new, name, reason), several in found[:_REASONS_SHOWN]
    ]
