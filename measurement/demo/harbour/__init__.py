"""Harbour & Pine: a home-goods shop that does not exist, in every detail made up."""

from pathlib import Path

from measurement.demo.harbour import catalogue, crm, customers, orders, web
from measurement.demo.harbour.shoppers import gather
from measurement.demo.truth import Truth

GENERATED = (
    "Everything: Harbour & Pine does not exist. Its products, customers, orders, "
    "refunds, costs, CRM contacts, consent and web visits of October 2024 to September "
    "2026 are generated, with loyal e-mail and referral customers, one-off paid social "
    "and many refunds from affiliates written into the generator. Prices include tax."
)


def write(folder: Path, *, seed: int, truth: Truth) -> None:
    """Write every file of the storefront."""
    products = catalogue.stock(seed=seed)
    crowd = gather(seed=seed)
    shop = folder / "harbour_shop"
    catalogue.write(shop, products, seed=seed)
    customers.write(shop, crowd.shoppers, seed=seed, truth=truth)
    orders.write(shop, crowd.shoppers, products, seed=seed, truth=truth)
    crm.write(folder / "harbour_crm", crowd, seed=seed, truth=truth)
    web.write(folder / "harbour_web", crowd.shoppers, seed=seed)


__all__ = ["GENERATED", "write"]
