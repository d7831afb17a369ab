"""A key has one hash, whoever makes it."""

import duckdb
import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from identity.key_hash import BETWEEN, beginning, key_hash

KNOWN = [
    ((1, 1, ("ada@northmail.example",)), 2551913120866679790),
    ((2, 1, ("ada@northmail.example",)), 1522761725200595644),
    ((1, 13, ("zoë", "müller", "10115")), 3237436086199570530),
    ((1, 2, ("李",)), -5407319472420638957),
]


def text_of(storefront: int, kind: int, parts: tuple[str, ...]) -> str:
    return BETWEEN.join((beginning(storefront, kind), *parts))


@pytest.mark.parametrize(("key", "expected"), KNOWN)
def test_a_hash_never_changes(key, expected):
    assert key_hash(*key) == expected


@pytest.mark.parametrize("key", [key for key, _ in KNOWN])
def test_postgresql_hashes_alike(db, key):
    with connection.cursor() as cursor:
        cursor.execute(
            "select ('x' || left(encode(sha256(convert_to(%s, 'UTF8')), 'hex'), 16))"
            "::bit(64)::bigint",
            [text_of(*key)],
        )
        (found,) = cursor.fetchone()

    assert found == key_hash(*key)


@settings(max_examples=50)
@given(st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=3))
def test_duckdb_hashes_alike(parts):
    (found,) = duckdb.execute(
        "select cast('0x' || left(sha256(?), 16) as ubigint)",
        [text_of(1, 1, tuple(parts))],
    ).fetchall()[0]

    assert found == key_hash(1, 1, parts) % 2**64


def test_parts_do_not_run_together():
    assert key_hash(1, 1, ["ab", "c"]) != key_hash(1, 1, ["a", "bc"])


def test_shops_do_not_find_each_others():
    assert key_hash(1, 1, ["ada"]) != key_hash(2, 1, ["ada"])
