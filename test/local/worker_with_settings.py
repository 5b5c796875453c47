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

import worker
from strata_glue import arguments, steps

_from_mapping = arguments.from_mapping


def from_mapping(values: Mapping[str, str]) -> arguments.JobArguments:
    publish = os.environ.get("STRATA_TEST_PUBLISH")
    return _from_mapping({**values, **({"--publish": publish} if publish else {})})


def watcher(name: str) -> None:
    if name == os.environ.get("STRATA_TEST_KILL_AT"):
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    arguments.from_mapping = from_mapping
    steps.watch(watcher)
    if "STRATA_TEST_STARTS" in os.environ:
        with Path(os.environ["STRATA_TEST_STARTS"]).open("a") as file:
            file.write("started\n")
    code = worker.main()
    sys.stderr.flush()
    os._exit(code)
