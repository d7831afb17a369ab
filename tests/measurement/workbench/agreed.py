"""A dictionary to lay columns beside: fields, and how sensitive they are."""

from governance.changes import Proposed
from governance.models import Domain
from tests import make
from tests.governance import requests


def dictionary(domain: Domain | None = None, **sensitivity: str) -> Domain:
    """Agree on fields, named with ``__`` for the dot; return the domain they are in."""
    domain = domain or make.domain()
    fields = [
        requests.field(
            domain,
            key.replace("__", "."),
            name=key.replace("__", " "),
            sensitivity=each,
        )
        for key, each in sensitivity.items()
    ]
    requests.applied(*fields, domain=domain)
    return domain


def owned(domain: Domain, field: str, owner: str) -> None:
    """Agree on who may fill the field."""
    said = {"owner": owner, "fallbacks": []}
    requests.applied(Proposed("ownership", field, domain.key, said), domain=domain)
