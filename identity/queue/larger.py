"""Ask for a batch that is larger than was agreed on: its owners decide."""

from datetime import datetime

from governance import changes
from governance.changes import Proposed
from governance.models import ChangeRequest, Kind, Operation, User, Version
from governance.starter import pack
from identity.models import Batch
from identity.queue import batches
from identity.queue.refusals import NotYours

_KEY = "asking"


def propose(*, batch_id: int, by: User, at: datetime) -> ChangeRequest:
    """Draft the request that lets this one batch be answered at once.

    Raises:
        ReviewError: somebody else opened it, or its samples do not say one thing yet.
        ChangeError: it is refused as a proposal.
    """
    batch = Batch.objects.select_related("by").get(pk=batch_id)
    if batch.by_id != by.pk:
        raise NotYours(f"{batch.by} opened this batch, and asks for it.")
    sheet = batches.read(batch)
    if sheet.lacks is not None:
        raise sheet.lacks
    said = _rule()
    parameters = said.body["parameters"]
    larger = sorted({*parameters.get("larger_batches", []), batch.pk})
    body = {**said.body, "parameters": {**parameters, "larger_batches": larger}}
    return changes.propose(
        title=f"Answer {sheet.rest:,} pairs of one evidence together",
        reason=(
            f"Batch {batch.pk}: {batch.pattern or 'pairs of one evidence'}. Of "
            f"{len(sheet.samples)} that were drawn at random and read all were answered "
            f"“{sheet.in_words}”. {sheet.value:,.0f} is at risk in the rest, and "
            f"{sheet.limit:,} are answered together without being asked for."
        ),
        operations=[Proposed(Kind.IDENTITY, _KEY, said.domain_id, body)],
        by=by,
        at=at,
    )


def _rule() -> Version | Operation:
    """Return how stewards are asked; where nobody agreed on it, as it is begun with."""
    held = Version.objects.current().in_use().filter(kind=Kind.IDENTITY, key=_KEY)
    for version in held:
        return version
    return next(
        each
        for each in pack.definitions()
        if (each.kind, each.key) == (Kind.IDENTITY, _KEY)
    )
