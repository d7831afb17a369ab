"""A refusal as a program reads it: a status, a sentence, and which parts are wrong."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions, status
from rest_framework.response import Response

from governance import changes
from governance.effects import PreviewError


@dataclass(frozen=True)
class Wrong:
    """A part of what was sent, named as one finds it there, and what is wrong with it."""

    part: str
    error: str


class Misread(Exception):
    """What was sent is not what is asked for; some parts of it are wrong."""

    def __init__(self, *parts: Wrong, status: int = 400) -> None:
        super().__init__(" ".join(f"{each.part}: {each.error}" for each in parts))
        self.parts = parts
        self.status = status


_STATUS: tuple[tuple[type[Exception], int], ...] = (
    (changes.NotYours, status.HTTP_403_FORBIDDEN),
    (changes.Unsound, status.HTTP_422_UNPROCESSABLE_ENTITY),
    (changes.NothingAsked, status.HTTP_422_UNPROCESSABLE_ENTITY),
    (changes.ChangeError, status.HTTP_409_CONFLICT),
    (PreviewError, status.HTTP_409_CONFLICT),
    (PermissionDenied, status.HTTP_403_FORBIDDEN),
    (Http404, status.HTTP_404_NOT_FOUND),
)
_SENTENCES: tuple[tuple[type[Exception], str], ...] = (
    (
        exceptions.NotAuthenticated,
        "Say who asks: send the header Authorization: Bearer plumbline_… with a token, "
        "which one makes on the page of one's tokens.",
    ),
    (exceptions.NotAcceptable, "This is answered as application/json alone."),
    (exceptions.UnsupportedMediaType, "Send it as application/json."),
)
# By the names the framework gives them; a part says by itself what type it has.
_OF_A_PART = {
    "required": "It is missing.",
    "null": "It is null. Say it, or leave it out.",
    "blank": "It is empty.",
    "null_characters_not_allowed": "It holds a character that cannot be written down.",
    "surrogate_characters_not_allowed": "It holds a character that cannot be written "
    "down.",
}


def answer(refused: Exception, context: dict[str, Any]) -> Response | None:
    """Return what a program is told of a refusal; nothing of what is no refusal."""
    match refused:
        case Misread():
            return _told(refused.status, str(refused), refused.parts)
        case exceptions.ValidationError():
            parts = tuple(_parts("", refused.detail))
            return _told(400, str(Misread(*parts)), parts)
        case exceptions.APIException():
            return _of_framework(refused, context)
    for kind, number in _STATUS:
        if isinstance(refused, kind):
            said = str(refused) or "There is no such address here."
            return _told(number, said, ())
    return None


def _of_framework(
    refused: exceptions.APIException, context: dict[str, Any]
) -> Response:
    said = str(refused.detail)
    for kind, sentence in _SENTENCES:
        if isinstance(refused, kind):
            said = sentence
    if isinstance(refused, exceptions.MethodNotAllowed):
        can = " and ".join(context["view"].allowed_methods)
        said = f"Here one can {can}, and nothing else."
    if isinstance(refused, exceptions.Throttled):
        said = (
            f"That is more than is answered within a minute. Ask again in "
            f"{_seconds(refused)} seconds."
        )
    told = _told(refused.status_code, said, ())
    if isinstance(refused, exceptions.Throttled):
        told["Retry-After"] = str(_seconds(refused))
    header = getattr(refused, "auth_header", None)
    if header:
        told["WWW-Authenticate"] = header
    return told


def _seconds(refused: exceptions.Throttled) -> int:
    return int(getattr(refused, "wait", None) or 0) + 1


def _told(number: int, said: str, parts: Sequence[Wrong]) -> Response:
    return Response(
        {"error": said, "parts": [asdict(each) for each in parts]}, status=number
    )


def _parts(place: str, detail: Any) -> Iterator[Wrong]:
    """Yield each part that is wrong, named as in ``operations[0].key``."""
    match detail:
        case dict():
            for name, found in detail.items():
                yield from _parts(_within(place, name), found)
        case list() if all(isinstance(each, str) for each in detail):
            for each in detail:
                code = getattr(each, "code", "")
                yield Wrong(place or "body", _OF_A_PART.get(code, str(each)))


def _within(place: str, name: str | int) -> str:
    # A whole that is wrong is told of under a name of the framework's.
    if name == "non_field_errors":
        return place
    if isinstance(name, int):
        return f"{place}[{name}]"
    return f"{place}.{name}" if place else name
