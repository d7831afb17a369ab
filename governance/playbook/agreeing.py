"""Who says yes to what, and which rules hold whoever writes: asked, not written down."""

import re
from dataclasses import dataclass

from django.apps import apps
from django.db import connection

from governance.dossier import QUORUM, WHY, Risk
from governance.kinds import KINDS
from governance.models import Kind

# As the database counts it (``governance_risk``): what decides what a number is weighs
# most, words about a field least. A test holds this against what the database says.
_WEIGHS_MOST = frozenset(
    {
        Kind.OWNERSHIP, Kind.MAPPING, Kind.STOREFRONT, Kind.SOURCE, Kind.STREAM,
        Kind.KPI, Kind.ATTRIBUTION, Kind.IDENTITY, Kind.IDENTIFIER, Kind.CONSENT,
        Kind.QUALITY, Kind.PERMISSION,
    }
)  # fmt: skip
_WORDS_OF_A_FIELD = (
    "Words of a field: its name, meaning, example, decision, synonyms, unit"
)

# The rules the database holds are named as sentences; what Django names by itself is not.
_HELD = """
select rel.relname, con.conname
from pg_constraint con join pg_class rel on rel.oid = con.conrelid
where rel.relname like 'governance\\_%' and con.contype in ('c', 'u', 'x')
and con.conname not like 'governance\\_%'
union
select rel.relname, trg.tgname
from pg_trigger trg join pg_class rel on rel.oid = trg.tgrelid
where rel.relname like 'governance\\_%' and not trg.tgisinternal
order by 1, 2
"""
# Tables whose rows are called otherwise than their model.
_CALLED = {
    "governance_governanceevent": "The log",
    "governance_signoff": "Signatures of reviews",
    "governance_reviewaction": "Actions of reviews",
    "governance_user_groups": "Who has which role",
    "governance_user_user_permissions": "Rights of one person alone",
}


@dataclass(frozen=True)
class Approval:
    """Changes of equal weight: what they are of, how heavy they are, who says yes."""

    risk: str
    why: str
    quorum: str
    what: tuple[str, ...]


@dataclass(frozen=True)
class Held:
    """The rules PostgreSQL holds for rows of one kind, whoever writes them."""

    of: str
    rules: tuple[str, ...]


def risk_of(kind: str, *, is_only_words: bool = False) -> Risk:
    """Return how heavily a change of that kind weighs before anything was measured."""
    if kind in _WEIGHS_MOST:
        return Risk.HIGH
    if kind == Kind.FIELD and is_only_words:
        return Risk.LOW
    return Risk.MEDIUM


def approvals() -> tuple[Approval, ...]:
    """Return who says yes to what, the lightest first."""
    of: dict[Risk, list[str]] = {risk: [] for risk in Risk}
    of[risk_of(Kind.FIELD, is_only_words=True)].append(_WORDS_OF_A_FIELD)
    for kind in KINDS:
        of[risk_of(kind)].append(str(Kind(kind).label))
    return tuple(
        Approval(str(risk.label), WHY[risk], QUORUM[risk], tuple(what))
        for risk, what in of.items()
    )


def held_by_the_database() -> tuple[Held, ...]:
    """Return the rules as the database has them now: their names are sentences."""
    called = _tables()
    with connection.cursor() as cursor:
        cursor.execute(_HELD)
        found: dict[str, list[str]] = {}
        for table, name in cursor.fetchall():
            of = called.get(table, table)
            found.setdefault(of, []).append(_sentence(name))
    return tuple(Held(of, tuple(rules)) for of, rules in sorted(found.items()))


def _tables() -> dict[str, str]:
    """Return what the rows of each table of ours are called."""
    ours = apps.get_app_config("governance").get_models(include_auto_created=True)
    named = {
        model._meta.db_table: str(model._meta.verbose_name_plural).capitalize()
        for model in ours
    }
    return {**named, **_CALLED}


def _sentence(name: str) -> str:
    """Return a rule's name as one reads it.

    >>> _sentence("nobody_approves_their_own")
    'Nobody approves their own'
    """
    return re.sub(r"_+", " ", name).strip().capitalize()
