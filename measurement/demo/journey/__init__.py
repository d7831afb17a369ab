"""Complete Journey: a year of real baskets, and what the set does not tell, made up."""

from pathlib import Path

from measurement.demo.journey import baskets, crm, shop, web
from measurement.demo.journey.baskets import real_file
from measurement.demo.journey.residents import settle
from measurement.demo.truth import Truth

GENERATED = (
    "The baskets, products, campaigns, sends, redemptions and household attributes are "
    "real (Complete Journey, 2017). Names, e-mails, phones, accounts, CRM contacts, "
    "lifecycle stages, consent, refunds, product costs and web visits are generated. "
    "Visits were dealt to households by chance: a difference between channels of this "
    "storefront tells nothing about marketing."
)


def write(folder: Path, *, seed: int, truth: Truth) -> None:
    """Write every generated file of the storefront."""
    panel = baskets.read()
    residents = settle(panel, seed=seed, truth=truth)
    shop.write(folder / "journey_shop", residents, panel, seed=seed)
    crm.write(folder / "journey_crm", residents, seed=seed, truth=truth)
    web.write(folder / "journey_web", residents, seed=seed)


__all__ = ["GENERATED", "real_file", "write"]
