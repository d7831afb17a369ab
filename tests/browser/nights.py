"""Nights to look at: a long first one, quiet ones before it, and one that was held back."""

from datetime import timedelta

from governance.models import Storefront
from measurement.models import Night, RejectedRow
from tests import make, published

LAST = (
    # label, task, written, unchanged, rejected, seconds, peak in MB
    ("Exchange rates", "measurement.exchange_rates", 812, 6_120, 0, 0.4, 96),
    ("New files", "measurement.find_files", 0, 0, 0, 0.2, 98),
    ("Journey: transactions", "measurement.load", 1_469_307, 0, 0, 31.6, 288),
    ("Harbour & Vale: orders", "measurement.load", 118_204, 3_102, 57, 6.9, 288),
    ("Who is who", "identity.stitch", 36_402, 0, 0, 7.2, 301),
    ("Orders as they were placed", "identity.enrich_orders", 274_052, 0, 0, 6.1, 301),
    ("Views", "reporting.compute", 9_310, 0, 0, 11.5, 712),
    ("Publish", "reporting.publish", 9_310, 0, 0, 1.2, 712),
)
HELD = (
    "Revenue fell by 41% against the published build; held until somebody has looked."
)
REASON = "The amount 'n/a' is not a number. Write digits with a decimal point."


def nights(of: Storefront) -> Night:
    """Let ten nights have run, one of them held back; return the last."""
    for back in range(9, 0, -1):
        _quiet(back, held=back == 4)
    _load(of)
    last = Night.objects.create(
        started_at=published.AT,
        ended_at=published.AT + timedelta(seconds=68.4),
        state="done",
    )
    for label, task, written, unchanged, rejected, seconds, peak in LAST:
        published.step(
            label,
            of=last,
            task=task,
            written=written,
            unchanged=unchanged,
            rejected=rejected,
            seconds=seconds,
            peak_mb=peak,
        )
    return last


def _quiet(back: int, *, held: bool) -> None:
    state = "failed" if held else "done"
    night = Night.objects.create(
        started_at=published.AT - timedelta(days=back),
        ended_at=published.AT - timedelta(days=back) + timedelta(seconds=4 + back),
        state=state,
    )
    published.step("New files", of=night, seconds=0.2)
    published.step(
        "transactions.csv", of=night, unchanged=1_469_307, seconds=2.4, peak_mb=212
    )
    published.step(
        "Publish",
        of=night,
        task="reporting.publish",
        seconds=0.4,
        state=state,
        message=HELD if held else "",
    )


def _load(of: Storefront) -> None:
    journey = make.system("journey-files", of=of)
    journey.name = "Complete Journey"
    journey.save()
    loaded = published.load(
        make.stream("transactions", of=journey, grain="order_line"),
        at=published.AT + timedelta(seconds=2),
        name="transactions.csv",
        written=1_469_250,
        rejected=57,
        notes=("The column coupon_upc is new; no mapping reads it.",),
    )
    RejectedRow.objects.bulk_create(
        RejectedRow(
            run=loaded,
            line=100 + 31 * place,
            field="amount",
            reason=REASON,
            text=f"3100{place};2017-04-02;n/a;1",
        )
        for place in range(57)
    )
