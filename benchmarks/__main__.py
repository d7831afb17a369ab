"""Run every benchmark; print each figure; end with how many fell short of their goal.

``population`` is no benchmark: it writes the people others are measured on.
"""

import sys

from benchmarks import (
    identity,
    ledger,
    load_file,
    log,
    online,
    population,
    serving,
    shop,
    whole_night,
)

BENCHMARKS = {
    "identity": identity.measure,
    "ledger": ledger.measure,
    "load_file": load_file.measure,
    "log": log.measure,
    "online": online.measure,
    "serving": serving.measure,
    "shop": shop.measure,
    "whole_night": whole_night.measure,
}


def main(names: list[str]) -> int:
    if names[:1] == ["population"]:
        return population.main(names[1:])
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        raise SystemExit(
            f"There is no benchmark {', '.join(unknown)}. There are: "
            f"{', '.join(BENCHMARKS)}."
        )
    missed = 0
    for name in names or BENCHMARKS:
        print(f"\n{name}: {sys.modules[BENCHMARKS[name].__module__].__doc__}")
        for figure in BENCHMARKS[name]():
            print(figure, flush=True)
            missed += not figure.is_met
    return missed


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
