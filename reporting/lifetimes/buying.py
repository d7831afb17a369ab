"""How often people buy, and whether they still will: BG/NBD.

Everybody buys at a rate of their own, and after any purchase may be gone for good. Rates
are gamma distributed over people, chances of leaving beta distributed, and the two are
independent. From Fader, Hardie and Lee, "Counting Your Customers" the Easy Way: An
Alternative to the Pareto/NBD Model, Marketing Science 24 (2005).
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize
from scipy.special import betaln, gammaln, hyp2f1

type Floats = np.ndarray[tuple[int], np.dtype[np.float64]]

# What an optimiser may run through to, in the logarithm of a parameter.
_LEAST, _MOST = -10.0, 10.0


class NotFitted(Exception):
    """No parameters can be found for these people; the message says why."""


class Lives(NamedTuple):
    """People counted by how they bought. Equally long columns, one place per kind.

    ``repeats`` counts the days with a purchase after the first; ``last`` is the number of
    days from the first purchase to the last one, and ``known`` to the day until which
    anything is known. ``people`` is how many bought so.
    """

    repeats: Floats
    last: Floats
    known: Floats
    people: Floats


@dataclass(frozen=True, slots=True)
class Buying:
    """The parameters of BG/NBD, time in days.

    ``r`` and ``alpha`` shape the rates of buying, ``a`` and ``b`` the chances of leaving.
    """

    r: float
    alpha: float
    a: float
    b: float

    def alive(self, lives: Lives) -> Floats:
        """Return the probability that somebody who bought so has not left."""
        return 1.0 / (1.0 + self._gone(lives))

    def expected(self, lives: Lives, days: float) -> Floats:
        """Return how many purchases are expected of each in so many days to come."""
        repeats, _, known, _ = lives
        a, b = self.a, self.b
        shape = self.r + repeats
        reached = self.alpha + known
        # Of the family of functions that shrinks towards 0 with the days.
        gone_by = hyp2f1(
            shape, b + repeats, a + b + repeats - 1, days / (reached + days)
        )
        shrunk = (reached / (reached + days)) ** shape * gone_by
        purchases = (a + b + repeats - 1) / (a - 1) * (1 - shrunk)
        return np.asarray(purchases / (1.0 + self._gone(lives)))

    def expected_of_new(self, days: float) -> float:
        """Return how many repeats a new buyer is expected to make in their first days."""
        a, b, r, alpha = self.a, self.b, self.r, self.alpha
        gone_by = hyp2f1(r, b, a + b - 1, days / (alpha + days))
        return float(
            (a + b - 1) / (a - 1) * (1 - (alpha / (alpha + days)) ** r * gone_by)
        )

    def _gone(self, lives: Lives) -> Floats:
        """Return the odds that somebody has left. Who never came back cannot have."""
        repeats, last, known, _ = lives
        odds = np.zeros_like(repeats)
        came = repeats > 0
        silence = np.log((self.alpha + known[came]) / (self.alpha + last[came]))
        odds[came] = np.exp(
            np.log(self.a / (self.b + repeats[came] - 1))
            + (self.r + repeats[came]) * silence
        )
        return odds


def fit(lives: Lives) -> Buying:
    """Return the parameters under which these people are likeliest.

    Raises:
        NotFitted: nobody ever came back, or no parameters are likelier than others.
    """
    if not lives.repeats.any():
        raise NotFitted("Nobody has bought twice, so no rate of buying can be told.")
    # Parameters of everyday size make the search short, whatever the unit of time.
    unit = float(np.average(lives.known, weights=lives.people)) / 10 or 1.0
    scaled = lives._replace(last=lives.last / unit, known=lives.known / unit)
    found = minimize(
        lambda logs: -_mean_log_likelihood(np.exp(logs), scaled),
        x0=np.zeros(4),
        method="Nelder-Mead",
        bounds=[(_LEAST, _MOST)] * 4,
        options={"xatol": 1e-8, "fatol": 1e-12, "maxiter": 20_000, "maxfev": 20_000},
    )
    at_an_edge = np.any(np.abs(found.x) > _MOST - 0.1)
    if not found.success or at_an_edge:
        raise NotFitted(
            "People bought so that rates of buying and of leaving cannot be told apart; "
            "more of them, or a longer time, may settle it."
        )
    r, alpha, a, b = (float(each) for each in np.exp(found.x))
    return Buying(r=r, alpha=alpha * unit, a=a, b=b)


def _mean_log_likelihood(parameters: Floats, lives: Lives) -> float:
    r, alpha, a, b = parameters
    repeats, last, known, people = lives
    bought = gammaln(r + repeats) - gammaln(r) + r * np.log(alpha)
    stayed = betaln(a, b + repeats) - betaln(a, b)
    still = stayed - (r + repeats) * np.log(alpha + known)
    came = repeats > 0
    left = np.full_like(repeats, -np.inf)
    left[came] = (
        betaln(a + 1, b + repeats[came] - 1)
        - betaln(a, b)
        - (r + repeats[came]) * np.log(alpha + last[came])
    )
    each = bought + np.logaddexp(still, left)
    return float(np.average(each, weights=people))
