"""Programs that ask by the API, and what they are told."""

from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from governance import tokens
from governance.models import ChangeRequest, User
from tests import make

LIST, ONE = "/api/v1/changes", "/api/v1/changes/{}"


def token(user: User, scope: str = "propose", **said: Any) -> str:
    """Return the secret of a token the user made."""
    return tokens.make(
        name=said.get("name", f"token {make.number()}"), scope=scope,
        lives=said.get("lives", timedelta(days=7)), by=user,
        at=said.get("at", timezone.now()),
    ).secret  # fmt: skip


def program(user: User, scope: str = "propose") -> Client:
    """Return a program that acts for the user."""
    return sending(token(user, scope))


def sending(secret: str, scheme: str = "Bearer") -> Client:
    return Client(headers={"authorization": f"{scheme} {secret}"})


def post(client: Client, address: str, body: Any = None, **headers: str) -> Any:
    return client.post(address, body, content_type="application/json", headers=headers)


def proposal(*operations: dict[str, Any], **otherwise: Any) -> dict[str, Any]:
    return {
        "title": "A change",
        "reason": "The quarterly review asked for it.",
        "operations": list(operations),
        **otherwise,
    }


def said(answer: Any) -> tuple[int, str]:
    """Return the status of an answer, and its sentence."""
    return answer.status_code, answer.json()["error"]


def at(request: ChangeRequest, what: str = "") -> str:
    return ONE.format(request.pk) + (f"/{what}" if what else "")
