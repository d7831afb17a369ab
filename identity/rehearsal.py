"""Work out who is who in a rehearsal, in copies of identity's tables."""

from datetime import datetime

from django.apps import apps
from django.db import models

from identity import enrichment, stitching
from identity.models import HeldRun, IdentityEvent, MatchModel, Move, SealedRun
from identity.policy import Policy
from measurement import shadow

# Only added to: nobody is told who is who by what stands in them.
_LEDGER = (IdentityEvent, Move, HeldRun, SealedRun)


def follow(*, at: datetime, agreed: Policy | None = None) -> None:
    """Do what the night does of who is who, after what was rehearsed.

    Even where no record is another: by a source's zone its phone numbers are read.
    ``agreed`` is what would be agreed on of identity; without it, what is.
    """
    shadow.stand_in_for(_LEDGER, with_rows=False)
    shadow.stand_in_for(_tables())
    # However much it changes: to see that is what it is rehearsed for.
    stitching.stitch(at=at, agreed=agreed, breaker=None)
    enrichment.enrich_orders()


def _tables() -> list[type[models.Model]]:
    """Return every table a night of ours may write."""
    ours = apps.get_app_config("identity").get_models()
    return [model for model in ours if model is not MatchModel]
