"""A dictionary to lay columns beside: fields, and how sensitive they are."""

from governance.changes import Proposed
from governance.models import Domain
from tests import make
from tests.governance import requests


def dictionary(domain: Domain | None = None, **sensitivity: str) -> Domain:
    """Agree on fields, named with ``__`` for the dot; return the domain they are in."""
    domain = domain or make.domain()
    requests.applied(*fields(domain, **sensitivity), domain=domain)
    return domain


def fields(domain: Domain, **sensitivity: str) -> list[Proposed]:
    return [
        requests.field(
            domain,
            key.replace("__", "."),
            name=key.replace("__", " ").replace("_", " "),
            sensitivity=each,
        )
        for key, each in sensitivity.items()
    ]
