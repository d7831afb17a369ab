"""Reading and pressing, as somebody, on the pages of change requests."""

import re

from django.test import Client

from governance.models import ChangeRequest, Domain, User, Version
from tests.governance.requests import digest


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def press(user: User, request: ChangeRequest, verb: str, **typed: str):
    return as_(user).post(
        f"/changes/{request.pk}/{verb}/", {"digest": digest(request), **typed}
    )


def state(request: ChangeRequest) -> str:
    request.refresh_from_db()
    return request.state


def seen(user: User, path: str) -> str:
    """Return the words of a page, without its markup."""
    answer = as_(user).get(path)
    assert answer.status_code == 200
    return words(answer)


def words(answer) -> str:
    main = answer.content.decode().partition("<main")[2]
    return " ".join(re.sub(r"<[^>]*>", " ", main).split())


def buttons(user: User, request: ChangeRequest) -> list[str]:
    """Return what the foot of the page offers."""
    page = as_(user).get(f"/changes/{request.pk}/").content.decode()
    bar = re.search(r'<form class="decide".*?</form>', page, re.DOTALL)
    return re.findall(r"<button[^>]*>(.*?)</button>", bar[0]) if bar else []


def refusal(answer) -> str:
    found = re.search(
        r'role="alert">.*?<span>(.*?)</span>', answer.content.decode(), re.DOTALL
    )
    return found[1].replace("&#x27;", "'") if found else ""


def typed(domain: Domain, **otherwise: str) -> dict[str, str]:
    """Return a form that was filled in, with what holds as its base."""
    held = Version.objects.current().filter(kind="kpi", key="ltv_90").first()
    return {
        "title": "Ninety days", "reason": "As agreed.", "effective_at": "",
        "base": str(held.number if held else 0), "domain": domain.key,
        "state": "active", "successor": "",
        "part_name": "LTV", "part_meaning": "What they bought.",
        "part_formula": "ltv_90", "part_parameters": "", "part_grain": "person",
        "part_unit": "euro", "part_window_days": "90", "part_refund_calendar": "order",
        "part_min_n": "", "part_comparison": "restated", "part_decision": "",
        **otherwise,
    }  # fmt: skip
