"""Find definitions by their words, their kind, their domain and their state."""

import re
from dataclasses import dataclass, replace
from datetime import datetime

from django.contrib.postgres.search import (
    SearchQuery,
    SearchRank,
    SearchVectorField,
    TrigramWordSimilarity,
)
from django.db.models import Case, Count, F, Func, IntegerField, TextField, Value, When
from django.db.models.fields.json import KT
from django.db.models.functions import Concat, Lower

from governance.kinds import KINDS
from governance.models import Kind, User, Version
from governance.models.versions import VersionQuerySet

# PostgreSQL refuses a word of more than 2,046 bytes.
_MOST_WORDS, _LONGEST_WORD = 12, 100
_CLOSE, _CLOSEST = 0.3, 8
_ORDER = Case(
    *(When(kind=kind, then=Value(place)) for place, kind in enumerate(KINDS)),
    default=Value(len(KINDS)),
    output_field=IntegerField(),
)


@dataclass(frozen=True)
class Asked:
    """What somebody looks for; what is not said leaves nothing out."""

    words: str = ""
    kind: str = ""
    domain: str = ""
    state: str = ""
    at: datetime | None = None


def kinds_for(user: User) -> tuple[str, ...]:
    """Return the kinds somebody may read: who has which role is not for everybody."""
    return tuple(kind for kind in KINDS if may_read(kind, user))


def may_read(kind: str, user: User) -> bool:
    """Return whether there is such a kind, and somebody may read it."""
    if kind == Kind.PERMISSION:
        return user.has_perm("governance.view_user")
    return kind in KINDS


def search(asked: Asked, *, kinds: tuple[str, ...]) -> VersionQuerySet:
    """Return what fits, the best first: by its own key, by its name, by its meaning.

    Words may be left unfinished: ``custom mail`` finds the customer's e-mail address.
    """
    found = _narrowed(asked, kinds)
    terms = _terms(asked.words)
    if not terms:
        return found.order_by(_ORDER, "key")
    sought = _sought(terms)
    return (
        found.annotate(
            is_it=Case(
                When(key__iexact=asked.words.strip(), then=0),
                default=1,
                output_field=IntegerField(),
            ),
            rank=SearchRank(_searched(), sought),
        )
        .alias(searched=_searched())
        .filter(searched=sought)
        .order_by("is_it", "-rank", _ORDER, "key")
    )


def counts(asked: Asked, *, kinds: tuple[str, ...]) -> dict[str, int]:
    """Return how many definitions of each kind fit all that was said but the kind."""
    found = search(replace(asked, kind=""), kinds=kinds).order_by().values("kind")
    counted = dict(found.annotate(n=Count("pk")).values_list("kind", "n"))
    return {kind: counted[kind] for kind in kinds if kind in counted}


def close_to(asked: Asked, *, kinds: tuple[str, ...]) -> list[Version]:
    """Return what is called almost so, for words that found nothing.

    Reads every name: it is asked where a word was mistyped, not for each page.
    """
    words = " ".join(_terms(asked.words))
    if not words:
        return []
    names = Lower(
        Concat(
            "key", Value(" "), KT("body__name"), Value(" "), KT("body__synonyms"),
            output_field=TextField(),
        )
    )  # fmt: skip
    near = (
        _narrowed(asked, kinds)
        .annotate(closeness=TrigramWordSimilarity(words, names))
        .filter(closeness__gte=_CLOSE)
        .order_by("-closeness", _ORDER, "key")
    )
    return list(near[:_CLOSEST])


def _narrowed(asked: Asked, kinds: tuple[str, ...]) -> VersionQuerySet:
    every = Version.objects.all()
    found = every.as_of(asked.at) if asked.at else every.current()
    found = found.filter(kind__in=[asked.kind] if asked.kind in kinds else kinds)
    if asked.domain:
        found = found.filter(domain__key=asked.domain)
    if asked.state:
        found = found.filter(state=asked.state)
    return found.select_related("domain")


def _terms(words: str) -> list[str]:
    """Return the words of a search, without marks.

    >>> _terms("customer.E-mail, 90d!")
    ['customer', 'e', 'mail', '90d']
    """
    found = re.findall(r"[^\W_]+", words.lower())
    return [word[:_LONGEST_WORD] for word in found[:_MOST_WORDS]]


def _sought(terms: list[str]) -> SearchQuery:
    # In both forms: an English stem is not the beginning of every word it stands for.
    written = " & ".join(f"{term}:*" for term in terms)
    return SearchQuery(written, config="simple", search_type="raw") | SearchQuery(
        written, config="english", search_type="raw"
    )


def _searched() -> Func:
    """Return the words of a version as the index has them."""
    return Func(
        F("key"),
        F("body"),
        function="governance_words",
        output_field=SearchVectorField(),
    )
