"""What a program is told, part by part: moments with their offset, amounts as text."""

from typing import Any

from rest_framework import serializers

from governance.dossier import Asked, Dossier, Heard
from governance.models import (
    ApiToken,
    ChangeRequest,
    Comment,
    Preview,
    Version,
)
from governance.trust import Trust


def every(shape: type[serializers.Serializer[Any]], rows: Any) -> list[dict[str, Any]]:
    """Return what is told of each row."""
    return list(shape(rows, many=True).data)


class VersionOut(serializers.Serializer[Version]):
    """One version of a definition: what it said, and from when until when."""

    version = serializers.IntegerField(source="number")
    domain = serializers.CharField(source="domain_id")
    state = serializers.CharField()
    successor = serializers.CharField()
    body = serializers.JSONField()
    digest = serializers.CharField()
    since = serializers.DateTimeField(source="valid_during.lower")
    until = serializers.DateTimeField(source="valid_during.upper")


class _Named(serializers.Serializer[Version]):
    kind = serializers.CharField()
    key = serializers.CharField()


class DefinitionOut(_Named, VersionOut):
    """A definition as it stands at a moment."""


class StepOut(VersionOut):
    """A version, and the request that made it."""

    request = serializers.IntegerField(source="operation.revision.request_id")


class RequestOut(serializers.Serializer[ChangeRequest]):
    """A request as a list tells of it."""

    id = serializers.IntegerField()
    title = serializers.CharField()
    reason = serializers.CharField()
    state = serializers.CharField()
    note = serializers.CharField()
    risk = serializers.CharField()
    requested_by = serializers.CharField(
        source="requested_by.username", allow_null=True
    )
    made_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    effective_at = serializers.DateTimeField()
    review_due_at = serializers.DateTimeField()
    revision = serializers.IntegerField()
    cycle = serializers.IntegerField()
    touches = serializers.SerializerMethodField()

    def get_touches(self, request: ChangeRequest) -> list[dict[str, str]]:
        revisions = getattr(request, "asked_for", [])
        return [
            {"kind": each.kind, "key": each.key}
            for revision in revisions
            for each in revision.operations.all()
        ]


class AskedOut(serializers.Serializer[Asked]):
    """A definition as it shall be.

    ``base`` is the version it was written against; where another one holds by now,
    ``moved_to`` is that one.
    """

    kind = serializers.CharField(source="operation.kind")
    key = serializers.CharField(source="operation.key")
    domain = serializers.CharField(source="operation.domain_id")
    state = serializers.CharField(source="operation.state")
    successor = serializers.CharField(source="operation.successor")
    body = serializers.JSONField(source="operation.body")
    digest = serializers.CharField(source="operation.digest")
    base = serializers.IntegerField(source="operation.base.number", allow_null=True)
    moved_to = serializers.IntegerField(source="moved.number", allow_null=True)


class HeardOut(serializers.Serializer[Heard]):
    """A decision, and whether it still counts."""

    by = serializers.CharField(source="decision.by.username")
    verdict = serializers.CharField(source="decision.verdict")
    comment = serializers.CharField(source="decision.comment")
    cycle = serializers.IntegerField(source="decision.cycle")
    at = serializers.DateTimeField(source="decision.at")
    counts = serializers.BooleanField()


class CommentOut(serializers.Serializer[Comment]):
    """Something said of a request."""

    by = serializers.CharField(source="by.username")
    text = serializers.CharField()
    at = serializers.DateTimeField()


class DossierOut(serializers.Serializer[Dossier]):
    """A request with all that belongs to it, for whoever reads it."""

    risk = serializers.CharField()
    digest = serializers.CharField(source="revision.digest")
    missing = serializers.CharField()
    operations = AskedOut(source="asked", many=True)
    decisions = HeardOut(source="heard", many=True)
    comments = CommentOut(many=True)


class MovedOut(serializers.Serializer[Any]):
    """A number before and after. Empty where it is withheld, or is not there."""

    what = serializers.CharField()
    where = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField()
    share = serializers.CharField()
    n_before = serializers.IntegerField()
    n_after = serializers.IntegerField()
    is_total = serializers.BooleanField()


class AnswerOut(serializers.Serializer[Any]):
    """What would move. Sample rows stay on the page, for those who may see them there."""

    looked_at = serializers.IntegerField(default=0)
    moved_in_all = serializers.IntegerField(default=0)
    largest = serializers.CharField(default="")
    # `data` is taken: a serializer's own.
    on_data = serializers.CharField(source="data", default="")
    sentences = serializers.ListField(child=serializers.CharField(), default=[])
    refused_in_all = serializers.IntegerField(default=0)
    taken_in_all = serializers.IntegerField(default=0)
    moved = MovedOut(many=True, default=[])


class PreviewOut(serializers.Serializer[Preview]):
    """What a request would do to the numbers, as it was measured last."""

    state = serializers.CharField()
    message = serializers.CharField()
    revision = serializers.IntegerField(source="revision.number")
    asked_by = serializers.CharField(source="asked_by.username")
    asked_at = serializers.DateTimeField()
    measured_at = serializers.DateTimeField()
    seconds = serializers.SerializerMethodField()
    answer = serializers.SerializerMethodField()

    def get_seconds(self, preview: Preview) -> str:
        return f"{preview.seconds:.1f}"

    def get_answer(self, preview: Preview) -> dict[str, Any] | None:
        is_measured = preview.state == Preview.State.MEASURED
        return dict(AnswerOut(preview.answer).data) if is_measured else None


class TrustOut(serializers.Serializer[Trust]):
    """How far the log is sealed, and what was found when it was last looked at whole."""

    events = serializers.IntegerField()
    unsealed = serializers.IntegerField()
    sealed_up_to = serializers.IntegerField(source="seal.seq", allow_null=True)
    sealed_at = serializers.DateTimeField(source="seal.at", allow_null=True)
    looked_at = serializers.DateTimeField(source="looked.at", allow_null=True)
    is_whole = serializers.BooleanField(source="looked.is_whole", allow_null=True)
    finding = serializers.CharField(source="looked.finding", allow_null=True)


class TokenOut(serializers.Serializer[ApiToken]):
    """The token a program came with. Its secret is nowhere."""

    name = serializers.CharField()
    scope = serializers.CharField()
    expires_at = serializers.DateTimeField()
