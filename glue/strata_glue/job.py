"""One job run: a stage's group, datasets at the same time where they do not wait for each other."""

from __future__ import annotations

import re
import sys
import time
import traceback
import uuid
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Any

from strata_glue.arguments import JobArguments
from strata_glue.dataset import run_dataset
from strata_glue.errors import Failure, JobInputError, failure_of, is_bug
from strata_glue.events import Emit, Events
from strata_glue.group import Dataset, parse_group, waits_for
from strata_glue.params import read_params
from strata_glue.publish import Published
from strata_glue.session import Engine
from strata_glue.store import Store

FIRST_LINE = 500
"""Characters of the job's first line: what consoles and notifications show of a Glue error."""


@dataclass(frozen=True)
class JobResult:
    """How a job run ended. `error` is its first line, None if it succeeded."""

    status: str
    error: str | None


def run_job(arguments: JobArguments, engine: Engine, store: Store, emit: Emit) -> JobResult:
    """Runs a stage's datasets; all are tried. Never raises for what users or data do: the result says it."""
    events = Events(emit, arguments.pipeline, arguments.stage, arguments.execution)
    started = time.monotonic()
    try:
        datasets = parse_group(_group_text(arguments.group_list, store))
        params = read_params(arguments.params, arguments.param_types)
        selected = _selected(arguments, datasets)
    except JobInputError as error:
        events.send("job_finished", status="FAILED", seconds=_since(started), failed=[], error=str(error)[:FIRST_LINE])
        return JobResult("FAILED", str(error)[:FIRST_LINE])
    events.send("job_started", engine=engine.name, plan=arguments.plan, datasets=len(datasets))
    run = _Run(datasets, selected, engine, store, params, events, _attempt_name(arguments.execution))
    failed = run.all()
    error_line = first_line(failed, len(selected)) if failed else None
    status = "FAILED" if failed else "SUCCEEDED"
    extra: dict[str, Any] = {"error": error_line} if error_line else {}
    events.send("job_finished", status=status, seconds=_since(started), failed=failed, **extra)
    return JobResult(status, error_line)


def first_line(failed: list[str], total: int) -> str:
    """Names every failed dataset in at most 500 characters; what does not fit is counted."""
    head = f"{len(failed)} of {total} datasets failed: "
    for shown in range(len(failed), -1, -1):
        rest = len(failed) - shown
        tail = f"{', ' if shown else ''}and {rest} more" if rest else ""
        line = head + ", ".join(failed[:shown]) + tail
        if len(line) <= FIRST_LINE:
            return line
    return head[:FIRST_LINE]


@dataclass
class _Run:
    datasets: list[Dataset]
    selected: set[str]
    engine: Engine
    store: Store
    params: dict[str, Any]
    events: Events
    attempt: str
    status: dict[str, str] = field(default_factory=dict)

    def all(self) -> list[str]:
        """Runs what is selected in the order that reading asks for; answers the names that did not succeed, in group order."""
        waiting = {name: set(names) & self.selected for name, names in waits_for(self.datasets).items()}
        by_name = {dataset.name: dataset for dataset in self.datasets}
        pending = [dataset.name for dataset in self.datasets]
        running: dict[Future[str], str] = {}
        with ThreadPoolExecutor(max_workers=self.engine.parallelism) as pool:
            while pending or running:
                for name in self._ready(pending, waiting):
                    pending.remove(name)
                    if self._skipped(by_name[name], waiting[name]):
                        continue
                    running[pool.submit(self._one, by_name[name])] = name
                if not running:
                    if pending and not self._ready(pending, waiting):
                        raise RuntimeError(
                            f"datasets wait for each other: {', '.join(pending)}"
                        )  # the compiler reports cycles
                    continue
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    self.status[running.pop(future)] = future.result()
        return [d.name for d in self.datasets if self.status[d.name] in ("FAILED", "BLOCKED")]

    def _ready(self, pending: list[str], waiting: dict[str, set[str]]) -> list[str]:
        return [name for name in pending if all(each in self.status for each in waiting[name])]

    def _skipped(self, dataset: Dataset, needs: set[str]) -> bool:
        """Settles datasets that do not run: not selected, or reading one that failed."""
        if dataset.name not in self.selected:
            self._finish(dataset, "NOT_SELECTED", 0.0)
            return True
        broken = sorted(each for each in needs if self.status[each] != "SUCCEEDED")
        if broken:
            message = f"reads {', '.join(broken)}, which failed in this stage"
            self._finish(dataset, "BLOCKED", 0.0, failure=Failure("BLOCKED", message))
            return True
        return False

    def _one(self, dataset: Dataset) -> str:
        self.events.send("dataset_started", name=dataset.name)
        started = time.monotonic()
        try:
            published = run_dataset(dataset, self.engine, self.store, self.params, self.attempt)
        except Exception as error:  # any failure of one dataset leaves the others running
            if is_bug(error):
                traceback.print_exc(file=sys.stderr)
            self._finish(dataset, "FAILED", _since(started), failure=failure_of(error, dataset.sql))
            return "FAILED"
        self._finish(dataset, "SUCCEEDED", _since(started), published)
        return "SUCCEEDED"

    def _finish(
        self,
        dataset: Dataset,
        status: str,
        seconds: float,
        published: Published | None = None,
        failure: Failure | None = None,
    ) -> None:
        self.status[dataset.name] = status
        counts = {
            "rows": published.rows if published else None,
            "bytes": published.bytes if published else None,
            "files": published.files if published else None,
        }
        error = {"error": failure.as_event()} if failure else {}
        self.events.send(
            "dataset_finished",
            name=dataset.name,
            status=status,
            **counts,
            seconds=seconds,
            target=dataset.target,
            expectations=[],
            **error,
        )


def _group_text(group_list: str, store: Store) -> str:
    """The group itself, or the object that a large group travels as."""
    if not group_list.startswith("s3://"):
        return group_list
    try:
        return store.read_text(group_list)
    except Exception as error:  # boto3 and the file system have many classes for "not there"
        raise JobInputError(f"the group {group_list} cannot be read: {' '.join(str(error).split())[:200]}") from None


def _selected(arguments: JobArguments, datasets: list[Dataset]) -> set[str]:
    """An empty selection is all; names of other stages are theirs to run."""
    names = {dataset.name for dataset in datasets}
    return names & set(arguments.datasets) if arguments.datasets else names


def _attempt_name(execution: str) -> str:
    """Unique, and safe in a file's name on every system."""
    readable = re.sub(r"[^A-Za-z0-9-]+", "-", execution)[:40].strip("-")
    return f"{readable}-{uuid.uuid4().hex[:12]}" if readable else uuid.uuid4().hex[:12]


def _since(started: float) -> float:
    return round(time.monotonic() - started, 3)
