"""Whoever went up in somebody leads to whom they are by now."""

import pytest

from identity import ledger
from tests import make, published
from tests.governance.pages import as_

pytestmark = pytest.mark.django_db


def test_who_went_up_in_somebody_who_did_leads_to_whom_they_are_now():
    shop, steward = make.system("till"), make.user(role="steward")
    first, second, third = (
        published.person(published.record(of=shop)) for _ in range(3)
    )
    at = published.AT
    for kept, gone in ((second, first), (third, second)):
        ledger.lock(person_id=kept.pk, by=steward, reason="Kept.", at=at)
        ledger.merge(people=[kept.pk, gone.pk], by=steward, reason="One.", at=at)
        ledger.unlock(person_id=kept.pk, by=steward, reason="As before.", at=at)

    page = as_(make.user()).get(f"/people/{first.public_id}/")

    assert f'href="/people/{third.public_id}/"' in page.text
    assert f'href="/people/{second.public_id}/"' not in page.text
