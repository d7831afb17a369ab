"""What a program sends: read part by part, and refused by the part that is wrong.

Here it is only seen whether a part is a text where a text is asked for. What a definition
may say, ``governance.changes`` knows.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django.utils import timezone
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import BaseParser

from governance import changes
from governance.api.errors import Misread, Wrong
from governance.models import Kind, State

_MOST_BYTES = 1_000_000


class Json(BaseParser):
    """A body of JSON, of a size somebody could have meant."""

    media_type = "application/json"

    def parse(
        self,
        stream: Any,
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """Return what the body says.

        Raises:
            Misread: it is too long, or not JSON.
        """
        said: bytes = stream.read(_MOST_BYTES + 1)
        if len(said) > _MOST_BYTES:
            raise Misread(
                Wrong("body", f"It is longer than {_MOST_BYTES:,} bytes. Send less."),
                status=413,
            )
        try:
            return json.loads(said.decode("utf-8"), parse_constant=_refuse_constant)
        except json.JSONDecodeError as error:
            raise Misread(
                Wrong(
                    "body",
                    f"It is not JSON: {error.msg[:1].lower()}{error.msg[1:]} in line "
                    f"{error.lineno}, column {error.colno}.",
                )
            ) from error
        except (ValueError, RecursionError) as error:
            raise Misread(
                Wrong(
                    "body",
                    "It is not JSON in UTF-8, is nested too deep, or a number in it is "
                    "too long or none.",
                )
            ) from error


def _refuse_constant(said: str) -> None:
    raise ValueError(f"{said} is no number of JSON.")


class Whole(serializers.Serializer[Any]):
    """A table of named parts, and no others: what it has no name for is refused."""

    default_error_messages = {"invalid": "It is no table of names and values."}

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Return the parts; one there is none of would be asked for in vain."""
        if isinstance(data, Mapping):
            names = ", ".join(self.fields) or "none"
            unknown = {
                str(name): [f"There is no such part; there are {names}."]
                for name in data
                if name not in self.fields
            }
            if unknown:
                raise ValidationError(unknown)
        found: dict[str, Any] = super().to_internal_value(data)
        return found


class Text(serializers.CharField):
    """A text, and no number that could be written as one."""

    default_error_messages = {"invalid": "It is no text."}

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return str(super().to_internal_value(data))


class Table(serializers.DictField):
    """Names and values of any kind: what they may be, the kind of definition says."""

    default_error_messages = {"not_a_dict": "It is no table of names and values."}


class Number(serializers.Field[int, Any, int, Any]):
    """The number of a version."""

    default_error_messages = {"invalid": "It is no whole number from 0 on."}

    def to_internal_value(self, data: Any) -> int:
        if not isinstance(data, int) or isinstance(data, bool) or data < 0:
            self.fail("invalid")
        return data


class Moment(serializers.Field[datetime, Any, str, Any]):
    """A moment to come, with its offset: a program's clock may stand anywhere."""

    default_error_messages = {
        "invalid": "It is no moment with an offset, such as 2026-03-31T14:00:00+02:00.",
        "past": "This moment has passed, and nobody writes the past. Leave it out, or "
        "choose a later one.",
    }

    def to_internal_value(self, data: Any) -> datetime:
        try:
            at = datetime.fromisoformat(data)
            if at.tzinfo is None:
                self.fail("invalid")
            at = at.astimezone(UTC)
        except (TypeError, ValueError, OverflowError):
            self.fail("invalid")
        if at <= timezone.now():
            self.fail("past")
        return at


class OperationIn(Whole):
    """One definition as it shall be."""

    kind = Text()
    key = Text(trim_whitespace=False)
    domain = Text()
    body = Table(required=False)
    state = Text(default=State.ACTIVE)
    successor = Text(default="", allow_blank=True)
    base = Number(default=None)


def _operations() -> Any:
    return serializers.ListField(
        child=OperationIn(),
        allow_empty=True,
        error_messages={"not_a_list": "It is no list of definitions."},
    )


class ProposalIn(Whole):
    """What is asked for, why, and from when on. It begins as a draft."""

    title = Text()
    reason = Text()
    operations = _operations()
    effective_at = Moment(default=None)


class RevisionIn(Whole):
    """What is asked for instead."""

    operations = _operations()


class CommentIn(Whole):
    """What somebody has to say."""

    text = Text()


class NothingIn(Whole):
    """An address that is told all it needs by being called."""


def read(shape: type[Whole], data: Any) -> dict[str, Any]:
    """Return the parts of a body.

    Raises:
        ValidationError: some are missing, unknown, or of another type.
    """
    given = shape(data={} if data is None else data)
    given.is_valid(raise_exception=True)
    found: dict[str, Any] = given.validated_data
    return found


def proposed(operations: Sequence[Mapping[str, Any]]) -> list[changes.Proposed]:
    """Return the operations of a body as the rules take them."""
    return [changes.Proposed(**each) for each in operations]


def misread(
    unsound: changes.Unsound, operations: Sequence[changes.Proposed]
) -> Misread:
    """Return what the rules found wrong, each with the operation it is said of."""
    return Misread(*_placed(unsound, operations), status=422)


def _placed(
    unsound: changes.Unsound, operations: Sequence[changes.Proposed]
) -> Iterator[Wrong]:
    labels = dict(Kind.choices)
    for said in unsound.problems:
        for number, each in enumerate(operations):
            names = (f"{each.kind} {each.key}", f"{labels.get(each.kind)} {each.key}")
            if said.startswith(tuple(f"{name}:" for name in names)):
                place = f"operations[{number}]"
                yield Wrong(place, said)
                break
        else:
            yield Wrong("body", said)
