"""The health reviews: what was measured, who signed, and what is to be done about it."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from governance import reviews
from governance.models import HealthReview, ReviewAction, User
from governance.people import asking, may_propose
from governance.roles import PROPOSERS
from governance.views.playbook import page


class Agreed(forms.Form):
    """What is to be done, by whom, by when."""

    what = forms.CharField(max_length=300, label="What is to be done")
    who = forms.ModelChoiceField(User.objects.none(), label="Who")
    due_on = forms.DateField(
        label="By", widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        who = self.fields["who"]
        assert isinstance(who, forms.ModelChoiceField)
        who.queryset = _who_acts()


def index(request: HttpRequest) -> HttpResponse:
    """List every review, the newest first, and say when the next one opens."""
    at = timezone.now()
    found = HealthReview.objects.defer("facts").prefetch_related("signoffs", "actions")
    rows = [
        (
            review,
            len(review.signoffs.all()),
            sum(each.done_at is None for each in review.actions.all()),
            review.is_overdue(at),
        )
        for review in found[:100]
    ]
    return page(
        request,
        "governance/reviews.html",
        {"rows": rows, "next": reviews.next_quarter(at=at)},
    )


def show(request: HttpRequest, review_id: int) -> HttpResponse:
    """Show one review."""
    return _show(request, get_object_or_404(HealthReview, pk=review_id))


@require_POST
def sign(request: HttpRequest, review_id: int) -> HttpResponse:
    """Sign for a domain of one's own."""
    return _do(
        request,
        review_id,
        lambda: reviews.sign(
            review_id=review_id,
            domain=request.POST.get("domain", ""),
            by=asking(request),
            at=timezone.now(),
            remark=request.POST.get("remark", ""),
        ),
        "You have signed.",
    )


@require_POST
def agree(request: HttpRequest, review_id: int) -> HttpResponse:
    """Write down what is to be done."""
    review = get_object_or_404(HealthReview, pk=review_id)
    typed = Agreed(request.POST)
    if not typed.is_valid():
        return _show(request, review, typed=typed, status=409)
    said = typed.cleaned_data
    return _do(
        request,
        review_id,
        lambda: reviews.agree(
            review_id=review_id,
            what=said["what"],
            who=said["who"],
            due_on=said["due_on"],
            by=asking(request),
            at=timezone.now(),
        ),
        "It is written down.",
    )


@require_POST
def tick(request: HttpRequest, review_id: int, action_id: int) -> HttpResponse:
    """Tick off what was to be done."""
    get_object_or_404(ReviewAction, pk=action_id, review=review_id)
    return _do(
        request,
        review_id,
        lambda: reviews.tick(
            action_id=action_id, by=asking(request), at=timezone.now()
        ),
        "It is ticked off.",
    )


def _do(
    request: HttpRequest, review_id: int, verb: Callable[[], object], said: str
) -> HttpResponse:
    review = get_object_or_404(HealthReview, pk=review_id)
    try:
        verb()
    except reviews.ReviewError as refused:
        status = 403 if isinstance(refused, reviews.NotYours) else 409
        return _show(request, review, refusal=str(refused), status=status)
    messages.success(request, said)
    return redirect("governance:review", review_id)


def _show(
    request: HttpRequest,
    review: HealthReview,
    *,
    refusal: str = "",
    typed: Agreed | None = None,
    status: int = 200,
) -> HttpResponse:
    reader, at = asking(request), timezone.now()
    signed = {each.domain_id: each for each in review.signoffs.select_related("by")}
    mine = reviews.signs_for(reader)
    actions = [
        (each, each.is_late(at.date()), reader.pk in {each.who_id, each.added_by_id})
        for each in review.actions.select_related("who", "done_by")
    ]
    return page(
        request,
        "governance/review.html",
        {
            "review": review,
            "is_overdue": review.is_overdue(at),
            "domains": [
                (known, signed.get(known["key"]), known["key"] in mine)
                for known in review.facts["domains"]
            ],
            "signed": len(signed),
            "actions": actions,
            "may_act": review.is_open and may_propose(reader),
            "typed": typed or Agreed(initial={"due_on": _in_four_weeks(at.date())}),
            "refusal": refusal,
        },
        status,
    )


def _who_acts() -> Any:
    """Return who may be asked to do something: whoever looks after definitions."""
    return (
        User.objects.filter(groups__name__in=PROPOSERS, is_active=True)
        .distinct()
        .order_by("first_name", "last_name", "username")
    )


def _in_four_weeks(on: date) -> date:
    return date.fromordinal(on.toordinal() + 28)
