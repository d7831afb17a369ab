"""What every page says at its top until somebody has put it right."""

from django.conf import settings
from django.http import HttpRequest

ONE_ROLE = (
    "One role of the database does everything here: whoever takes over a page can change "
    "history itself. Make a second role and let DATABASE_URL name it."
)
DEBUGGING = "DEBUG is on: error pages show settings and code. Set DEBUG=no."
EMBEDDED = (
    "The database runs inside this folder: one account of the operating system can read "
    "the passwords of all its roles. Good for a trial; for real data set DATABASE_URL to "
    "a server with separate secrets."
)


def banner(request: HttpRequest) -> dict[str, list[str]]:
    """Give the templates the warnings of this installation, most serious first."""
    found = (
        (settings.ONE_DATABASE_ROLE, ONE_ROLE),
        (settings.DEBUG, DEBUGGING),
        (settings.EMBEDDED, EMBEDDED),
    )
    return {"installation_warnings": [warning for applies, warning in found if applies]}
