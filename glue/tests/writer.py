"""One writer as a process of its own: it begins, writes a file and commits, and stops itself at `stop_at`.

    writer.py '{"store": "<lake or endpoint>", "number": 2, "values": [2], "write": "replace", "stop_at": "audited" | null, "years": 0}'

`years`: how wrong its clock is. Prints `COMMITTED <generation>` or the kind of its failure.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from datetime import datetime, timedelta


def main() -> None:
    request = json.loads(sys.argv[1])
    from targets import T, content, origin, staged

    from strata_glue import fail_points
    from strata_glue.errors import DatasetError
    from strata_glue.store import open_store
    from strata_glue.target.parquet.attempt import ParquetAttempt

    _turn_clock(request["years"])

    def stop(name: str) -> None:
        if name == request["stop_at"]:
            os.kill(os.getpid(), signal.SIGSTOP)

    fail_points.watch(stop)
    store = open_store(request["store"])
    attempt = ParquetAttempt.begin(store, T, origin(request["number"]))
    try:
        file = staged(store, attempt, request["values"])
        fail_points.fail_point("written")
        print("COMMITTED", attempt.commit(content(file, write=request["write"], keep=1)).generation, flush=True)
    except DatasetError as error:
        attempt.abandon()
        print(error.kind, flush=True)


def _turn_clock(years: int) -> None:
    """Every clock that the package asks for the time of day is wrong by so many years."""
    wrong = timedelta(days=365 * years)
    right = time.time

    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):  # type: ignore[no-untyped-def]
            return datetime.now(tz) + wrong

    time.time = lambda: right() + wrong.total_seconds()
    for name, module in list(sys.modules.items()):
        if name.startswith("strata_glue") and getattr(module, "datetime", None) is datetime:
            module.datetime = Clock  # type: ignore[attr-defined]


if __name__ == "__main__":
    main()
