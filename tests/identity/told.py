"""What a CRM says of somebody's records, as tests write it."""

from measurement.models import ConsentEvent, CustomerRecord, LifecycleStage
from tests import make


def tell(records: dict[str, CustomerRecord], table: str) -> None:
    """Write what the CRM says: a stage with its segment, or a yes or no to e-mail."""
    for line in table.strip().splitlines()[2:]:
        name, day, what, segment = (cell.strip() for cell in line.split("|"))
        if what in {"granted", "withdrawn"}:
            purpose, _, channel = segment.partition(" ")
            ConsentEvent.objects.create(
                customer=records[name],
                purpose=purpose,
                channel=channel,
                state=what,
                at=make.moment(day),
                run=1,
            )
        else:
            LifecycleStage.objects.create(
                customer=records[name],
                started_at=make.moment(day),
                stage=what,
                segment=segment,
                run=1,
            )
