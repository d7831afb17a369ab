"""A rule as a mapping file writes it, and back again. Pure."""

import json
import re
import tomllib
from collections.abc import Mapping
from typing import Any

_BARE = re.compile(r"[A-Za-z0-9_-]+")


class Unreadable(Exception):
    """What was typed is no rule; the message says what would be."""


def written(rule: Any) -> str:
    """Return the rule as it would stand behind the field in a mapping file.

    >>> written({"column": "at", "zone": "UTC"}), written("email")
    ('{ column = "at", zone = "UTC" }', '"email"')
    """
    match rule:
        case bool():
            return "true" if rule else "false"
        case Mapping():
            pairs = (f"{_name(key)} = {written(each)}" for key, each in rule.items())
            return f"{{ {', '.join(pairs)} }}" if rule else "{}"
        case list():
            return f"[{', '.join(map(written, rule))}]"
        case str():
            return _text(rule)
    return str(rule)


def read(typed: str) -> str | dict[str, Any]:
    """Return the rule that was typed.

    >>> read('{ column = "at", zone = "UTC" }'), read('"email"')
    ({'column': 'at', 'zone': 'UTC'}, 'email')

    Raises:
        Unreadable: it is none.
    """
    if "\0" in typed:
        raise Unreadable("A rule has no zero bytes.")
    try:
        rule = tomllib.loads(f"rule = {' '.join(typed.splitlines())}")["rule"]
    except (tomllib.TOMLDecodeError, RecursionError, KeyError) as error:
        raise Unreadable(
            'This cannot be read. Write it as a mapping file does: { column = "at", '
            'zone = "UTC" }.'
        ) from error
    if not isinstance(rule, str | dict):
        raise Unreadable('Write a column\'s name in quotes, or { column = "…" }.')
    return rule


def _name(key: str) -> str:
    return key if _BARE.fullmatch(key) else _text(key)


def _text(value: str) -> str:
    # JSON leaves one sign as it is that TOML wants written out.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
