"""From the tags of a visit to the channel it came by. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Self

# Tags that no rule knows, and buyers nobody saw coming.
OTHER = "other"
UNATTRIBUTED = "unattributed"

# A visit without any tag is a touch too; other events are touches if they carry one.
TOUCH_KINDS = ("visit", "click")


class TaxonomyError(Exception):
    """The rules cannot be used as they stand; the message says which and why."""


class BrokenPattern(TaxonomyError):
    """A rule's pattern is not a regular expression."""


@dataclass(frozen=True, slots=True)
class Tags:
    """What a visit says about where it came from, made comparable."""

    source: str = ""
    medium: str = ""
    campaign: str = ""
    referrer: str = ""

    @classmethod
    def read(cls, source: str, medium: str, campaign: str, referrer: str) -> Self:
        """Return the tags lower-cased and trimmed, the referrer without its query.

        A referrer's query holds what somebody searched for, or who they are; no rule
        should hang on it.

        >>> Tags.read("Google ", "CPC", "", "https://www.google.com/?q=ada")
        Tags(source='google', medium='cpc', campaign='', referrer='https://www.google.com/')
        """
        return cls(
            source.strip().lower(),
            medium.strip().lower(),
            campaign.strip().lower(),
            referrer.strip().lower().split("?", 1)[0],
        )


@dataclass(frozen=True, slots=True)
class Rule:
    """Tags that match all of these patterns came by the channel."""

    channel: str
    source: str = ""
    medium: str = ""
    campaign: str = ""
    referrer: str = ""


class Taxonomy:
    """The rules in their order; the first that matches names the channel.

    A pattern is a regular expression found anywhere in its tag, unless it is anchored;
    an empty pattern matches every tag, ``^$`` only a missing one.

    >>> taxonomy = Taxonomy([
    ...     Rule("paid_search", source="google", medium="^(cpc|ppc)$"),
    ...     Rule("organic_search", source="google"),
    ... ])
    >>> taxonomy.channel(Tags("google", "cpc"))
    'paid_search'
    >>> taxonomy.channel(Tags("google"))
    'organic_search'
    >>> taxonomy.channel(Tags("a leaflet"))
    'other'
    """

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules = [(rule.channel, _compiled(rule)) for rule in rules]

    def channel(self, tags: Tags) -> str:
        """Return the key of the channel these tags belong to."""
        for channel, patterns in self._rules:
            if all(pattern.search(getattr(tags, tag)) for tag, pattern in patterns):
                return channel
        return OTHER


def _compiled(rule: Rule) -> list[tuple[str, re.Pattern[str]]]:
    return [
        (field.name, pattern(rule, field.name))
        for field in fields(Tags)
        if getattr(rule, field.name)
    ]


def pattern(rule: Rule, tag: str) -> re.Pattern[str]:
    """Return what the rule looks for in the tag. Its case says nothing, like the tag's.

    Raises:
        BrokenPattern: it is no regular expression.
    """
    written = getattr(rule, tag)
    try:
        return re.compile(written, re.IGNORECASE)
    except re.error as error:
        raise BrokenPattern(
            f"The rule for {rule.channel} looks for '{written}' in the {tag}, which is "
            f"no regular expression: {error}. Mend the pattern."
        ) from error
