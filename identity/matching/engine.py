"""One run: records in, people out, with every pair that was looked at and why."""

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from identity.matching.model import Model
from identity.matching.rules import DEFAULT, NOTHING_SAID, Rules, Said


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run found.

    ``pairs`` are all that were compared: left < right, a level (small number) for each of
    ``model.compared``, bits, probability, decision and reason. ``people`` (record, person:
    the smallest record of theirs) is what merges by itself; ``guess`` is everybody where
    the likelier answer is taken of each pair. ``questions`` (left, right, probability,
    bits, reason) and ``households`` are pairs. ``quarantine`` are values that too many
    share. ``seconds`` are what each step took.
    """

    pairs: pa.Table
    people: pa.Table
    guess: pa.Table
    questions: pa.Table
    households: pa.Table
    quarantine: pa.Table
    model: Model
    seconds: Mapping[str, float]


def match(
    records: pa.Table,
    *,
    rules: Rules = DEFAULT,
    model: Model | None = None,
    said: Said = NOTHING_SAID,
) -> Outcome:
    """Find out who is who among the records; without a model, one is estimated.

    The columns are those of ``identity.matching.fields``; all but ``record`` may be
    missing. Any order of the rows gives the same outcome.
    """
    raise NotImplementedError
