"""What people were written of change requests, for tests to read."""

from governance.models import Letter, User


def named(somebody: User, name: str) -> User:
    """Return somebody by a first name, who has an address of the same."""
    somebody.first_name, somebody.email = name, f"{name.lower()}@shop.example"
    somebody.save()
    return somebody


def written() -> list[tuple[str, str]]:
    """Return to whom which letters were written since this was last asked."""
    found = [
        (letter.to.partition("@")[0], letter.subject)
        for letter in Letter.objects.order_by("pk")
    ]
    Letter.objects.all().delete()
    return sorted(found)


def text_to(name: str) -> str:
    return Letter.objects.get(to=f"{name}@shop.example").text
