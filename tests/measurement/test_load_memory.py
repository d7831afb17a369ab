"""A file of any length is loaded in little memory, whatever is wrong with it."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import databases
from tests.measurement import loading
from tests.processes import ROOT, environment

pytestmark = pytest.mark.slow

ROWS = 300_000
CUSTOMERS = '[customer]\nsource_id = "id"\nemail = "mail"\nbirth_on = "born"\n'
# Loads the file in a process of its own and says what came of it and what it took.
LOAD = """
import sys
import django; django.setup()
from pathlib import Path
from django.utils import timezone
from governance.models import SourceStream
from measurement import sync
from measurement.memory import peak_mb

stream = SourceStream.objects.get(pk=sys.argv[1])
*_, run = sync.load(stream=stream, path=Path(sys.argv[2]), at=timezone.now())
print(run.rows_in, run.written, run.rejected, round(peak_mb()))
"""


def clean(number: int) -> str:
    return f"{number},shopper{number}@mail.example,1970-01-01"


def quoted(number: int) -> str:
    return f'{number},"shopper ""{number}""\n@mail.example",1970-01-01'


def ragged(number: int) -> str:
    return f"{number},shopper{number}@mail.example"


def wrong(number: int) -> str:
    return f"{number},shopper{number}@mail.example,long ago"


def unclosed(number: int) -> str:
    return f'{number},"shopper{number}@mail.example,1970-01-01'


def an_object(number: int) -> str:
    return json.dumps({"id": number, "mail": f"shopper{number}", "born": "1970-01-01"})


@pytest.mark.parametrize(
    ("row", "name", "became"),
    [
        (clean, "a.csv", (ROWS, ROWS, 0)),
        (quoted, "a.csv", (ROWS, ROWS, 0)),
        (ragged, "a.csv", (ROWS, 0, ROWS)),
        (wrong, "a.csv", (ROWS, 0, ROWS)),
        (unclosed, "a.csv", (ROWS, 0, ROWS)),
        (an_object, "a.ndjson", (ROWS, ROWS, 0)),
    ],
)
def test_a_long_file_takes_less_than_300_mb(
    own_database: str,
    tmp_path: Path,
    row: Callable[[int], str],
    name: str,
    became: tuple[int, int, int],
):
    stream = loading.stream(CUSTOMERS, grain="customer")
    path = tmp_path / name
    with path.open("w") as file:
        if name.endswith(".csv"):
            file.write("id,mail,born\n")
        file.writelines(f"{row(number)}\n" for number in range(ROWS))

    said = subprocess.run(
        [sys.executable, "-c", LOAD, str(stream.pk), str(path)],
        cwd=ROOT, capture_output=True, text=True, check=True,
        env=environment(
            DJANGO_SETTINGS_MODULE="measurement.settings",
            DATABASE_URL=databases.url(),
            VAR=str(tmp_path),
        ),
    ).stdout  # fmt: skip

    *counted, peak = map(int, said.split())
    assert (tuple(counted), peak < 300) == (became, True), said
