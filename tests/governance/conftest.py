"""What most tests of governance begin with: a domain, and who looks after it."""

import pytest

from governance.models import Domain, User
from tests import make


@pytest.fixture
def domain() -> Domain:
    return make.domain("customer")


@pytest.fixture
def steward(domain: Domain) -> User:
    return make.domain_steward(domain)
