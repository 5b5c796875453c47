"""The local worker, which takes from its environment what a test wants of its jobs: settings, an end at a moment, a sign of life.

STRATA_TEST_PUBLISH   the job's `--publish`
STRATA_TEST_KILL_AT   name of the step (strata_glue/fail_points.py) at which the process ends itself by SIGKILL, or the number of
                      the step, from 1
STRATA_TEST_SIGNALS   at that step signals go to the command instead, by comma (`SIGINT,SIGINT`), and the step ends only
                      with the process
STRATA_TEST_LIMIT_AT  name of the step from which on the process may write no byte more, as with a quota
STRATA_TEST_STEPS     file that gets the name of each step
STRATA_TEST_STARTS    file that gets a line each time that a worker starts
"""

from __future__ import annotations

import itertools
import os
import resource
import signal
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "glue"), str(ROOT / "local" / "engine")]


def main() -> int:
    import worker
    from strata_glue import fail_points
    from strata_glue.arguments import parse as arguments

    plain = arguments.from_mapping

    def from_mapping(values: Mapping[str, str]) -> arguments.JobArguments:
        publish = os.environ.get("STRATA_TEST_PUBLISH")
        return plain({**values, **({"--publish": publish} if publish else {})})

    passed = itertools.count(1)

    def watcher(name: str) -> None:
        number = next(passed)
        if "STRATA_TEST_STEPS" in os.environ:
            with Path(os.environ["STRATA_TEST_STEPS"]).open("a") as file:
                file.write(f"{name}\n")
        if os.environ.get("STRATA_TEST_LIMIT_AT") == name:
            resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
        if os.environ.get("STRATA_TEST_KILL_AT") not in (name, str(number)):
            return
        for each in os.environ.get("STRATA_TEST_SIGNALS", "").split(","):
            if not each:
                os.kill(os.getpid(), signal.SIGKILL)
            os.kill(os.getppid(), getattr(signal, each))
        threading.Event().wait()

    arguments.from_mapping = from_mapping
    fail_points.watch(watcher)
    if "STRATA_TEST_STARTS" in os.environ:
        with Path(os.environ["STRATA_TEST_STARTS"]).open("a") as file:
            file.write("started\n")
    return worker.main()


if __name__ == "__main__":
    code = main()
    sys.stderr.flush()
    os._exit(code)
