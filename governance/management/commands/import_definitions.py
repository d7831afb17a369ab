"""``manage.py import_definitions FILE``: ask for what a file says otherwise."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from governance import changes, dictionary, exchange, people
from governance.exchange import Trial, Tried, Verdict
from governance.models import User


class Command(BaseCommand):
    """Say row by row what comes of a file, and write one change request, as a draft."""

    help = (
        "Import definitions from YAML or CSV as one change request. Nothing takes effect "
        "before others have said yes; with --dry-run nothing is written at all."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--by", required=True, help="Who asks, by their name.")
        parser.add_argument("--reason", default="", help="Why; who decides reads it.")
        parser.add_argument("--title", default="")
        parser.add_argument("--dry-run", action="store_true")
        parser.add_argument(
            "--leave-out",
            action="store_true",
            help="Ask without the rows that are wrong or have changed since the export.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        by, path = _asking(options["by"]), options["file"]
        try:
            form = exchange.form_of(path.name)
            rows = exchange.read(exchange.text_of(_bytes(path)), form=form)
        except exchange.Unfit as unfit:
            raise CommandError(f"{path.name}: {unfit}") from unfit
        trial = exchange.try_out(rows, known=dictionary.kinds_for(by))
        self._tell(trial)
        if options["dry_run"]:
            return
        try:
            made = exchange.propose(
                trial,
                title=options["title"] or exchange.title_of(path.name, trial.asked),
                reason=options["reason"],
                without_left_out=options["leave_out"],
                by=by,
                at=timezone.now(),
            )
        except exchange.LeftOut as refused:
            raise CommandError(f"{refused} For that, add --leave-out.") from refused
        except changes.ChangeError as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"Request {made.pk} is a draft of {len(trial.asked):,}.")

    def _tell(self, trial: Trial) -> None:
        for each in trial.tried:
            for line in _lines(each):
                self.stdout.write(line)
        for words in trial.unsound:
            self.stdout.write(f"Taken together: {words}")
        counted = [f"{trial.counts[each]:,} {each.label.lower()}" for each in Verdict]
        self.stdout.write(
            f"{', '.join(counted)}. What the file does not name stays as it is."
        )


def _asking(name: str) -> User:
    user = User.objects.filter(username=name, is_active=True).first()
    if user is None:
        raise CommandError(f"Nobody called {name} may sign in.")
    if not people.may_suggest(user):
        raise CommandError(f"{name} reads what is agreed, and asks for no changes.")
    return user


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(exchange.LARGEST + 1)
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error


def _lines(tried: Tried) -> list[str]:
    """Return what comes of a row; nothing for one of which nothing does."""
    if tried.verdict == Verdict.UNCHANGED and not tried.note:
        return []
    row = tried.row
    lines = [f"line {row.line}: {row.kind} {row.key}: {tried.verdict.label.lower()}"]
    lines += [f"  {tried.note}"] if tried.note else []
    lines += [f"  {each.place}: {each.words}" for each in tried.problems]
    if tried.verdict != Verdict.NEW:
        for change in tried.changes:
            before, after = (
                "".join(piece.text for piece in side) or "nothing"
                for side in (change.before, change.after)
            )
            lines.append(f"  {change.label}: {before} → {after}")
    return lines
