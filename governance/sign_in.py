"""The door people come in by."""

from typing import Any

from django.conf import settings
from django.contrib.auth.views import LoginView

from governance.models import User
from governance.roles import DEMO_ACCOUNTS


class SignIn(LoginView):
    """Ask for a name and a password; on a demo, say which names there are."""

    redirect_authenticated_user = True

    def get_context_data(self, **given: Any) -> dict[str, Any]:
        return super().get_context_data(**given) | {"demo_names": demo_names()}


def demo_names() -> list[str]:
    """Return the names of the demo accounts; none where others can reach the site."""
    if not settings.ON_LOOPBACK_ONLY:
        return []
    made = set(
        User.objects.filter(
            first_name="Demo", is_active=True, username__in=DEMO_ACCOUNTS
        ).values_list("username", flat=True)
    )
    return [name for name in DEMO_ACCOUNTS if name in made]
