"""One job run: a stage's group, datasets at the same time where they do not wait for each other."""

from __future__ import annotations

import re
import sys
import time
import traceback
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from strata_glue.arguments.group import parse_group, waits_for
from strata_glue.arguments.received import of_content
from strata_glue.arguments.settings import parse_publish
from strata_glue.context import RunContext
from strata_glue.contract import Dataset, JobArguments, PublishSettings, ReferencesExpectation
from strata_glue.dataset import run_dataset
from strata_glue.engine.failure import Failure, failure_of, is_bug
from strata_glue.engine.params import read_params
from strata_glue.engine.session import Engine
from strata_glue.errors import JobInputError
from strata_glue.read.sources import SourceReader
from strata_glue.report.events import Emit, Events
from strata_glue.report.finished import Finished, Reporter
from strata_glue.report.ledger import Ledger
from strata_glue.report.work import Work
from strata_glue.schedule import run_all
from strata_glue.semaphore import TINY_SLOTS, Semaphore
from strata_glue.store import Store
from strata_glue.target.attempt import Origin
from strata_glue.target.iceberg.catalog import IcebergTable
from strata_glue.target.iceberg.open import OpenTables

FIRST_LINE = 500
"""Characters of the job's first line: what consoles and notifications show of a Glue error."""


@dataclass(frozen=True)
class JobResult:
    """How a job run ended. `error` is its first line, None if it succeeded."""

    status: str
    error: str | None


Show = Callable[[str, str], None]
"""Takes a dataset's name and an engine's own words, which may hold values of rows."""


def run_job(arguments: JobArguments, engine: Engine, store: Store, emit: Emit, show: Show | None = None) -> JobResult:
    """Runs a stage's datasets; all are tried. Never raises for what users or data do: the result says it.

    `show`: only where nothing but the screen of whoever owns the data gets it; Glue's logs are kept, so there it is None.
    """
    events = Events(emit, arguments.pipeline, arguments.stage, arguments.execution)
    started = time.monotonic()
    try:
        datasets = parse_group(_text(arguments.group_list, "the group", store))
        settings = parse_publish(_text(arguments.publish, "--publish", store), arguments.written_by)
        params = read_params(arguments.params, arguments.param_types)
        selected = _selected(arguments, datasets)
    except JobInputError as error:
        events.send("job_finished", status="FAILED", seconds=_since(started), failed=[], error=str(error)[:FIRST_LINE])
        return JobResult("FAILED", str(error)[:FIRST_LINE])
    events.send("job_started", engine=engine.name, plan=arguments.plan, datasets=len(datasets))
    tables = OpenTables(engine, store, _tables(settings))
    asked = arguments.concurrency
    semaphore = Semaphore(asked) if asked else Semaphore(engine.parallelism, TINY_SLOTS)
    context = RunContext(engine, store, SourceReader(store, tables, _declared(settings)), tables, params, semaphore)
    ledger = Ledger(arguments.state, store) if arguments.state else None
    reporter = Reporter(arguments, engine.name, events, ledger)
    attempt = _attempt_name(arguments.execution)
    run = _Run(datasets, settings, selected, context, arguments, events, reporter, attempt, show)
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
    settings: dict[str, PublishSettings]
    selected: set[str]
    context: RunContext
    arguments: JobArguments
    events: Events
    reporter: Reporter
    attempt: str
    show: Show | None
    by_name: dict[str, Dataset] = field(init=False)
    waiting: dict[str, set[str]] = field(init=False)
    status: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.by_name = {dataset.name: dataset for dataset in self.datasets}
        references = {
            name: [
                view.location
                for each in settings.expectations
                if isinstance(each, ReferencesExpectation)
                for view in each.reads
            ]
            for name, settings in self.settings.items()
        }
        self.waiting = {
            name: set(names) & self.selected for name, names in waits_for(self.datasets, references).items()
        }

    def all(self) -> list[str]:
        """Runs what is selected; answers the names that did not succeed, in group order."""
        run_all([dataset.name for dataset in self.datasets], self.waiting, self._one, self._settled)
        return [dataset.name for dataset in self.datasets if self.status[dataset.name] in ("FAILED", "BLOCKED")]

    def _settled(self, name: str) -> str | None:
        """Settles datasets that do not run: not selected, or reading one that failed."""
        if name not in self.selected:
            return self._finish(name, "NOT_SELECTED", Work(), 0.0)
        broken = sorted(each for each in self.waiting[name] if self.status[each] in ("FAILED", "BLOCKED"))
        if broken:
            message = f"reads {', '.join(broken)}, which failed in this stage"
            return self._finish(name, "BLOCKED", Work(), 0.0, Failure("BLOCKED", message))
        return None

    def _one(self, name: str) -> str:
        dataset, work = self.by_name[name], Work(on_start=lambda: self.events.send("dataset_started", name=name))
        started = time.monotonic()
        origin = Origin(self.arguments.pipeline, self.arguments.stage, name, self.arguments.execution, self.attempt)
        settings = self.settings.get(name, PublishSettings())
        try:
            run_dataset(dataset, settings, origin, self.context, work)
        except Exception as error:  # any failure of one dataset leaves the others running
            if is_bug(error):
                traceback.print_exc(file=sys.stderr)
            return self._finish(name, "FAILED", work, _since(started), failure_of(error, dataset.sql, work.tables))
        return self._finish(name, work.status, work, _since(started))

    def _finish(self, name: str, status: str, work: Work, seconds: float, failure: Failure | None = None) -> str:
        settings = self.settings.get(name, PublishSettings())
        if status not in ("BLOCKED", "NOT_SELECTED"):
            work.start()
        if self.show and failure and failure.shown:
            self.show(name, failure.shown)
        self.reporter.finished(Finished(self.by_name[name], settings, self.attempt, status, work, seconds, failure))
        self.status[name] = status
        return status


def _tables(settings: dict[str, PublishSettings]) -> dict[str, IcebergTable]:
    """Locations that are Iceberg tables, whichever dataset said so."""
    named = (table for each in settings.values() for table in each.tables)
    return {table.location: IcebergTable(table.database, table.name, table.location) for table in named}


def _declared(settings: dict[str, PublishSettings]) -> dict[str, dict[str, str]]:
    """Declared columns by location, whichever dataset said so: the plan has them once for each."""
    return {source.location: dict(source.columns) for each in settings.values() for source in each.sources}


def _text(argument: str, what: str, store: Store) -> str:
    """An argument itself, or the object that a large one travels as."""
    if not argument.startswith("s3://"):
        return argument
    try:
        text = store.read_text(argument)
    except Exception as error:  # boto3 and the file system have many classes for "not there"
        reason = " ".join(str(error).split())[:200]
        raise JobInputError(f"{what} {argument} cannot be read: {reason}") from None
    return of_content(argument, text)


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
