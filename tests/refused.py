"""What the database refuses, by the name of the rule it refuses by."""

import contextlib
from collections.abc import Iterator

import pytest
from django.db import IntegrityError, transaction
from psycopg.errors import Error


@contextlib.contextmanager
def broken(constraint: str) -> Iterator[None]:
    """Expect that what is done here breaks this constraint, and no other."""
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        yield
    cause = refused.value.__cause__
    assert isinstance(cause, Error)
    assert cause.diag.constraint_name == constraint
