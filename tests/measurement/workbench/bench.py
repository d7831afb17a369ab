"""A CRM's contacts on the bench: a file that was loaded, and a dictionary beside it."""

from governance.changes import Proposed
from governance.models import SourceStream
from measurement.workbench import observing
from measurement.workbench.asking import Wanted
from tests import make
from tests.governance import requests
from tests.measurement import loading
from tests.measurement.workbench import agreed

MAPPING = """
[customer]
source_id = "id"
email = "mail"
segment = "group"
"""
ROWS = (
    "id,mail,mail2,group,seen,shop_id\n"
    "1,ada@mail.example,,gold,2026-03-01 10:00:00,77\n"
    "2,,bo@mail.example,silver,soon,\n"
    "3,,,gold,2026-03-03 10:00:00,78\n"
)
SENSITIVITY = {
    "customer__source_id": "personal",
    "customer__email": "personal",
    "customer__created_at": "none",
    "customer__segment": "none",
    "order_line__amount": "none",
}


def contacts(
    load: loading.Load,
    rows: str = ROWS,
    written: str = MAPPING,
    *,
    with_mappings: bool = False,
) -> SourceStream:
    """Return the stream as a night leaves it: loaded and looked at, its fields agreed on.

    ``with_mappings`` has its rules agreed on too, which takes its time.
    """
    stream = loaded(load, rows, written)
    domain = make.domain("customer")
    owned = {"owner": "shop", "fallbacks": []}
    requests.applied(
        *agreed.fields(domain, **SENSITIVITY),
        *_as_versions(stream, domain.key, with_mappings=with_mappings),
        Proposed("ownership", "order_line.amount", domain.key, owned),
        domain=domain,
    )
    observing.observe(at=loading.AT)
    return stream


def loaded(
    load: loading.Load, rows: str = ROWS, written: str = MAPPING
) -> SourceStream:
    """Return the stream with its file loaded, and nothing agreed on: that takes its time."""
    system = make.system("crm", kind="crm")
    stream = loading.stream(written, grain="customer", of=system, key="contacts")
    load(stream, rows)
    return stream


def seen(load: loading.Load, rows: str = ROWS, written: str = MAPPING) -> SourceStream:
    """Return the stream loaded and looked at, and nothing agreed on."""
    stream = loaded(load, rows, written)
    observing.observe(at=loading.AT)
    return stream


def _as_versions(
    stream: SourceStream, domain: str, *, with_mappings: bool
) -> list[Proposed]:
    said = {"position": stream.position, "grain": stream.grain}
    mappings = stream.mappings.all() if with_mappings else ()
    return [
        Proposed("stream", str(stream), domain, said),
        *(
            Proposed("mapping", str(row).replace(": ", ":"), domain, {"rule": row.rule})
            for row in mappings
        ),
    ]


def wanted(key: str, rule: object) -> Wanted:
    entity, name = key.split(".")
    return Wanted(entity, name, rule)  # type: ignore[arg-type]


EITHER_MAIL = wanted("customer.email", {"columns": ["mail", "mail2"]})
SEEN = wanted("customer.created_at", "seen")
