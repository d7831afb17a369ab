"""SQL that makes a moment of a text, and its day and its offset of the moment."""

from django.conf import settings
from psycopg import sql

_MOMENT = r"^\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d+)?)?( ?(Z|[+-]\d\d(:?\d\d)?))?)?$"
_OFFSET = r":\d\d(\.\d+)? ?(Z|[+-]\d\d(:?\d\d)?)$"


def clock(made: sql.Composable, *, trusting: bool) -> sql.Composable:
    """Return what the source's own clock showed, where the text says no offset.

    Nearly every text is of the one form looked for here, and patterns would cost more
    than all the rest; for another form it is null, and ``moment`` looks closer. Whoever
    trusts saves asking whether the text is valid, and an error ends the statement.
    """
    is_valid = sql.SQL("and pg_input_is_valid({}, 'timestamp')").format(made)
    return sql.SQL(
        "case when ({made} like '____-__-__ __:__:__' or {made} like '____-__-__T__:__:__')"
        " and ascii(right({made}, 1)) between 48 and 57 {is_valid}"
        " then {made}::timestamp end"
    ).format(made=made, is_valid=sql.SQL("") if trusting else is_valid)


def moment(made: sql.Composable, clock: sql.Composable, zone: str) -> sql.Composable:
    """Return the moment a text means, read in the zone where it says no offset."""
    # Words such as "now" or the name of a zone are moments to PostgreSQL, not to us.
    return sql.SQL(
        "coalesce({clock} at time zone {zone}, case when {clock} is not null then null"
        " when {made} !~ {pattern} or not pg_input_is_valid({made}, 'timestamptz')"
        " then null"
        " when {made} ~ {offset} then {made}::timestamptz"
        " else {made}::timestamp at time zone {zone} end)"
    ).format(
        clock=clock,
        made=made,
        zone=sql.Literal(zone),
        pattern=sql.Literal(_MOMENT),
        offset=sql.Literal(_OFFSET),
    )


def beyond(moment: sql.Composable) -> sql.Composable:
    """Return whether a moment, or its day, is in no year from 1 to 9999."""
    return sql.SQL(
        "{moment} not between"
        " greatest(timestamptz '0001-01-01 00:00:00+00',"
        " timestamp '0001-01-01 00:00:00' at time zone {zone})"
        " and least(timestamptz '9999-12-31 23:59:59.999999+00',"
        " timestamp '9999-12-31 23:59:59.999999' at time zone {zone})"
    ).format(moment=moment, zone=sql.Literal(settings.REPORTING_TIME_ZONE))


def day(moment: sql.Composable) -> sql.Composable:
    """Return the day of a moment in the reporting time zone."""
    return sql.SQL("({} at time zone {})::date").format(
        moment, sql.Literal(settings.REPORTING_TIME_ZONE)
    )


def offset(
    made: sql.Composable, clock: sql.Composable, moment: sql.Composable
) -> sql.Composable:
    """Return how many minutes the source's clock was ahead of UTC at the moment."""
    # Cast to a timestamp, a text's offset is left aside: the source's own clock.
    return sql.SQL(
        "(date_part('epoch', coalesce({clock}, case when {moment} is not null"
        " then {made}::timestamp end) - ({moment} at time zone 'UTC')) / 60)::smallint"
    ).format(clock=clock, made=made, moment=moment)
