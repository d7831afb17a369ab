"""What nights were stopped at: how many people it is of, which, and who lets it pass."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from governance import rights
from governance.models import Domain, User
from governance.people import asking
from identity import ledger
from identity.explaining import read
from identity.models import HeldRun, Person
from identity.views.review import page
from measurement.models import CustomerRecord

# Of what waits, and of what was let pass, the latest; and of one group the first records.
_SHOWN, _RECORDS = 20, 6
_DOMAIN = "customer"
may_read = permission_required("identity.view_heldrun", raise_exception=True)


@dataclass(frozen=True, slots=True)
class Group:
    """Records that would be one person, whose they are now, and how many there are."""

    records: Sequence[CustomerRecord]
    records_in_all: int
    people: Sequence[Person]


@may_read
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List what waits to be let pass, with some of whom it would change."""
    waiting = list(HeldRun.objects.filter(passed_at=None)[:_SHOWN])
    passed = HeldRun.objects.exclude(passed_at=None).order_by("-passed_at", "-pk")
    return page(
        request,
        "identity/held.html",
        {
            "waiting": list(zip(waiting, _groups(waiting), strict=True)),
            "passed": passed.select_related("passed_by")[:_SHOWN],
            "may_let_pass": _owns(asking(request)),
        },
    )


@may_read
@require_POST
def let_pass(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Let it pass; a refusal is a sentence on the page."""
    held = get_object_or_404(HeldRun, public_id=public_id)
    try:
        ledger.let_pass(
            held_id=held.pk,
            by=asking(request),
            reason=request.POST.get("reason", ""),
            at=timezone.now(),
        )
    except ledger.LedgerError as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, "Let pass. The next night that finds it writes it.")
    return redirect("identity:held")


def _owns(reader: User) -> bool:
    domain = Domain.objects.filter(key=_DOMAIN).first()
    return domain is not None and rights.can(reader, rights.Verb.OWN, domain)


def _groups(held: Sequence[HeldRun]) -> list[list[Group]]:
    """Return by run the groups of its sample: two queries, however many there are."""
    samples = [each for run in held for each in run.sample]
    records = read.named(
        record for each in samples for record in each["records"][:_RECORDS]
    )
    people = Person.objects.in_bulk({who for each in samples for who in each["people"]})
    return [[_group(each, records, people) for each in run.sample] for run in held]


def _group(
    sample: Mapping[str, Any],
    records: Mapping[int, CustomerRecord],
    people: Mapping[int, Person],
) -> Group:
    return Group(
        [records[each] for each in sample["records"][:_RECORDS]],
        len(sample["records"]),
        [people[each] for each in sample["people"][:_RECORDS]],
    )
