"""What becomes of several who do something at the same moment, each really committing."""

import threading
from collections.abc import Callable

from django.db import connection


def at_once(calls: list[Callable[[], object]]) -> list[object]:
    """Call them at the same moment, each on a connection of its own; return what came."""
    gate = threading.Barrier(len(calls))
    ends: dict[int, object] = {}

    def run(number: int, call: Callable[[], object]) -> None:
        gate.wait()
        try:
            ends[number] = call()
        except Exception as error:
            ends[number] = error
        finally:
            connection.close()

    threads = [
        threading.Thread(target=run, args=(number, call))
        for number, call in enumerate(calls)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [ends[number] for number in range(len(calls))]
