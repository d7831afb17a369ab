"""What merging a pair would do to numbers, measured exactly by a worker."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from governance.people import asking
from identity import effects, ledger
from identity.ledger.refusals import require_steward
from identity.models import MatchCandidate
from identity.views.review import may_read


@may_read
@require_POST
def measure(request: HttpRequest, pair_id: int) -> HttpResponse:
    """Have a worker compute every number with the two people of the pair as one."""
    pair = get_object_or_404(MatchCandidate, pk=pair_id)
    found = ledger.people_of(record_ids=[pair.left_id, pair.right_id])
    try:
        require_steward(asking(request))
        effects.ask_would(
            people=set(found.values()), by=asking(request), at=timezone.now()
        )
    except (ledger.LedgerError, effects.EffectsError) as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, "A worker measures it. Look again in a minute.")
    return redirect("identity:pair", pair_id)
