"""One run of the real job against a target, that ends itself by SIGKILL at a moment it is told.

    child.py '{"remote": "sc://…" | null, "store": "<lake or endpoint>", "arguments": {…}, "kill_at": 7 | null, "stop_at": 3 | null}'

`remote` null: Sail runs in this process and dies with it, as in a local run; else it survives, as executors do for a
while. Prints `started`, then each step's name; `done <status> <kind of the first error>` if it comes to its end.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "glue"), str(ROOT / "local" / "engine")]


def main() -> None:
    from strata_glue import steps
    from strata_glue.arguments import from_mapping
    from strata_glue.job import run_job
    from strata_glue.session import ConnectEngine
    from strata_glue.store import open_store

    request = json.loads(sys.argv[1])
    if request["remote"]:
        engine = ConnectEngine(request["remote"], "sail", 2)
    else:
        from engines import start_engine

        engine = start_engine("sail", Path(request["store"]))
    passed = 0

    def watcher(name: str) -> None:
        nonlocal passed
        passed += 1
        print(name, flush=True)
        if passed == request["kill_at"]:
            os.kill(os.getpid(), signal.SIGKILL)
        if passed == request["stop_at"]:
            os.kill(os.getpid(), signal.SIGSTOP)

    steps.watch(watcher)
    events = []
    print("started", flush=True)
    result = run_job(from_mapping(request["arguments"]), engine, open_store(request["store"]), events.append)
    errors = [event["error"]["class"] for event in events if "error" in event and isinstance(event["error"], dict)]
    print("done", result.status, *errors[:1], flush=True)
    os._exit(0)


if __name__ == "__main__":
    main()
