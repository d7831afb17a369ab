"""The admin of rows whose history is kept: what each said before is read, never written.

The library's own page of one version is a form that writes it back, for whoever may look.
"""

from typing import Any

from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from simple_history.admin import SimpleHistoryAdmin


class RememberedAdmin(SimpleHistoryAdmin):  # type: ignore[misc]
    """What a row said is listed, and shown as it stood. To go back, edit the row."""

    object_history_template = "admin/remembered.html"
    version_template = "admin/remembered_version.html"

    def history_view(
        self,
        request: HttpRequest,
        object_id: str,
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        self._row(request, object_id)
        answer: HttpResponse = super().history_view(request, object_id, extra_context)
        return answer

    def history_form_view(
        self,
        request: HttpRequest,
        object_id: str,
        version_id: str,
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show what the row said then. Nothing can be sent here."""
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET", "HEAD"])
        row = self._row(request, object_id)
        version = row.history.filter(history_id=_number(version_id)).first()
        if version is None:
            raise Http404("It has no such version.")
        shown = [
            (field.verbose_name, _said(getattr(version, field.name)))
            for field in version.tracked_fields
            if field.name != self.opts.pk.name
        ]
        context = {
            **self.admin_site.each_context(request),
            "title": f"{row}, as it stood",
            "opts": self.opts,
            "object": row,
            "version": version,
            "shown": shown,
        }
        return TemplateResponse(request, self.version_template, context)

    def get_history_queryset(
        self, request: HttpRequest, history_manager: Any, pk_name: str, object_id: str
    ) -> Any:
        tracked = history_manager.model.tracked_fields
        related = [each.name for each in tracked if each.is_relation]
        found = history_manager.filter(**{pk_name: object_id})
        return found.select_related("history_user", *related)

    def revert_disabled(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def _row(self, request: HttpRequest, object_id: str) -> Any:
        row = self.get_object(request, unquote(object_id))
        if row is None:
            raise Http404("There is no such row.")
        if not self.has_view_or_change_permission(request, row):
            raise PermissionDenied
        return row


def _said(value: Any) -> Any:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value


def _number(typed: str) -> int:
    # More than a bigint holds is no version either.
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else 0
