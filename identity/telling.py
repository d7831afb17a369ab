"""What is written beside each event of a night: which rule, or which weights, and why."""

from collections.abc import Mapping

from identity.clusters import People
from identity.ledger import Change, OpenLink, Told
from identity.models import IdentityEvent
from identity.policy import Policy
from identity.scored import Likely

_MERGED = {
    "cross_id": "Rule: the shop's customer id, and a name that agrees.",
    "email": "Rule: the same e-mail address, and a first name that agrees.",
    "score": "Weights: of audited pairs as likely, enough were one person.",
    "alone": "Rule: nothing speaks for the join it had.",
    "steward": "Rule: joined to records a steward had joined.",
}
_HAPPENED = {
    IdentityEvent.Kind.SPLIT: "Rule: nothing joins these records to the others any more.",
    IdentityEvent.Kind.MOVED: "Rule: what these records say by now is another's.",
    IdentityEvent.Kind.ARRIVED: "The records came.",
}


class Teller:
    """Why each event of a night happened: which rule, or which pair that weights joined."""

    def __init__(
        self, found: People, links: Mapping[int, OpenLink], agreed: Policy
    ) -> None:
        self._agreed = agreed
        # Without it two people were two: that pair is why they are one.
        self._between: dict[frozenset[int], Likely] = {}
        for pair in found.by_score:
            two = (links.get(pair.left), links.get(pair.right))
            known = frozenset(link.person for link in two if link)
            self._between.setdefault(known, pair)

    def told(self, change: Change) -> Told:
        """Return why a rule, or the weights, did this."""
        if change.kind != IdentityEvent.Kind.MERGED:
            return Told(_HAPPENED[IdentityEvent.Kind(change.kind)])
        two = frozenset(who for who in (change.person, change.other) if who)
        pair = self._between.get(two)
        if pair is None:
            return Told(_MERGED[change.moves[-1].reason])
        return Told(
            _MERGED["score"],
            {
                "left": pair.left,
                "right": pair.right,
                "score": round(pair.probability, 6),
                "rests_on": sorted(pair.rests_on),
            },
            model=pair.model,
            policy=self._agreed.digest,
        )
