"""Say how a domain stands, agree on what is to be done, and tick it off."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from governance import mail
from governance.models import Domain, HealthReview, ReviewAction, SignOff, User
from governance.people import acting, may_propose
from governance.reviews.opening import owners_of

_LONGEST = 300


class ReviewError(Exception):
    """Something cannot be done in a review; the message says why and what to do."""


class NotYours(ReviewError):
    """Whoever asks may not do this."""


class NotNow(ReviewError):
    """The review is closed, or what was agreed on is done."""


class AlreadySigned(ReviewError):
    """Somebody has signed for the domain."""


class Unclear(ReviewError):
    """What was written does not say what is meant."""


@dataclass(frozen=True)
class Owed:
    """A review that waits for somebody to sign, and for which of their domains."""

    review: HealthReview
    domains: tuple[Domain, ...]
    is_overdue: bool


@transaction.atomic
def sign(
    *, review_id: int, domain: str, by: User, at: datetime, remark: str
) -> HealthReview:
    """Say how the domain stands. The last signature closes the review.

    Two owners who sign for one domain at once: the second is told who was first.

    Raises:
        NotYours: ``by`` does not own the domain.
        NotNow: the review is closed, or does not ask about the domain.
        AlreadySigned: somebody was faster.
        Unclear: the remark says nothing.
    """
    acting(by)
    review = _open(review_id)
    if domain not in review.domains:
        raise NotNow(f"This review does not ask about {domain}.")
    if domain not in signs_for(by):
        raise NotYours("Only an owner of the domain signs for it.")
    said = review.signoffs.filter(domain__key=domain).select_related("by").first()
    if said:
        raise AlreadySigned(f"{said.by} has signed for {said.domain_id} already.")
    remark = remark.replace("\0", "").strip()
    if not remark:
        raise Unclear("Say in a sentence how it stands: a bare signature says nothing.")
    SignOff.objects.create(review=review, domain_id=domain, by=by, at=at, remark=remark)
    signed = set(review.signoffs.values_list("domain", flat=True))
    if set(review.domains) <= signed:
        review.closed_at = at
        review.save(update_fields=["closed_at"])
    return review


@transaction.atomic
def agree(
    *, review_id: int, what: str, who: User, due_on: date, by: User, at: datetime
) -> ReviewAction:
    """Write down what is to be done about it: by whom, and by which day.

    Raises:
        NotYours: ``by`` may only read.
        NotNow: the review is closed.
        Unclear: it does not say what, or is due in the past, or nobody could do it.
    """
    acting(by)
    review = _open(review_id)
    if not may_propose(by):
        raise NotYours("You read what a review found. Who looks after it acts on it.")
    what = what.replace("\0", "").strip()
    if not 0 < len(what) <= _LONGEST:
        raise Unclear(f"Say what is to be done, in at most {_LONGEST} characters.")
    if due_on < at.date():
        raise Unclear(f"{due_on:%d %B %Y} is over. Choose a day that is to come.")
    if not who.is_active:
        raise Unclear(f"{who} has left. Choose somebody who can do it.")
    made = ReviewAction.objects.create(
        review=review, what=what, who=who, due_on=due_on, added_by=by, added_at=at
    )
    if who.pk != by.pk:
        _write(made, "is yours", at)
    return made


@transaction.atomic
def tick(*, action_id: int, by: User, at: datetime) -> ReviewAction:
    """Tick off what was agreed on; a review may be closed by then.

    Raises:
        NotYours: ``by`` neither has to do it nor has asked for it.
        NotNow: it is done.
    """
    acting(by)
    action = ReviewAction.objects.select_for_update(of=["self"]).get(pk=action_id)
    if by.pk not in {action.who_id, action.added_by_id}:
        raise NotYours(f"{action.who} does this, and says when it is done.")
    if action.done_at is not None:
        raise NotNow("It is ticked off already.")
    action.done_at, action.done_by = at, by
    action.save(update_fields=["done_at", "done_by"])
    return action


def signs_for(user: User) -> set[str]:
    """Return the domains somebody may sign for. A superuser's account signs for none."""
    return {each.key for each in _domains_of(user)}


def owed(user: User, *, at: datetime) -> list[Owed]:
    """Return the open reviews that wait for the user, the most urgent first."""
    mine = _domains_of(user)
    if not mine:
        return []
    open_ones = HealthReview.objects.open().prefetch_related("signoffs")
    found = []
    for review in open_ones.defer("facts").order_by("closes_by", "pk"):
        signed = {each.domain_id for each in review.signoffs.all()}
        unsigned = tuple(
            each for each in mine if each.key in set(review.domains) - signed
        )
        if unsigned:
            found.append(Owed(review, unsigned, review.is_overdue(at)))
    return found


@transaction.atomic
def remind(*, at: datetime) -> int:
    """Write once to whoever is late with a signature or with what was agreed on.

    Returns how many reviews and actions are late.
    """
    late = list(
        HealthReview.objects.overdue(at).defer("facts").prefetch_related("signoffs")
    )
    for review in late:
        signed = {each.domain_id for each in review.signoffs.all()}
        unsigned = [each for each in review.domains if each not in signed]
        mail.write(
            to=owners_of(unsigned),
            occasion=f"review {review.occasion}: overdue",
            subject=f"Overdue: health review, {review.title}",
            text=f"The review {review.title} was to be signed by "
            f"{review.closes_by:%d %B %Y}. Nobody has signed for "
            f"{', '.join(unsigned)}.",
            at=at,
        )
    undone = ReviewAction.objects.filter(done_at=None, due_on__lt=at.date())
    actions = list(undone.select_related("who", "review"))
    for action in actions:
        _write(action, "is late", at)
    return len(late) + len(actions)


def _domains_of(user: User) -> list[Domain]:
    if user.is_superuser or not user.is_active:
        return []
    mine = Domain.objects.filter(owners__in=user.groups.values("pk"))
    return list(mine.order_by("name"))


def _open(review_id: int) -> HealthReview:
    """Return the review, which nobody else signs meanwhile."""
    review = HealthReview.objects.select_for_update().get(pk=review_id)
    if not review.is_open:
        raise NotNow(f"The review {review.title} is closed.")
    return review


def _write(action: ReviewAction, how: str, at: datetime) -> None:
    mail.write(
        to=[action.who],
        occasion=f"action {action.pk} {how}",
        subject=f"{action.what} {how}"[:200],
        text=f"The review {action.review.title} agreed on this: {action.what}. It is to "
        f"be done by {action.due_on:%d %B %Y}.",
        at=at,
    )
