"""How far the log is known to be whole."""

from dataclasses import dataclass

from governance.models import GovernanceEvent, Seal, Verification


@dataclass(frozen=True)
class Trust:
    """How far the log is known to be whole: what was found last, what is sealed."""

    events: int
    seal: Seal | None
    looked: Verification | None

    @property
    def unsealed(self) -> int:
        """Return how many events came after the last seal: their end could be cut unseen."""
        return self.events - (self.seal.seq if self.seal else 0)


def trust() -> Trust:
    """Return what is known of the log now. It looks at no event: a worker does."""
    return Trust(
        events=GovernanceEvent.objects.values_list("seq", flat=True).first() or 0,
        seal=Seal.objects.first(),
        looked=Verification.objects.first(),
    )
