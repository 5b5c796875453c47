"""One job run: the datasets of a stage, at the same time where none reads another."""

from __future__ import annotations

import re
import sys
import time
import traceback
import uuid
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import Literal

from strata_glue.arguments.decode import of_content
from strata_glue.arguments.group import parse_group
from strata_glue.arguments.settings import parse_publish
from strata_glue.context import RunContext
from strata_glue.contract import Dataset, DatasetStarted, JobArguments, JobFinished, JobStarted, PublishSettings
from strata_glue.dataset import run_dataset
from strata_glue.engine.failure import Failure, failure_of, is_bug
from strata_glue.engine.params import read_params
from strata_glue.engine.qualified import WrittenSql
from strata_glue.engine.session import Engine
from strata_glue.errors import JobInputError
from strata_glue.read.sources import SourceReader
from strata_glue.report.events import Emit, Events
from strata_glue.report.finished import Finished, Reporter
from strata_glue.report.ledger import Ledger
from strata_glue.report.work import Work
from strata_glue.semaphore import TINY_SLOTS, Semaphore
from strata_glue.store import Store
from strata_glue.target.attempt import Origin
from strata_glue.target.iceberg.catalog import IcebergTable
from strata_glue.target.iceberg.open import OpenTables

FIRST_LINE = 500
"""Most characters of the job's first line: consoles and notifications show as much of a Glue error."""

MOST_THREADS = 64
"""Datasets whose sources are looked up at once; the semaphore (semaphore.py) bounds how many compute."""


@dataclass(frozen=True)
class JobResult:
    """How a job run ended. `error`: its first line, None if it succeeded."""

    status: str
    error: str | None


Show = Callable[[str, str], None]
"""Takes a dataset's name and an engine's message, which may contain values of rows."""


def run_job(arguments: JobArguments, engine: Engine, store: Store, emit: Emit, show: Show | None = None) -> JobResult:
    """Runs a stage's datasets. A mistake of users or in data raises nothing: the result has it.

    `show`: only where its output stays on the screen of the data's owner. Glue keeps its logs, so there it is None.
    """
    events = Events(emit, arguments.pipeline, arguments.stage, arguments.execution)
    started = time.monotonic()
    try:
        datasets = {each.name: each for each in parse_group(_text(arguments.group_list, "the group", store))}
        published = parse_publish(_text(arguments.publish, "--publish", store), arguments.written_by)
        settings = {name: published.get(name, PublishSettings()) for name in datasets}
        written = {name: WrittenSql(each, settings[name].qualified_names) for name, each in datasets.items()}
        params = read_params(arguments.params, arguments.param_types or {})
        # An empty selection is all; names of other stages are left to their jobs.
        selected = set(arguments.datasets or datasets).intersection(datasets)
        order = _order(settings, selected)
    except JobInputError as error:
        line = str(error)[:FIRST_LINE]
        events.send(JobFinished("FAILED", _since(started), (), line))
        return JobResult("FAILED", line)
    events.send(JobStarted(engine.name, arguments.plan, len(datasets)))
    tables = OpenTables(engine, store, _tables(settings))
    asked = arguments.concurrency
    semaphore = Semaphore(asked) if asked else Semaphore(engine.parallelism, TINY_SLOTS)
    context = RunContext(engine, store, SourceReader(store, tables, _declared(settings)), tables, params, semaphore)
    ledger = Ledger(arguments.state, store) if arguments.state else None
    reporter = Reporter(arguments, engine.name, events, ledger)
    run = _Run(arguments, written, settings, selected, context, events, reporter, show)
    run.all(order)
    failed = [name for name in datasets if run.status[name] in NOT_COMMITTED]
    status: Literal["SUCCEEDED", "FAILED"] = "FAILED" if failed else "SUCCEEDED"
    error_line = first_line(failed, len(selected)) if failed else None
    events.send(JobFinished(status, _since(started), tuple(failed), error_line))
    return JobResult(status, error_line)


def first_line(failed: list[str], total: int) -> str:
    """Names the failed datasets in at most 500 characters, and counts those that do not fit."""
    head = f"{len(failed)} of {total} datasets failed: "
    for shown in range(len(failed), -1, -1):
        rest = len(failed) - shown
        tail = f"{', ' if shown else ''}and {rest} more" if rest else ""
        line = head + ", ".join(failed[:shown]) + tail
        if len(line) <= FIRST_LINE:
            return line
    return head[:FIRST_LINE]


NOT_COMMITTED = ("FAILED", "BLOCKED")


@dataclass
class _Run:
    arguments: JobArguments
    written: dict[str, WrittenSql]
    settings: dict[str, PublishSettings]
    selected: set[str]
    context: RunContext
    events: Events
    reporter: Reporter
    show: Show | None
    status: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.attempt = _attempt_name(self.arguments.execution)

    def all(self, order: TopologicalSorter[str]) -> None:
        """Runs each dataset in a thread, after those that it waits for."""
        running: dict[Future[None], str] = {}
        with ThreadPoolExecutor(MOST_THREADS) as pool:
            while order.is_active():
                running |= {pool.submit(self._one, name): name for name in order.get_ready()}
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    future.result()
                    order.done(running.pop(future))

    def _one(self, name: str) -> None:
        dataset, settings = self.written[name].dataset, self.settings[name]
        work = Work(on_start=lambda: self.events.send(DatasetStarted(name)))
        seconds, failure = 0.0, None
        broken = [each for each in settings.waits_for if self.status.get(each) in NOT_COMMITTED]
        if name not in self.selected:
            work.status = "NOT_SELECTED"
        elif broken:
            work.status = "BLOCKED"
            failure = Failure("BLOCKED", f"reads {', '.join(sorted(broken))}, which failed in this stage")
        else:
            seconds, failure = self._computed(dataset, settings, work)
        if self.show and failure and failure.shown:
            self.show(name, failure.shown)
        self.reporter.finished(Finished(dataset, settings, self.attempt, work, seconds, failure))
        self.status[name] = work.status

    def _computed(self, dataset: Dataset, settings: PublishSettings, work: Work) -> tuple[float, Failure | None]:
        """Runs one dataset. Returns its seconds, and why it failed."""
        started, failure = time.monotonic(), None
        arguments = self.arguments
        origin = Origin(arguments.pipeline, arguments.stage, dataset.name, arguments.execution, self.attempt)
        try:
            run_dataset(dataset, settings, origin, self.context, work)
        except Exception as error:  # any failure of one dataset leaves the others running
            if is_bug(error):
                traceback.print_exc(file=sys.stderr)
            work.status = "FAILED"
            failure = self.written[dataset.name].failure(failure_of(error, dataset.sql, work.tables))
        work.start()
        return _since(started), failure


def _order(settings: dict[str, PublishSettings], selected: set[str]) -> TopologicalSorter[str]:
    """Which dataset waits for which, as the definition has it; for selected ones only. Raises `JobInputError`."""
    order: TopologicalSorter[str] = TopologicalSorter(dict.fromkeys(settings, ()))
    for name, each in settings.items():
        unknown = sorted(set(each.waits_for) - settings.keys())
        if unknown:
            raise JobInputError(f"--publish of {name}: `waits_for` names `{unknown[0]}`, which is not in --group_list")
        order.add(name, *selected.intersection(each.waits_for))
    try:
        order.prepare()
    except CycleError as error:
        raise JobInputError(f"--publish: datasets wait for each other: {', '.join(error.args[1])}") from None
    return order


def _tables(settings: dict[str, PublishSettings]) -> dict[str, IcebergTable]:
    """Iceberg tables by location, from all datasets' settings."""
    named = (table for each in settings.values() for table in each.tables)
    return {table.location: IcebergTable(table.database, table.name, table.location) for table in named}


def _declared(settings: dict[str, PublishSettings]) -> dict[str, dict[str, str]]:
    """Declared columns by location, from all datasets' settings: the plan has them once for each location."""
    return {source.location: dict(source.columns) for each in settings.values() for source in each.sources}


def _text(argument: str, what: str, store: Store) -> str:
    """An argument, or the object that a large one is offloaded to."""
    if not argument.startswith("s3://"):
        return argument
    try:
        text = store.read_text(argument)
    except Exception as error:  # boto3 and the file system have many classes for "not there"
        reason = " ".join(str(error).split())[:200]
        raise JobInputError(f"{what} {argument} cannot be read: {reason}") from None
    return of_content(argument, text)


def _attempt_name(execution: str) -> str:
    """Unique, and safe in a file's name on every system."""
    readable = re.sub(r"[^A-Za-z0-9-]+", "-", execution)[:40].strip("-")
    return f"{readable}-{uuid.uuid4().hex[:12]}" if readable else uuid.uuid4().hex[:12]


def _since(started: float) -> float:
    return round(time.monotonic() - started, 3)
