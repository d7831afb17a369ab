"""An answer asked for again over a connection that is no more."""

from django.db import connection

from tests import published
from tests.reporting import year
from tests.reporting.test_api_again import ask, asked_three_times, token


def test_a_connection_the_server_has_closed_is_made_anew(own_database):
    year.shop(published.build())
    secret = token()
    first = asked_three_times(secret)
    connection.connection.close()

    again = ask(secret)

    assert (again.status_code, again.content) == (200, first.content)
