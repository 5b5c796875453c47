"""One run of the real job, or of `recover`, that ends or stops itself at a given moment.

It is forked from the process that watches it, which has imported everything: a new interpreter for each of
hundreds of runs takes longer than the run. It prints `started`, then each step's name, and `done <status> <kind of the
first error>` if it comes to its end.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pyspark.sql.connect.session  # noqa: F401  what a run imports, before the fork
from strata_glue import fail_points
from strata_glue.arguments.parse import from_mapping
from strata_glue.engine.failure import failure_of
from strata_glue.engine.session import ConnectEngine
from strata_glue.job import run_job
from strata_glue.store import folder, open_store
from strata_glue.target.parquet.target import ParquetTarget

LOCK_SECONDS = 5.0
"""How long a run waits for a target's lock that a stopped one holds: it then fails, which is one of its right ends."""


@dataclass
class Child:
    """A process that was forked, and the lines it prints."""

    pid: int
    lines: IO[str]
    status: int | None = None
    """How it ended, as `os.waitpid` says; None while it runs."""

    @property
    def killed(self) -> bool:
        return self.status is not None and os.WIFSIGNALED(self.status) and os.WTERMSIG(self.status) == signal.SIGKILL

    def ended(self) -> bool:
        """True if it has ended; does not wait."""
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self.status = status if pid else None
        return self.status is not None

    def wait(self) -> list[str]:
        """Waits for its end; returns the lines that are not read yet."""
        with self.lines:
            rest = [line.strip() for line in self.lines]
        if self.status is None:
            self.status = os.waitpid(self.pid, 0)[1]
        return rest


def fork(request: dict[str, Any], environment: dict[str, str]) -> Child:
    """Starts a run. `request`: `remote` (null: an engine in the run's own process, which dies with it), `store`, `kill_at`
    and `stop_at` (number of the step, from 1, or null), and either `arguments` of a job or `recover`: `{"target", "to"}`."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        return Child(pid, os.fdopen(reading, encoding="utf-8"))
    code = 1
    try:
        os.close(reading)
        os.dup2(writing, 1)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        os.environ.update(environment)
        _run(request, os.fdopen(1, "w", encoding="utf-8", closefd=False))
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def _run(request: dict[str, Any], out: IO[str]) -> None:
    folder.LOCK_SECONDS = LOCK_SECONDS
    passed = 0

    def watcher(name: str) -> None:
        nonlocal passed
        passed += 1
        print(name, file=out, flush=True)
        if passed == request["kill_at"]:
            os.kill(os.getpid(), signal.SIGKILL)
        if passed == request["stop_at"]:
            os.kill(os.getpid(), signal.SIGSTOP)

    fail_points.watch(watcher)
    store = open_store(request["store"])
    if request.get("recover"):
        print("started", file=out, flush=True)
        print("done", *_recover(store, **request["recover"]), file=out, flush=True)
        return
    engine = _engine(request)
    events: list[dict[str, Any]] = []
    print("started", file=out, flush=True)
    result = run_job(from_mapping(request["arguments"]), engine, store, events.append)
    errors = [event["error"]["class"] for event in events if isinstance(event.get("error"), dict)]
    print("done", result.status, *errors[:1], file=out, flush=True)


def _recover(store: Any, target: str, to: int | None) -> tuple[str, ...]:
    try:
        known = ParquetTarget(store, target)
        known.recover("d") if to is None else known.restore("d", to)
    except Exception as error:
        return "FAILED", failure_of(error, "").kind
    return ("SUCCEEDED",)


def _engine(request: dict[str, Any]) -> Any:
    if request["remote"]:
        return ConnectEngine(request["remote"], "sail", 2)
    sys.path.insert(0, str(Path(__file__).parents[2] / "local" / "engine"))
    from engines import start_engine

    return start_engine("sail", Path(request["store"]))
