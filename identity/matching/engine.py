"""One run: records in, people out, with every pair that was looked at and why."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from time import perf_counter

import numpy as np
import pyarrow as pa

from identity.matching import blocking, clustering, cold, comparing, deciding, sharing
from identity.matching.engines import Engine, engine
from identity.matching.fields import Field, recognise
from identity.matching.model import Model
from identity.matching.normalise import People, normalise
from identity.matching.rules import DEFAULT, NOTHING_SAID, PEOPLE, Rules, Said


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run found.

    ``pairs`` are all that were compared: left < right, a level (small number) for each of
    ``model.compared``, bits, probability, decision and reason. ``people`` (record, person:
    the smallest record of theirs) is what merges by itself; ``guess`` is everybody where
    the likelier answer is taken of each pair. ``questions`` and ``households`` are those
    of the pairs. ``quarantine`` are values that too many share. ``seconds`` are what each
    step took.
    """

    pairs: pa.Table
    people: pa.Table
    guess: pa.Table
    questions: pa.Table
    households: pa.Table
    quarantine: pa.Table
    model: Model
    seconds: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Compared:
    """Records made comparable, and the pairs that were looked at, by row."""

    people: People
    rows: pa.Table
    pairs: pa.Table
    quarantine: pa.Table
    model: Model


class _Clock:
    """How long each step took, in the order of the steps."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        began = perf_counter()
        yield
        taken = perf_counter() - began
        self.seconds[name] = self.seconds.get(name, 0.0) + taken


def match(
    records: pa.Table,
    *,
    rules: Rules = DEFAULT,
    model: Model | None = None,
    said: Said = NOTHING_SAID,
    but: Iterable[str] = (),
    on: Engine | None = None,
) -> Outcome:
    """Find out who is who among the records; without a model, one is estimated.

    The columns are those of ``identity.matching.fields``; all but ``record`` may be
    missing. ``but`` are columns nobody may look at. Any order of the rows gives the same
    outcome, and so does any engine that is asked; where none is named, DuckDB is, here.

    Raises:
        RecordsError: two records have one id.
    """
    clock = _Clock()
    with engine() if on is None else nullcontext(on) as opened:
        fields = recognise(records, but=but)
        found = _compare(opened, records, fields, rules, model, said, clock)
        with clock.step("score"):
            bits = found.model.bits(found.pairs)
            likely = found.model.probability(bits)
        with clock.step("decide"):
            decided = deciding.decide(
                found.people,
                found.pairs,
                likely,
                rules,
                said,
                untaught=not found.model.learned_from,
            )
        with clock.step("complete"):
            decided = decided.with_apart(_closing(opened, found, decided, rules, said))
        with clock.step("cluster"):
            auto = clustering.people(found.people, decided.auto(), decided.apart, rules)
            guess = clustering.people(
                found.people, decided.guess(), decided.apart, rules
            )
    return _outcome(found, bits, likely, decided, auto, guess, clock.seconds)


def compare(records: pa.Table, pairs: pa.Table, *, rules: Rules = DEFAULT) -> pa.Table:
    """Return the levels of the pairs (left, right: record ids) among the records."""
    with engine() as opened:
        people = normalise(opened, records, recognise(records))
        people, _ = sharing.set_aside(people, rules)
        laid_out = comparing.lay_out(opened, people)
        rows = pa.table(
            {
                "l": np.searchsorted(people.records, pairs["left"].to_numpy()),
                "r": np.searchsorted(people.records, pairs["right"].to_numpy()),
            }
        )
        levels = comparing.levels(opened, comparing.comparisons(people), laid_out, rows)
    return _named(people, levels)


def _compare(
    opened: Engine,
    records: pa.Table,
    fields: tuple[Field, ...],
    rules: Rules,
    model: Model | None,
    said: Said,
    clock: _Clock,
) -> Compared:
    with clock.step("normalise"):
        people = normalise(opened, records, fields)
    with clock.step("set aside"):
        people, quarantine = sharing.set_aside(people, rules)
        rows = comparing.lay_out(opened, people)
    with clock.step("find pairs"):
        spoken = deciding.rows_of(people, said.together | said.apart | said.walls)
        pairs = blocking.pairs(
            opened, people, clean=sorted(rules.clean), besides=spoken
        )
    found = comparing.comparisons(people)
    with clock.step("compare"):
        levels = comparing.levels(opened, found, rows, pairs)
    if model is None:
        with clock.step("estimate"):
            drawn = cold.sample(len(people.records))
            # Without a pair nothing is estimated, so nothing need be drawn.
            drawn = drawn if levels.num_rows else drawn.slice(0, 0)
            at_random = comparing.levels(opened, found, rows, drawn)
            model = cold.estimate(found, people, levels, at_random)
    return Compared(people, rows, levels, quarantine, model)


def _closing(
    opened: Engine,
    found: Compared,
    decided: deciding.Decided,
    rules: Rules,
    said: Said,
) -> deciding.Edges:
    """Return who is kept apart among those who would become one person by others.

    Two records that hang together by a third were perhaps never looked at as a pair.
    """
    missing = clustering.unseen(len(found.people.records), decided, rules)
    levels = comparing.levels(
        opened, comparing.comparisons(found.people), found.rows, missing
    )
    likely = found.model.probability(found.model.bits(levels))
    return deciding.decide(found.people, levels, likely, rules, said).apart


def _outcome(
    found: Compared,
    bits: np.ndarray,
    likely: np.ndarray,
    decided: deciding.Decided,
    auto: clustering.Clusters,
    guess: clustering.Clusters,
    seconds: Mapping[str, float],
) -> Outcome:
    decided = decided.refused(auto.refused)
    pairs = _named(found.people, found.pairs)
    pairs = pairs.append_column("bits", pa.array(bits))
    pairs = pairs.append_column("probability", pa.array(likely))
    pairs = pairs.append_column("decision", decided.decisions())
    pairs = pairs.append_column("reason", decided.reasons())
    return Outcome(
        pairs=pairs,
        people=_people(found.people, auto.of),
        guess=_people(found.people, guess.of),
        questions=pairs.filter(pa.array(decided.is_question())),
        households=pairs.filter(pa.array(decided.is_household())),
        quarantine=found.quarantine,
        model=found.model,
        seconds=seconds,
    )


def _people(people: People, of: np.ndarray) -> pa.Table:
    return pa.table(
        {"record": people.records, "person": people.records[of]}, schema=PEOPLE
    )


def _named(people: People, levels: pa.Table) -> pa.Table:
    """Return the pairs by their records' ids, in the order of these."""
    left, right = levels["l"].to_numpy(), levels["r"].to_numpy()
    columns = {"left": people.records[left], "right": people.records[right]}
    rest = {
        name: levels[name] for name in levels.column_names if name not in {"l", "r"}
    }
    return pa.table(columns | rest)
