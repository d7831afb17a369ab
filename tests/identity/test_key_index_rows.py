"""How the index of keys is kept: without the server's log, for it is made of records."""

from django.db import connection


def test_nothing_of_the_index_waits_for_the_log(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "select relname, relpersistence from pg_class "
            "where relname like 'identity\\_indexed%' and relkind = 'r' order by 1"
        )
        found = cursor.fetchall()

    # All three alike: who finds the storefront gone after a crash reads all again.
    assert found == [
        ("identity_indexedkey", "u"),
        ("identity_indexedrecord", "u"),
        ("identity_indexedstorefront", "u"),
    ]
