"""How the customers of each channel behave. This is the finding the pages should show."""

from collections.abc import Mapping
from dataclasses import dataclass

from measurement.demo.touches import Mix


@dataclass(frozen=True, slots=True)
class Habit:
    """What to expect of somebody who came by a channel.

    Chances are per order; ``spends`` from -1 (takes the cheaper of two things) to 1.
    """

    share: float
    comes_back: float
    days_between: float
    adds_a_line: float
    spends: float
    refunded: float
    percent_off: int = 0


HABITS: Mapping[str, Habit] = {
    "organic_search": Habit(0.20, 0.79, 70, 0.57, 0.10, 0.060),
    "paid_search": Habit(0.20, 0.70, 78, 0.55, 0.00, 0.080),
    "paid_social": Habit(0.18, 0.36, 100, 0.44, -0.30, 0.100, 5),
    "direct": Habit(0.12, 0.84, 62, 0.58, 0.20, 0.055),
    "email": Habit(0.10, 0.92, 52, 0.60, 0.25, 0.040, 5),
    "referral": Habit(0.08, 0.90, 56, 0.61, 0.45, 0.035),
    "affiliates": Habit(0.06, 0.46, 90, 0.48, -0.10, 0.210, 10),
    "tiktok": Habit(0.04, 0.24, 110, 0.38, -0.50, 0.120, 5),
    "organic_social": Habit(0.02, 0.58, 90, 0.50, 0.00, 0.070),
}

ACQUIRED_BY = Mix({channel: habit.share for channel, habit in HABITS.items()})
