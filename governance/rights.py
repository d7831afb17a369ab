"""What somebody may do in an area of the business.

The one place that answers it for the pages. Who may say yes to a request is asked of the
database, which goes by the same groups.
"""

from enum import StrEnum

from django.db.models import QuerySet

from governance.models import Domain, User


class Verb(StrEnum):
    """What somebody does in a domain, and the right it takes there."""

    # Say yes to whatever touches it, and answer for what it means.
    OWN = "own_domain"
    # Look after it: say yes to words, read what was suggested.
    STEWARD = "steward_domain"


def can(user: User, verb: Verb, obj: object) -> bool:
    """Return whether somebody may do that in a domain, or to something that is in one.

    A superuser may not, and nobody who has left: the groups of a domain alone give it.

    Raises:
        TypeError: the object is in no domain.
    """
    key = obj.key if isinstance(obj, Domain) else getattr(obj, "domain_id", None)
    if not isinstance(key, str):
        raise TypeError(f"{obj!r} is in no domain.")
    return domains(user, verb).filter(key=key).exists()


def domains(user: User, verb: Verb) -> QuerySet[Domain]:
    """Return the domains in which somebody may do that.

    A list of rows asks this once, and not ``can`` of each.
    """
    if not user.is_active or user.is_superuser:
        return Domain.objects.none()
    return Domain.objects.filter(
        rights__group__user=user, rights__permission__codename=verb.value
    ).distinct()
