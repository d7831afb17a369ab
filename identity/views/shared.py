"""The values that join nobody: too many share them, or a steward said so."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_http_methods

from governance import changes, people
from identity import blocking, policy, quarantine, queue
from identity.models import QuarantinedValue

_SHOWN = 200


@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """List what is set aside; one button asks to block it for good, another lifts it."""
    reader = people.asking(request)
    if not reader.has_perm("identity.view_quarantinedvalue"):
        raise PermissionDenied("Who has which value is read by those who sign in.")
    may_suggest = people.may_suggest(reader)
    if request.method == "POST" and "lift" in request.POST:
        return _lift(request)
    if request.method == "POST":
        if not may_suggest:
            raise PermissionDenied("You read what is agreed here, and ask for nothing.")
        return _block(request)
    standing = QuarantinedValue.objects.standing()
    agreed = policy.now()
    shown = standing.select_related("storefront", "by").order_by("-records", "pk")
    values = [
        (value, agreed.of(value.kind), agreed.of(value.kind).blocks(value.value))
        for value in shown[:_SHOWN]
    ]
    answer = render(
        request,
        "identity/shared.html",
        {
            "section": "review",
            "values": values,
            "in_all": standing.count(),
            "may_suggest": may_suggest,
            "may_lift": queue.may_decide(reader),
        },
    )
    patch_cache_control(answer, no_store=True)
    return answer


def _block(request: HttpRequest) -> HttpResponse:
    chosen = [int(text) for text in request.POST.getlist("value") if _is_number(text)]
    try:
        made = blocking.propose(
            value_ids=chosen, by=people.asking(request), at=timezone.now()
        )
    except (blocking.NothingToBlock, changes.ChangeError) as refused:
        messages.warning(request, str(refused))
        return redirect("identity:shared")
    messages.success(request, "Drafted. Read it, and put it to review.")
    return redirect("governance:request", made.pk)


def _lift(request: HttpRequest) -> HttpResponse:
    """Let a value that a steward set aside join again; a crowd is lifted by itself."""
    if not queue.may_decide(people.asking(request)):
        raise PermissionDenied("Stewards lift what a steward set aside.")
    typed = request.POST["lift"]
    said = QuarantinedValue.objects.filter(
        why=QuarantinedValue.Why.STEWARD, pk=int(typed) if _is_number(typed) else 0
    ).first()
    try:
        if said is None:
            raise quarantine.NotSetAside("No steward set that aside.")
        quarantine.lift(value_id=said.pk, at=timezone.now())
    except quarantine.QuarantineError as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(
            request, f"{said.value} may join again. Whom, the next night works out."
        )
    return redirect("identity:shared")


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19
