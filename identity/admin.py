"""Where stewards work through pairs, and where anybody reads who is who."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from governance import people
from identity import comparing, ledger, queue
from identity.models import Link, MatchCandidate, Merge, Person

_SAME, _DIFFERENT = "_same", "_different"


class ReadOnly[Row: Model](admin.ModelAdmin[Row]):
    """Rows the rules wrote: they are read here, and never edited."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: Row | None = None
    ) -> bool:
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: Row | None = None
    ) -> bool:
        return False


class Standing(admin.SimpleListFilter):
    """Which pairs to show: those that wait, unless somebody asks for others."""

    title = "standing"
    parameter_name = "standing"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]
    ) -> list[tuple[str, str]]:
        return [("same", "Same person"), ("different", "Not the same"), ("all", "All")]

    def choices(self, changelist: Any) -> Any:
        """Name the choice that is there when none was made."""
        for choice in super().choices(changelist):
            yield {**choice, "display": "Waiting"} if self._is_none(choice) else choice

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[MatchCandidate]
    ) -> QuerySet[MatchCandidate]:
        chosen = self.value()
        if chosen == "all":
            return queryset
        if chosen:
            return queryset.filter(status=chosen)
        return queryset & MatchCandidate.objects.undecided()

    def _is_none(self, choice: Any) -> bool:
        return self.parameter_name not in choice["query_string"]


@admin.register(MatchCandidate)
class ReviewQueue(ReadOnly[MatchCandidate]):
    """Pairs a guard kept apart, the likeliest first."""

    list_display = ["pair", "evidence", "guard", "likely", "status", "found_at"]
    list_display_links = ["pair"]
    list_filter = [Standing, "evidence", "left__system__storefront"]
    list_select_related = ["left__system", "right__system"]
    list_per_page = 50
    show_full_result_count = False
    search_fields = [
        f"{side}__{field}"
        for side in ("left", "right")
        for field in ("last_name", "email", "source_id")
    ]
    ordering = ["-score", "id"]
    actions = ["approve", "reject"]
    change_form_template = "admin/identity/matchcandidate/change_form.html"

    @admin.display(description="Pair")
    def pair(self, candidate: MatchCandidate) -> str:
        sides = (candidate.left, candidate.right)
        return " ↔ ".join(f"{side} ({side.system})" for side in sides)

    @admin.display(description="Likely", ordering="score")
    def likely(self, candidate: MatchCandidate) -> str:
        return f"{candidate.score:.0%}"

    def has_decide_permission(self, request: HttpRequest) -> bool:
        """Only stewards are shown a way to decide."""
        return queue.may_decide(people.asking(request))

    @admin.action(description="Same person: merge", permissions=["decide"])
    def approve(self, request: HttpRequest, chosen: QuerySet[MatchCandidate]) -> None:
        for candidate_id in list(chosen.values_list("pk", flat=True)):
            self._decide(request, queue.approve, candidate_id, "")

    @admin.action(description="Not the same", permissions=["decide"])
    def reject(self, request: HttpRequest, chosen: QuerySet[MatchCandidate]) -> None:
        for candidate_id in list(chosen.values_list("pk", flat=True)):
            self._decide(request, queue.reject, candidate_id, "")

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show both records side by side; take the decision if one was sent."""
        pair = self.get_object(request, object_id)
        if pair is None or not self.has_view_permission(request, pair):
            return super().change_view(request, object_id, form_url, extra_context)
        may_decide = self.has_decide_permission(request)
        decision = _decision(request)
        if decision is not None and may_decide:
            self._decide(request, decision, pair.pk, request.POST.get("reason", ""))
            return redirect("admin:identity_matchcandidate_changelist")
        waits = pair.status == MatchCandidate.Status.PENDING
        context = {
            "lines": comparing.side_by_side(pair),
            "may_decide": may_decide and waits,
        }
        return super().change_view(request, object_id, form_url, context)

    def _decide(
        self,
        request: HttpRequest,
        decide: Callable[..., Merge | MatchCandidate],
        candidate_id: int,
        reason: str,
    ) -> None:
        try:
            made = decide(
                candidate_id=candidate_id,
                by=people.asking(request),
                reason=queue.in_words(reason) or "Decided in the review queue.",
                at=timezone.now(),
            )
        except queue.ReviewError as error:
            self.message_user(request, str(error), messages.WARNING)
        else:
            done = "Merged" if isinstance(made, Merge) else "Kept apart"
            self.message_user(request, f"{done}: {made}.", messages.SUCCESS)


@admin.register(Person)
class People(ReadOnly[Person]):
    """Somebody, the records that are theirs, and how they came to be."""

    list_display = ["__str__", "public_id", "records", "made_at"]
    search_fields = [
        "links__record__last_name",
        "links__record__email",
        "links__record__source_id",
    ]
    ordering = ["-id"]
    # Counting every person once more for a footnote would cost more than the page.
    show_full_result_count = False
    change_form_template = "admin/identity/person/change_form.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Person]:
        held_now = Count("links", filter=Q(links__ended_at=None), distinct=True)
        return super().get_queryset(request).annotate(held_now=held_now)

    @admin.display(description="Records")
    def records(self, person: Person) -> int:
        held_now: int = getattr(person, "held_now", 0)
        return held_now

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        person = self.get_object(request, object_id)
        if person is None:
            return super().change_view(request, object_id, form_url, extra_context)
        links = Link.objects.filter(person=person).select_related("record__system")
        context = {
            "links": links.order_by("-started_at", "record"),
            "merges": ledger.merges_of(person_id=person.pk),
        }
        return super().change_view(request, object_id, form_url, context)


@admin.register(Merge)
class Merges(ReadOnly[Merge]):
    """Which people became one, the latest first."""

    list_display = ["__str__", "at", "by", "reason"]
    list_select_related = ["by"]
    ordering = ["-at", "-id"]
    show_full_result_count = False


def _decision(request: HttpRequest) -> Callable[..., Merge | MatchCandidate] | None:
    if request.method != "POST":
        return None
    if _SAME in request.POST:
        return queue.approve
    return queue.reject if _DIFFERENT in request.POST else None
