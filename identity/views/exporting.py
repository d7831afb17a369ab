"""The queue as a file, for whoever works on it elsewhere."""

import csv
from collections.abc import Iterator

from django.http import HttpRequest, StreamingHttpResponse
from django.views.decorators.http import require_GET

from governance.people import asking
from identity.queue import listing
from identity.views.review import may_read


class _Line:
    """What ``csv`` writes to: the line comes back."""

    def write(self, line: str) -> str:
        return line


@may_read
@require_GET
def export(request: HttpRequest) -> StreamingHttpResponse:
    """Return every pair that is asked about as CSV, the one to read first at the top."""
    rows = listing.rows(by=asking(request))
    response = StreamingHttpResponse(_lines(rows), content_type="text/csv")
    response["Content-Disposition"] = 'attachment; filename="review-queue.csv"'
    response["Cache-Control"] = "private, no-store"
    return response


def _lines(rows: Iterator[dict[str, object]]) -> Iterator[str]:
    writer = csv.DictWriter(_Line(), listing.COLUMNS)
    yield str(writer.writeheader())
    for row in rows:
        yield str(writer.writerow({name: _safe(row[name]) for name in row}))


def _safe(value: object) -> object:
    """Return a cell that no spreadsheet takes for a formula.

    >>> _safe("=1+1"), _safe("Ada"), _safe(3)
    ("'=1+1", 'Ada', 3)
    """
    is_formula = isinstance(value, str) and value.startswith(tuple("=+-@\t\r"))
    return f"'{value}" if is_formula else value
