"""A shop whose file lies in the inbox and was loaded, and proposals about it."""

from datetime import datetime
from pathlib import Path

from django.conf import settings as ours

from governance.changes import Proposed
from governance.models import SourceStream
from identity import enrichment, stitching
from measurement import inbox, sync
from tests import make
from tests.measurement.loading import stream, to_the_end
from tests.reporting import builds

# Two of the moments lie in another month once they are read as Tokyo's, and one on
# another day of the first order.
ORDERS = """who,mail,id,at,line,amount
ada,ada@example.org,1,2026-01-05 09:00,1,10.00
ada,ada@example.org,1,2026-01-05 09:00,2,2.50
ada,ada@example.org,2,2026-02-01 02:00,1,32.10
bo,bo@example.org,3,2026-02-01 01:00,1,7.25
bo,bo@example.org,4,2026-02-11 23:30,1,5.00
cy,cy@example.org,5,2026-01-09 12:00,1,3.00
"""
MAPPING = """
[customer]
source_id = "who"
email = "mail"
[order]
source_id = "id"
customer = { column = "who", lookup = true }
placed_at = "at"
[order_line]
order = { column = "id", lookup = true }
source_id = "line"
quantity = { constant = "1" }
amount = "amount"
"""


def opened(settings, tmp_path: Path) -> SourceStream:
    """Return the shop's stream; its file was loaded, and who is who worked out."""
    settings.RAW, settings.INBOX = tmp_path / "raw", tmp_path / "inbox"
    settings.REPORTING_TIME_ZONE, settings.REPORTING_CURRENCY = "UTC", "USD"
    made = stream(MAPPING, grain="order_line", of=make.system("till"), key="sales")
    drop(settings, ORDERS)
    night()
    return made


def drop(settings, text: str, name: str = "sales.csv") -> None:
    path = settings.INBOX / "till" / "sales" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def night(at: datetime = builds.NOW) -> None:
    """Do what a night does up to the numbers."""
    for file in inbox.new_files(ours.INBOX):
        of = SourceStream.objects.get(pk=file.stream_id)
        to_the_end(sync.begin(stream=of, path=file.path, at=at))
    stitching.stitch(at=at)
    enrichment.enrich_orders()


def zone(domain, time_zone: str) -> Proposed:
    storefront = SourceStream.objects.get().system.storefront.key
    return Proposed(
        "source",
        "till",
        domain.key,
        {
            "name": "Till", "kind": "shop", "storefront": storefront,
            "time_zone": time_zone, "currency": "USD",
        },
    )  # fmt: skip


def rule(domain, field: str, said: object) -> Proposed:
    return Proposed("mapping", f"till/sales:{field}", domain.key, {"rule": said})
