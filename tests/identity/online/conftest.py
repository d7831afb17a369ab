"""Four hundred made-up people in an index, and the weights learned of them."""

import pyarrow as pa
import pytest

from governance.models import Storefront
from identity.matching.engine import match
from identity.matching.model import Model
from identity.online import Online
from tests import make
from tests.identity.matching import made_up
from tests.identity.online.asked import COUNT, index_of


@pytest.fixture(scope="module")
def everybody() -> pa.Table:
    return made_up.records(COUNT, 11)


@pytest.fixture(scope="module")
def model(everybody: pa.Table) -> Model:
    return match(everybody).model


@pytest.fixture
def storefront(db: None) -> Storefront:
    return make.storefront()


@pytest.fixture
def online(storefront: Storefront, everybody: pa.Table, model: Model) -> Online:
    return Online(index_of(storefront, everybody), model)
