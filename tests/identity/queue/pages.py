"""Reading and pressing, as somebody, on the pages of the queue."""

import re

from django.test import Client
from django.utils import timezone

from governance.models import User
from identity import queue
from identity.models import MatchCandidate


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def press(user: User, pair: MatchCandidate, said: str, **typed: str):
    pair.refresh_from_db()
    return as_(user).post(
        f"/review/{pair.pk}/answer/",
        {"said": said, "digest": pair.evidence_digest, **typed},
        follow=True,
    )


def words(answer) -> str:
    main = answer.text.partition("<main")[2]
    return " ".join(re.sub(r"<[^>]*>", " ", main).split())


def claimed(pair: MatchCandidate, by: User) -> MatchCandidate:
    return queue.claim(candidate_id=pair.pk, by=by, at=timezone.now())
