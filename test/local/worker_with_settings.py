"""The local worker, told by its environment what a test wants of its jobs: settings, an end at a moment, a sign of life.

STRATA_TEST_PUBLISH   the job's `--publish`
STRATA_TEST_KILL_AT   name of the step (strata_glue/steps.py) at which the process ends itself by SIGKILL
STRATA_TEST_STARTS    file that gets a line each time that a worker starts
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "glue"), str(ROOT / "local" / "engine")]


def main() -> int:
    import worker
    from strata_glue import arguments, steps

    plain = arguments.from_mapping

    def from_mapping(values: Mapping[str, str]) -> arguments.JobArguments:
        publish = os.environ.get("STRATA_TEST_PUBLISH")
        return plain({**values, **({"--publish": publish} if publish else {})})

    def watcher(name: str) -> None:
        if name == os.environ.get("STRATA_TEST_KILL_AT"):
            os.kill(os.getpid(), signal.SIGKILL)

    arguments.from_mapping = from_mapping
    steps.watch(watcher)
    if "STRATA_TEST_STARTS" in os.environ:
        with Path(os.environ["STRATA_TEST_STARTS"]).open("a") as file:
            file.write("started\n")
    return worker.main()


if __name__ == "__main__":
    code = main()
    sys.stderr.flush()
    os._exit(code)
