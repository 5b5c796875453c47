"""What is reported of a finished dataset: its event (a log line and a metric), its ledger record, its sample."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from strata_glue.contract import (
    VERSION,
    Dataset,
    DatasetFinished,
    JobArguments,
    LedgerFailed,
    LedgerRecord,
    PublishSettings,
    SourceColumns,
    Versions,
)
from strata_glue.engine.failure import Failure
from strata_glue.report.events import Events, embedded_metrics
from strata_glue.report.ledger import Ledger
from strata_glue.report.source_changes import changes
from strata_glue.report.work import Work

NO_COUNTS = dict.fromkeys(("rows", "bytes", "files"))
"""Of a target to which nothing was committed."""


@dataclass(frozen=True)
class Finished:
    """A dataset's attempt that is over."""

    dataset: Dataset
    settings: PublishSettings
    attempt: str
    work: Work
    seconds: float
    failure: Failure | None


@dataclass(frozen=True)
class _Before:
    """What the ledger has of a dataset's earlier attempts."""

    files: list[str] | None = None
    """Names of their records; None if unknown."""
    sources: tuple[SourceColumns, ...] = ()
    """The sources' columns when the dataset last succeeded."""
    problem: Exception | None = None
    """Why they cannot be read."""


class Reporter:
    """Reports one job run's datasets, from any thread."""

    def __init__(self, arguments: JobArguments, engine: str, events: Events, ledger: Ledger | None) -> None:
        self._arguments, self._engine, self._events, self._ledger = arguments, engine, events, ledger

    def finished(self, finished: Finished) -> None:
        """Sends the event and writes the ledger. A ledger that cannot be written is a warning."""
        work = finished.work
        sample = self._sample(finished)
        is_committed = finished.failure is None or finished.failure.kind == "PUBLISH_INTERRUPTED"
        is_good = is_committed and work.status != "NOT_SELECTED" and not work.repeated
        before = self._before(finished, is_good)
        counts = {"rows": work.rows, "bytes": work.bytes, "files": work.files} if is_committed else NO_COUNTS
        outcome: dict[str, Any] = {
            **counts,
            "status": work.status,
            "rows_written": work.rows_written if is_committed else None,
            "rows_in": work.rows_in,
            "generation": work.generation,
            "snapshot": work.snapshot,
            "repeated": work.repeated or None,
            "warnings": tuple(work.warnings) or None,
            "source_changes": changes(before.sources, work.sources) or None,
            "expectations": tuple(
                each.as_event(sample if each.expectation.name in work.samples else None) for each in work.outcomes
            ),
            "error": finished.failure.as_event() if finished.failure else None,
        }
        if work.status != "NOT_SELECTED":
            self._write(finished, outcome, before, tuple(work.sources) if is_good else before.sources)
        failed = sum(not each.passed for each in work.outcomes)
        self._events.send(
            DatasetFinished(
                name=finished.dataset.name,
                **outcome,
                seconds=finished.seconds,
                failed_expectations=failed,
                commit_seconds=work.seconds.get("commit"),
                target=finished.dataset.target,
                aws=embedded_metrics({**counts, "seconds": finished.seconds, "failed_expectations": failed}),
            )
        )

    def _sample(self, finished: Finished) -> str | None:
        if self._ledger is None or not finished.work.samples:
            return None
        try:
            return self._ledger.sample(finished.dataset.name, finished.attempt, finished.work.samples)
        except Exception as error:  # whatever a store says: the run's result does not depend on it
            self._say(finished, error)
            return None

    def _before(self, finished: Finished, is_good: bool) -> _Before:
        """What earlier records say. They are asked only where there is something to compare or to keep."""
        if self._ledger is None or finished.work.status == "NOT_SELECTED":
            return _Before()
        name, files = finished.dataset.name, None
        try:
            files = self._ledger.files(name)
            needs = bool(finished.work.sources) or not is_good
            return _Before(files, self._ledger.sources(name, files[-1]) if files and needs else ())
        except Exception as error:  # as above
            return _Before(files, (), error)

    def _write(
        self, finished: Finished, outcome: dict[str, Any], before: _Before, sources: tuple[SourceColumns, ...]
    ) -> None:
        if self._ledger is None:
            return
        arguments, work = self._arguments, finished.work
        now = datetime.now(timezone.utc)
        record = LedgerRecord(
            pipeline=arguments.pipeline,
            stage=arguments.stage,
            execution=arguments.execution,
            dataset=finished.dataset.name,
            attempt=finished.attempt,
            target=finished.dataset.target,
            write=finished.settings.write,
            started=_iso(now - timedelta(seconds=finished.seconds)),
            finished=_iso(now),
            seconds=finished.seconds,
            phases=work.seconds,
            **outcome,
            fingerprints=work.fingerprints,
            sources=sources or None,
            versions=Versions(VERSION, self._engine, arguments.plan, platform.python_version()),
        )
        try:
            self._ledger.write(record, before.files)
            problem = before.problem
        except Exception as error:  # as above
            problem = error
        if problem is not None:
            self._say(finished, problem)

    def _say(self, finished: Finished, error: Exception) -> None:
        parts = (error.filename, error.strerror) if isinstance(error, OSError) else ()
        message = ": ".join(str(part) for part in parts if part) or str(error)
        reason = " ".join(message.split())[:200]
        self._events.send(LedgerFailed(finished.dataset.name, reason))


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
