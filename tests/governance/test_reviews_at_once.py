"""Two who sign at the same moment."""

import threading

from django.db import connections

from governance import reviews
from governance.models import GovernanceEvent
from tests import make
from tests.governance.reviews import AT, review


def test_two_who_sign_at_once_close_it_once(own_database):
    first, second = make.domain("one"), make.domain("two")
    opened = review(first, second)
    ready, said = threading.Barrier(2), []

    def sign(domain, owner) -> None:
        ready.wait(10)
        after = reviews.sign(
            review_id=opened.pk, domain=domain.key, by=owner, at=AT, remark="Well."
        )
        said.append(after.is_open)
        connections.close_all()

    both = [
        threading.Thread(target=sign, args=[each, make.owner(each)])
        for each in (first, second)
    ]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()

    opened.refresh_from_db()
    assert (sorted(said), opened.closed_at) == ([False, True], AT)
    assert GovernanceEvent.objects.filter(verb="closed").count() == 1
