"""Pairs answered by a program, in the name of the steward whose token it sends.

It claims, answers and takes back as the steward does on the pages, and nothing else: the
same guards refuse it, and what is said stands as theirs.
"""

from datetime import date
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import serializers, status
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response

from governance.api import bodies
from governance.api.door import Door, asker
from governance.api.errors import Misread, Wrong
from governance.api.who import Need, Scope
from governance.models import User
from identity import ledger, queue
from identity.models import Answer, MatchCandidate
from identity.queue import listing

ANSWERS = Need(Scope.PROPOSE, "identity.change_matchcandidate")
_HEADER = "Idempotency-Key"
_LONGEST_KEY = 80
_SAID = [each for each in Answer.Said.values if each != Answer.Said.UNDONE]


class Refused(APIException):
    """A rule of the queue refuses it; the sentence is the rule's."""

    status_code = status.HTTP_409_CONFLICT


class ValueIn(bodies.Whole):
    """The value that is nobody's own."""

    kind = bodies.Text(max_length=20)
    value = bodies.Text(max_length=400)


class AnswerIn(bodies.Whole):
    """What is said of a pair, and of which evidence."""

    said = serializers.ChoiceField(choices=_SAID)
    evidence_digest = bodies.Text(max_length=64)
    reason = bodies.Text(max_length=400)
    learn = serializers.BooleanField(default=True)
    until = serializers.DateField(required=False)
    to = bodies.Text(max_length=150, required=False)
    identifier = ValueIn(required=False)


class Following(Door):
    """Claim the pair to read next."""

    needs: ClassVar = {"POST": ANSWERS}

    def post(self, request: Request) -> Response:
        bodies.read(bodies.NothingIn, request.data)
        by = asker(request)
        with _in_words():
            found = queue.claim_next(by=by, at=timezone.now())
        return Response({"pair": None if found is None else _claimed(found.pk, by)})


class Claim(Door):
    """Claim this very pair."""

    needs: ClassVar = {"POST": ANSWERS}

    def post(self, request: Request, pair_id: int) -> Response:
        bodies.read(bodies.NothingIn, request.data)
        get_object_or_404(MatchCandidate, pk=pair_id)
        by = asker(request)
        with _in_words():
            queue.claim(candidate_id=pair_id, by=by, at=timezone.now())
        return Response({"pair": _claimed(pair_id, by)})


class Answers(Door):
    """Answer a claimed pair. The same key sent again is told what was said before."""

    needs: ClassVar = {"POST": ANSWERS}

    def post(self, request: Request, pair_id: int) -> Response:
        said = bodies.read(AnswerIn, request.data)
        key, by = _key(request), asker(request)
        get_object_or_404(MatchCandidate, pk=pair_id)
        with _in_words(), transaction.atomic():
            # Two that are sent at once wait here for each other.
            ledger.wait_for_other_merges()
            before = Answer.objects.filter(by=by, sent_as=key).first()
            if before is not None:
                return _again(before, pair_id, said["said"])
            given = _given(said, key)
            made = queue.answer(
                candidate_id=pair_id, given=given, by=by, at=timezone.now()
            )
        return Response(_told(made), status=status.HTTP_201_CREATED)


class Undoing(Door):
    """Take back an answer of one's own."""

    needs: ClassVar = {"POST": ANSWERS}

    def post(self, request: Request, answer_id: int) -> Response:
        bodies.read(bodies.NothingIn, request.data)
        with _in_words():
            undone = queue.take_back(
                answer_id=answer_id, by=asker(request), at=timezone.now()
            )
        return Response(_told(undone), status=status.HTTP_201_CREATED)


class _in_words:
    """Let a refusal of the queue be answered as the API answers."""

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, refused: BaseException | None, _: object) -> None:
        if isinstance(refused, queue.NotASteward):
            raise PermissionDenied(str(refused)) from refused
        if isinstance(refused, queue.ReviewError):
            raise Refused(str(refused)) from refused


def _key(request: Request) -> str:
    key = str(request.headers.get(_HEADER, ""))
    if not key.isascii() or not key.isprintable() or not 0 < len(key) <= _LONGEST_KEY:
        raise Misread(
            Wrong(
                _HEADER,
                f"Send a header of at most {_LONGEST_KEY} characters that no other "
                f"answer of yours has, so that it counts once however often it is sent.",
            )
        )
    return key


def _given(said: dict[str, Any], key: str) -> queue.Given:
    until: date | None = said.get("until")
    value = said.get("identifier")
    return queue.Given(
        said=said["said"],
        evidence_digest=said["evidence_digest"],
        reason=said["reason"],
        learn=said["learn"],
        until=until,
        to=User.objects.filter(username=said.get("to", "")).first(),
        identifier=(value["kind"], value["value"]) if value else None,
        sent_as=key,
    )


def _again(before: Answer, pair_id: int, said: str) -> Response:
    if (before.candidate_id, before.said) != (pair_id, said):
        raise Refused(
            f"You sent this key with another answer, to pair {before.candidate_id}. "
            f"Each answer has a key of its own."
        )
    return Response(_told(before))


def _claimed(pair_id: int, by: User) -> dict[str, object]:
    pairs = MatchCandidate.objects.with_records().select_related("claimed_by")
    pair = pairs.get(pk=pair_id)
    assert pair.claimed_until is not None
    is_blind = pair.wants == MatchCandidate.Wants.BLIND
    return {
        **listing.row(pair, hides=True),
        "waterfall": [] if is_blind else pair.waterfall,
        "claimed_until": pair.claimed_until.isoformat(),
    }


def _told(answer: Answer) -> dict[str, object]:
    return {
        "answer": answer.pk,
        "pair": answer.candidate_id,
        "said": answer.said,
        "reason": answer.reason,
        "at": answer.at.isoformat(),
        "undoes": answer.undoes_id,
    }
