"""What people spend at a time: Gamma-Gamma.

Everybody spends around a mean of their own, and these means are spread over people by a
gamma distribution, whatever the rate at which they buy. From Fader and Hardie, The
Gamma-Gamma Model of Monetary Value (2013).
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize
from scipy.special import gammaln

from reporting.lifetimes.buying import Floats, NotFitted

# Above it people who buy often spend otherwise, and the model says nothing of them.
MOST_CORRELATED = 0.3
_MOST = 12.0


class Spent(NamedTuple):
    """What people spent: equally long columns, one place per person.

    ``purchases`` are those ``mean`` is the mean of, in units of the currency.
    """

    purchases: Floats
    mean: Floats


@dataclass(frozen=True, slots=True)
class Spending:
    """The parameters of Gamma-Gamma: ``p``, ``q`` shapes, ``v`` in units of the currency."""

    p: float
    q: float
    v: float

    def expected(self, spent: Spent) -> Floats:
        """Return what each is expected to spend at a time; of nobody known, the mean."""
        total = spent.purchases * spent.mean
        return np.asarray(
            (self.v + total) * self.p / (self.p * spent.purchases + self.q - 1)
        )


def correlation(spent: Spent) -> float:
    """Return how the number of purchases and their mean go together, from -1 to 1."""
    if len(spent.mean) < 2 or not np.ptp(spent.purchases) or not np.ptp(spent.mean):
        return 0.0
    return float(np.corrcoef(spent.purchases, spent.mean)[0, 1])


def fit(spent: Spent) -> Spending:
    """Return the parameters under which what was spent is likeliest.

    Raises:
        NotFitted: nobody bought anything above zero, or means do not settle.
    """
    if not len(spent.mean) or not (spent.mean > 0).all():
        raise NotFitted("A mean spent has to be above zero to be modelled.")
    unit = float(np.mean(spent.mean))
    scaled = spent._replace(mean=spent.mean / unit)
    found = minimize(
        lambda logs: -_mean_log_likelihood(np.exp(logs), scaled),
        x0=np.zeros(3),
        method="Nelder-Mead",
        bounds=[(-_MOST, _MOST)] * 3,
        options={"xatol": 1e-8, "fatol": 1e-12, "maxiter": 20_000, "maxfev": 20_000},
    )
    p, q, v = (float(each) for each in np.exp(found.x))
    if not found.success or np.any(np.abs(found.x) > _MOST - 0.1) or q <= 1:
        raise NotFitted(
            "People spend so that no mean of all can be told; more of them may settle it."
        )
    return Spending(p=p, q=q, v=v * unit)


def _mean_log_likelihood(parameters: Floats, spent: Spent) -> float:
    p, q, v = parameters
    purchases, mean = spent
    each = (
        gammaln(p * purchases + q)
        - gammaln(p * purchases)
        - gammaln(q)
        + q * np.log(v)
        + (p * purchases - 1) * np.log(mean)
        + p * purchases * np.log(purchases)
        - (p * purchases + q) * np.log(v + purchases * mean)
    )
    return float(np.mean(each))
