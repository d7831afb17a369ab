"""What may be asked for somebody: roles there are, and shares in domains there are.

A definition of kind permission is named by an account, and says all that account may do.
When it takes effect the database writes the memberships itself.
"""

from collections.abc import Iterable, Iterator, Sequence

from django.contrib.auth.models import Group

from governance.models import Domain, Kind, Operation, User
from governance.roles import BY_KEY

NO_EMERGENCY = (
    "Who may do what is no emergency: two others decide on it. An administrator shuts an "
    "account at once by unticking active."
)
WHO_DECIDES = (
    "Who may do what is decided on by an administrator, and by the owners of the domains "
    "it is about; you are neither."
)
ABOUT_YOU = "This is about what you may do; somebody else decides on it."


def roles() -> list[tuple[str, str]]:
    """Return the groups that are roles, and what people call them: a domain's are none."""
    groups = Group.objects.filter(
        owned_domains__isnull=True, stewarded_domains__isnull=True
    )
    named = groups.order_by("pk").values_list("name", flat=True)
    return [(key, BY_KEY[key].name if key in BY_KEY else key) for key in named]


def domains() -> list[tuple[str, str]]:
    """Return the domains somebody may own or steward."""
    return list(Domain.objects.order_by("name").values_list("key", "name"))


def as_it_stands(username: str) -> Operation | None:
    """Return what an account may do by its groups, as one would ask for it; kept nowhere."""
    held = set(
        Group.objects.filter(user__username=username).values_list("pk", flat=True)
    )
    if not held:
        return None
    answers = Domain.objects.order_by("key").values_list("key", flat=True)
    names = Group.objects.filter(pk__in=held).values_list("name", flat=True)
    return Operation(
        kind=Kind.PERMISSION,
        key=username,
        body={
            "roles": [key for key, _name in roles() if key in set(names)],
            "owns": list(answers.filter(owners__in=held)),
            "stewards": list(answers.filter(stewards__in=held)),
        },
    )


def problems(operations: Sequence[Operation]) -> Iterator[str]:
    """Yield what is wrong with changes of what people may do, in words."""
    asked = [each for each in operations if each.kind == Kind.PERMISSION]
    if not asked:
        return
    accounts = User.objects.filter(username__in=[each.key for each in asked])
    known = set(accounts.values_list("username", flat=True))
    of_roles = {key for key, _name in roles()}
    of_domains = {key for key, _name in domains()}
    for each in asked:
        if each.key not in known:
            yield (
                f"{each}: there is no account {each.key}. An administrator makes it first; "
                f"then it is given roles."
            )
        yield from _unknown(each, "role", each.body["roles"], of_roles)
        for part in ("owns", "stewards"):
            yield from _unknown(each, "domain", each.body[part], of_domains)


def _unknown(
    operation: Operation, what: str, said: Iterable[object], known: set[str]
) -> Iterator[str]:
    missing = [
        str(each) for each in said if not (isinstance(each, str) and each in known)
    ]
    if missing:
        yield (
            f"{operation}: there is no {what} {', '.join(missing)}; there are "
            f"{', '.join(sorted(known))}."
        )
