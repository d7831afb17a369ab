"""What advertising accounts charged, as tests ask for it."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from governance.models import Storefront
from measurement.models import AdSpend
from tests import make

# A day, a campaign as the account calls it, and what it charged.
type Bill = tuple[date, str, str]


def charged(of: Storefront, *bills: Bill, currency: str = "USD") -> None:
    """Write the bills of one more advertising account of the storefront."""
    account = make.system(of=of)
    run = make.number()
    AdSpend.objects.bulk_create(
        AdSpend(
            system=account,
            on=on,
            campaign=campaign,
            spend=Decimal(spend),
            currency=currency,
            run=run,
        )
        for on, campaign, spend in bills
    )


def in_a_year() -> Iterable[Bill]:
    """Return bills of every month of 2025, of campaigns that nobody came by."""
    for month in range(1, 13):
        yield date(2025, month, 3), "spring", f"{10 + month}.25"
        yield date(2025, month, 4), "autumn", "7.10"
