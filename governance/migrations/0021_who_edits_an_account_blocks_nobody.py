"""Whoever edits an account or a domain keeps nobody from naming it in the meantime.

A trigger before a change has PostgreSQL lock the row as if its key were to change: who
only names it, in the log or in a row's history, then waits until the change is through,
and two who wait for each other are stopped. Refused after the change it is refused as well.
"""

from django.db import migrations

MOMENTS = {
    "users_keep_their_number": (
        "governance_user",
        "old.id <> new.id",
        "governance_keep_user()",
    ),
    "accounts_keep_their_name": (
        "governance_user",
        "old.username <> new.username or old.is_superuser <> new.is_superuser",
        "governance_refuse_renaming()",
    ),
    "owners_are_agreed": (
        "governance_domain",
        "(old.id, old.key, old.owners_id, old.stewards_id)"
        " is distinct from (new.id, new.key, new.owners_id, new.stewards_id)",
        "governance_refuse_by_hand('Who owns and stewards a domain is agreed on;"
        " its groups are the owner''s to make.')",
    ),
}


def _hung(moment: str) -> str:
    return "\n".join(
        f"drop trigger {name} on {table};\n"
        f"create trigger {name} {moment} update on {table}\n"
        f"    for each row when ({changes}) execute function {function};"
        for name, (table, changes, function) in MOMENTS.items()
    )


class Migration(migrations.Migration):
    dependencies = [("governance", "0020_some_times_nothing_takes_effect")]

    operations = [migrations.RunSQL(_hung("after"), _hung("before"))]
