"""Whether two names may be one person's. Pure.

Nicknames come from the ``nicknames`` package, a list made for genealogy: it also holds
that Nora is short for Eleanor. In a household that shares a mailbox Eleanor and Nora are
mother and daughter, so a nickname that is a name of its own is left to a steward. Which
names are mostly short for another, and short forms the list lacks, are agreed on.
"""

import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum
from functools import cache, lru_cache

from nicknames import NickNamer


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TITLES = _words("mr mrs ms miss mx dr prof sir")
_JUNK_NAMES = _words(
    "unknown none null test anonymous guest customer n/a n.a. - . ? x xx xxx"
)
# Scripts in which one character is a syllable or a word, and may be a name in full.
_SYLLABLES = ("CJK", "HANGUL", "HIRAGANA", "KATAKANA")
# Letters that no decomposition takes apart.
_PLAIN = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"}
)
# Names the list knows nicknames of, which still are mostly short for another.
_SHORT_FORMS = _words(
    "andy barb becky ben beth bill bob danny dave debbie dick fred harry jack jenny jim "
    "joe kate kathy ken larry mandy matt mike nate nick paddy pam peggy pete ray rick "
    "ron sandy steve sue ted tim tom tony vicky will"
)
_LEAST_SHORTENED = 3
_ALIKE = 0.75


@dataclass(frozen=True, slots=True)
class Nicknames:
    """What was agreed on beside the list: names mostly short for another, and for which.

    ``short_for`` are short forms the list lacks, each with a name it is short for.
    """

    mostly_short: frozenset[str] = _SHORT_FORMS
    short_for: frozenset[tuple[str, str]] = frozenset()


LISTED = Nicknames()


class Agreement(Enum):
    """What two names say about each other."""

    AGREE = "agree"
    UNCLEAR = "unclear"
    CONFLICT = "conflict"


@lru_cache(maxsize=100_000)
def name_key(typed: str) -> str | None:
    """Return the name as a key: small plain letters, its parts apart; None if it is none.

    >>> name_key(" JOSÉ  Luis "), name_key("Anne-Marie"), name_key("O'Brien")
    ('jose luis', 'anne marie', 'obrien')
    >>> name_key("Dr. Łukasz"), name_key("J."), name_key("李")
    ('lukasz', 'j', '李')
    >>> [name_key(text) for text in ("", "  ", "n/a", "Unknown", "Mr. Test", "1234")]
    [None, None, None, None, None, None]
    """
    text = typed.strip().casefold()
    if text in _JUNK_NAMES:
        return None
    plain = unicodedata.normalize("NFKD", text.translate(_PLAIN))
    parts = unicodedata.normalize("NFC", "".join(map(_plain_letter, plain))).split()
    named = [part for part in parts if part not in _TITLES] or parts
    if all(part in _JUNK_NAMES for part in named):
        return None
    return " ".join(named)


def first_names_agree(one: str, other: str) -> bool:
    """Return whether two typed first names are one, in full or as a nickname.

    An initial, a missing name or a slip of the fingers does not agree: it does not say
    enough to join two people.

    >>> first_names_agree("Margaret", "PEGGY"), first_names_agree("Zoë", "Zoe")
    (True, True)
    >>> first_names_agree("Mary Ann", "Mary"), first_names_agree("Mary Ann", "Mary Lou")
    (True, False)
    >>> first_names_agree("J.", "Jane"), first_names_agree("", "Jane")
    (False, False)
    >>> first_names_agree("Samuel", "Samantha"), first_names_agree("Eleanor", "Nora")
    (False, False)
    """
    return compare_first(name_key(one), name_key(other)) is Agreement.AGREE


@lru_cache(maxsize=200_000)
def compare_first(
    one: str | None, other: str | None, agreed: Nicknames = LISTED
) -> Agreement:
    """Compare two keys of first names, by the short forms that were agreed on.

    >>> compare_first("john", "j").name, compare_first("john", None).name
    ('UNCLEAR', 'UNCLEAR')
    >>> compare_first("john", "jane").name, compare_first("john", "p").name
    ('CONFLICT', 'CONFLICT')
    >>> compare_first("john", "jack").name, compare_first("eleanor", "nora").name
    ('AGREE', 'UNCLEAR')
    >>> compare_first("j p", "j p").name, compare_first("j p", "j").name
    ('UNCLEAR', 'UNCLEAR')
    """
    if one is None or other is None:
        return Agreement.UNCLEAR
    if one == other:
        # Two people called J., or J. P., are not one for it.
        is_said = not all(map(_is_initial, one.split()))
        return Agreement.AGREE if is_said else Agreement.UNCLEAR
    pairs = list(zip(one.split(), other.split(), strict=False))
    found = [_compare_part(left, right, agreed) for left, right in pairs]
    if Agreement.CONFLICT in found:
        return Agreement.CONFLICT
    # Of second names an initial is enough, as long as the first is said in full.
    return found[0]


@lru_cache(maxsize=200_000)
def compare_last(one: str | None, other: str | None) -> Agreement:
    """Compare two keys of last names. A part of a double name agrees with the whole.

    >>> compare_last("bell", "bell hooks").name, compare_last("bell", "hooks").name
    ('AGREE', 'CONFLICT')
    >>> compare_last("bell", None).name, compare_last("bell", "b").name
    ('UNCLEAR', 'UNCLEAR')
    """
    if one is None or other is None:
        return Agreement.UNCLEAR
    ours, theirs = set(one.split()), set(other.split())
    if _is_initial(one) or _is_initial(other):
        same = one[0] == other[0]
        return Agreement.UNCLEAR if same else Agreement.CONFLICT
    if ours <= theirs or theirs <= ours:
        return Agreement.AGREE
    return Agreement.CONFLICT


@lru_cache(maxsize=100_000)
def look_alike(one: str | None, other: str | None, alike: float = _ALIKE) -> bool:
    """Return whether one name may be the other with a slip of the fingers.

    ``alike`` is how much of them has to be the same, as it was agreed on.

    >>> look_alike("margaret", "magraret"), look_alike("margaret", "richard")
    (True, False)
    >>> look_alike(None, "richard")
    False
    """
    if one is None or other is None or one[0] != other[0]:
        return False
    # The ratio depends on which comes first, and the answer must not.
    first, second = sorted((one, other))
    return SequenceMatcher(None, first, second, autojunk=False).ratio() >= alike


def _compare_part(one: str, other: str, agreed: Nicknames) -> Agreement:
    if _is_initial(one) or _is_initial(other):
        return Agreement.UNCLEAR if one[0] == other[0] else Agreement.CONFLICT
    if one == other:
        return Agreement.AGREE
    both = [(one, other), (other, one)]
    if any(two in agreed.short_for for two in both):
        return Agreement.AGREE
    if not (other in nicknames_of(one) or one in nicknames_of(other)):
        return Agreement.CONFLICT
    if any(_is_short_for(*two, agreed) for two in both):
        return Agreement.AGREE
    return Agreement.UNCLEAR


def _is_short_for(short: str, full: str, agreed: Nicknames) -> bool:
    """Return whether the nickname is the full name's, and hardly a name of its own."""
    if short not in nicknames_of(full):
        return False
    is_shortened = len(short) >= _LEAST_SHORTENED and full.startswith(short)
    return is_shortened or short in agreed.mostly_short or not nicknames_of(short)


@cache
def nicknames_of(name: str) -> frozenset[str]:
    """Return what the list holds to be short for the name, or a form of it."""
    return frozenset(_namer().nicknames_of(name))


@cache
def _namer() -> NickNamer:
    return NickNamer()


def _is_initial(part: str) -> bool:
    return len(part) == 1 and not unicodedata.name(part, "").startswith(_SYLLABLES)


def _plain_letter(letter: str) -> str:
    """Return the letter, nothing for what stands on or between letters, or a space."""
    if letter in "'’`" or "\u0300" <= letter <= "\u036f":
        return ""
    # In many scripts a vowel is a mark: without it Ram and Reema are written alike.
    return (
        letter
        if letter.isalpha() or unicodedata.category(letter).startswith("M")
        else " "
    )
