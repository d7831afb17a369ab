"""Where whoever runs the place reads who is who. Pairs are read and answered at /review/."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse

from identity import ledger
from identity.models import Link, Merge, Person


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
