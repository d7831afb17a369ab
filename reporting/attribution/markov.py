"""Credit by removal: what share of the sales would be lost if a channel were not there.

Journeys are a chain in which the next touch depends on the present one alone. A channel's
*removal effect* is the share of sales whose journeys lead through it: were it not there,
whoever came to it would have been lost. The credit of a channel is its effect's share in
all effects together, as Anderl, Becker, von Wangenheim and Schumann propose ("Mapping the
customer journey", 2016). Pure, and solved exactly instead of simulated: the same counts
give the same credit.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Where journeys begin, and the two ways in which they end.
START, SOLD, LOST = "(start)", "(sold)", "(lost)"

# Effects are whole numbers of this size: what machines compute differently is smaller.
_UNIT = 10**12

# From where to where, and how often.
type Steps = Mapping[tuple[str, str], int]


def removal_effects(steps: Steps) -> dict[str, float]:
    """Return which share of the sales would be lost without each channel.

    With journeys a → b → sold, a → lost and b → lost, every sale leads through both.

    >>> removal_effects({
    ...     (START, "a"): 2, (START, "b"): 1, ("a", "b"): 1, ("a", LOST): 1,
    ...     ("b", SOLD): 1, ("b", LOST): 1,
    ... })
    {'a': 0.5, 'b': 1.0}
    """
    # Read here alone: pages know the model by name, and solve nothing.
    import numpy as np

    channels = sorted({state for step in steps for state in step} - {START, SOLD, LOST})
    if not any(steps.get((state, SOLD)) for state in channels):
        return dict.fromkeys(channels, 0.0)
    moves, sells, begins = _chances(steps, channels)
    # How often, on average, a journey that is at one channel comes to each.
    visits = np.linalg.inv(np.identity(len(channels)) - moves)
    sale_from = visits @ sells
    reached = (begins @ visits) / np.diag(visits)
    effects = reached * sale_from / (begins @ sale_from)
    return {
        channel: round(float(effect), 12)
        for channel, effect in zip(channels, effects, strict=True)
    }


def credits(steps: Steps, total: int) -> dict[str, int]:
    """Share out ``total`` among the channels; the parts sum to it exactly.

    What is left after rounding down goes to those who lost most by it, of equals to the
    first by name. Where nobody led to a sale there is nobody to share with.
    """
    effects = {
        channel: round(effect * _UNIT)
        for channel, effect in removal_effects(steps).items()
    }
    whole = sum(effects.values())
    if not whole:
        return {}
    sign, amount = (-1 if total < 0 else 1), abs(total)
    parts = {key: amount * effect // whole for key, effect in effects.items()}
    lost_most = sorted(effects, key=lambda key: (-(amount * effects[key] % whole), key))
    for key in lost_most[: amount - sum(parts.values())]:
        parts[key] += 1
    return {key: sign * part for key, part in parts.items()}


def _chances(
    steps: Steps, channels: list[str]
) -> "tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]":
    """Return the chances to go from channel to channel, to a sale, and to begin there."""
    import numpy as np

    place = {channel: nth for nth, channel in enumerate(channels)}
    moves = np.zeros((len(channels), len(channels)))
    sells, begins = np.zeros(len(channels)), np.zeros(len(channels))
    leaving = np.zeros(len(channels))
    for (came_from, towards), times in steps.items():
        if came_from == START:
            begins[place[towards]] += times
            continue
        leaving[place[came_from]] += times
        if towards == SOLD:
            sells[place[came_from]] += times
        elif towards != LOST:
            moves[place[came_from], place[towards]] += times
    # What nobody has left yet leads nowhere so far.
    leaving[leaving == 0] = 1
    return moves / leaving[:, None], sells / leaving, begins / begins.sum()
