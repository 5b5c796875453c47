"""One dataset: sources → views → SQL → written aside → audited → committed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any

from strata_glue.arguments.group import Dataset, Source
from strata_glue.arguments.settings import PublishSettings
from strata_glue.engine.intervals import as_numbers
from strata_glue.engine.session import dataset_session
from strata_glue.errors import DatasetError
from strata_glue.read.fingerprints import fingerprints
from strata_glue.read.frames import read_recorded
from strata_glue.read.sources import ResolvedSource, SourceReader
from strata_glue.steps import step
from strata_glue.surroundings import Surroundings
from strata_glue.target import expectations
from strata_glue.target.expectations import Audited, Outcome
from strata_glue.target.iceberg.attempt import IcebergAttempt
from strata_glue.target.iceberg.catalog import IcebergTable
from strata_glue.target.parquet.attempt import (
    Attempt,
    NewContent,
    Origin,
    PublishInterrupted,
)
from strata_glue.target.parquet.columns import check_columns
from strata_glue.target.parquet.record import Standing
from strata_glue.target.writing import EngineResult, Written, check_against_target
from strata_glue.tiny import TinyResult, compute_tiny, is_tiny


@dataclass
class Work:
    """What is known of a dataset's attempt so far; the ledger tells it even if the attempt fails."""

    status: str = "SUCCEEDED"
    rows: int | None = None
    """Of the target as it stands."""
    rows_written: int | None = None
    """Of this attempt's result; None where nothing was computed."""
    bytes: int | None = None
    files: int | None = None
    rows_in: int | None = None
    generation: int | None = None
    snapshot: str | None = None
    """Of an Iceberg table."""
    repeated: bool = False
    """This execution had committed before, so that nothing was done."""
    tables: dict[str, dict[str, str]] = field(default_factory=dict)
    """What its SQL reads: table → column → type. No values, wherever an engine says them."""
    warnings: list[str] = field(default_factory=list)
    """What the author should know, whether it succeeds or not; names, never values of rows."""
    outcomes: list[Outcome] = field(default_factory=list)
    samples: dict[str, list[str]] = field(default_factory=dict)
    fingerprints: dict[str, str] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    """Seconds by phase: `read`, `write`, `audit`, `commit`."""
    on_start: Callable[[], None] | None = None
    """Called once, when the dataset has a place to compute in, or is settled without one."""

    def start(self) -> None:
        """Says that the dataset has begun, unless that was said."""
        on_start, self.on_start = self.on_start, None
        if on_start is not None:
            on_start()

    @contextmanager
    def timed(self, phase: str) -> Iterator[None]:
        """Adds the time of a block to a phase."""
        started = time.monotonic()
        try:
            yield
        finally:
            self.seconds[phase] = round(self.seconds.get(phase, 0.0) + time.monotonic() - started, 4)

    def stands(self, standing: Standing) -> None:
        """The target's content is this."""
        self.rows, self.bytes, self.files = standing.rows, standing.bytes, standing.files
        self.generation, self.snapshot = standing.generation, standing.snapshot


def run_dataset(dataset: Dataset, settings: PublishSettings, origin: Origin, around: Surroundings, work: Work) -> None:
    """Builds the dataset; without a target its rows are counted only. Raises whatever went wrong; the old content then stands."""
    with work.timed("read"):
        attempt = _begin(dataset, settings, origin, around)
    before = attempt.committed_before() if attempt else None
    if before is not None:
        work.repeated = True
        work.stands(before)  # a retry or a redrive: this execution has committed here
        return
    if attempt:
        # What another dataset read of this target a while ago may be older than what this attempt started from.
        around.sources.forget(attempt.target)
    with work.timed("read"):
        resolved = [_resolve(source, dataset, around.sources) for source in dataset.sources]
        work.warnings.extend(warning for each in resolved for warning in each.warnings)
        work.tables.update({each.source.table: each.known for each in resolved})
        referenced = _referenced(settings, around)
        work.fingerprints = fingerprints(dataset, settings, around.params, [*resolved, *referenced])
    base = attempt.standing() if attempt else None
    unchanged = base is not None and dict(base.fingerprints) == work.fingerprints
    if settings.skip_unchanged and base and attempt and unchanged and attempt.stands_whole():
        work.status = "SKIPPED"
        work.stands(base)
        return
    work.rows_in = _sum([each.rows for each in resolved])
    try:
        _compute(dataset, settings, resolved, [*resolved, *referenced], attempt, around, work)
    except Exception as problem:
        changed = _source_changed(problem, [*resolved, *referenced], around)
        if changed is not None:
            raise changed from problem
        raise


def _compute(
    dataset: Dataset,
    settings: PublishSettings,
    resolved: list[ResolvedSource],
    reads: list[ResolvedSource],
    attempt: Attempt | IcebergAttempt | None,
    around: Surroundings,
    work: Work,
) -> None:
    """From sources to commit. `reads`: those of expectations, too."""
    size = sum(each.size for each in resolved)
    tiny = attempt is not None and is_tiny(dataset, settings, resolved, around)
    with around.gate.turn(size, tiny), dataset_session(around.engine) as session:
        work.start()
        if attempt is None:
            planned = _planned(dataset, resolved, around, session, work)
            with work.timed("write"):
                work.rows_written = planned.frame.count()
                work.rows, work.bytes, work.files = work.rows_written, 0, 0
            return
        in_memory = None
        if tiny:
            with work.timed("write"):
                in_memory = compute_tiny(dataset, settings, resolved, around, session)
        result = in_memory or _planned(dataset, resolved, around, session, work, isinstance(attempt, IcebergAttempt))
        check_columns(result.schema)
        if isinstance(attempt, IcebergAttempt):
            attempt.check(result.schema, settings)
        else:
            check_against_target(result.schema, attempt, settings)
        _build(result, attempt, settings, reads, session, around, work)


def _planned(
    dataset: Dataset,
    resolved: list[ResolvedSource],
    around: Surroundings,
    session: Any,
    work: Work,
    iceberg: bool = False,
) -> EngineResult:
    with work.timed("read"):
        for each in resolved:
            frame = around.engine.prepared(around.sources.read(each, session), session, each.foreign)
            for view in around.engine.view_names(each.source.table, dataset.sql):
                frame.createOrReplaceTempView(view)
        frame, warnings = as_numbers(around.query(dataset, session, work.warnings), iceberg)
        work.warnings += warnings
        return EngineResult(frame, frame.schema, around.store)


def _referenced(settings: PublishSettings, around: Surroundings) -> list[ResolvedSource]:
    """What expectations compare with. Of severity `warn`, one whose table is not there fails when it is checked."""
    found = []
    for each in settings.expectations:
        for _, location in each.reads:
            try:
                found.append(around.sources.resolve(Source(_called(location), location)))
            except DatasetError:
                if each.severity == "error":
                    raise
    return found


def _called(location: str) -> str:
    """A name for a table that an expectation compares with: its last folder, which is most often the dataset's or the table's."""
    return location.rstrip("/").rpartition("/")[2]


def _resolve(source: Source, dataset: Dataset, sources: SourceReader) -> ResolvedSource:
    try:
        return sources.resolve(source)
    except DatasetError as error:
        if source.location != dataset.target or error.kind not in ("SOURCE_MISSING", "SOURCE_EMPTY"):
            raise
        raise DatasetError(
            error.kind,
            f"the dataset reads its own target as `{source.table}`, and {source.location} has no content yet: "
            "write the first content with a query that does not read it, or put files there",
        ) from None


def _begin(
    dataset: Dataset, settings: PublishSettings, origin: Origin, around: Surroundings
) -> Attempt | IcebergAttempt | None:
    if dataset.target is None:
        return None
    if settings.table is None:
        attempt = Attempt.begin(around.store, dataset.target, origin)
        if attempt.has_table:
            raise DatasetError(
                "TARGET_LAYOUT",
                f"{dataset.target} holds an Iceberg table, and `format` says parquet: give the dataset another target, or "
                "drop the table and remove what it left in the target first",
            )
        return attempt
    table = IcebergTable(settings.table.database, settings.table.name, dataset.target)
    return IcebergAttempt.begin(around.store, around.tables.open(), table, origin)


def _build(
    result: EngineResult | TinyResult,
    attempt: Attempt | IcebergAttempt,
    settings: PublishSettings,
    reads: list[ResolvedSource],
    session: Any,
    around: Surroundings,
    work: Work,
) -> None:
    try:
        with work.timed("write"):
            # An Iceberg table divides its files itself.
            staging = settings if isinstance(attempt, Attempt) else replace(settings, partition_by=())
            content = result.write(attempt, staging)
        step("written")
        work.rows = work.rows_written = content.rows
        if settings.expectations:
            with work.timed("audit"):
                _audit(result, content, attempt, settings, session, around, work)
        step("audited")
        with work.timed("commit"):
            around.unchanged.check(reads)
            work.stands(_commit(content, attempt, settings, session, around, work))
        around.sources.forget(attempt.target)
    except PublishInterrupted as problem:
        work.stands(problem.standing)
        around.sources.forget(attempt.target)
        raise
    except BaseException as problem:
        overtaken = _overtaken(attempt, problem)
        with suppress(Exception):  # the problem is the one to tell; what is left, the next run removes
            attempt.abandon()
        if overtaken is not None:
            raise overtaken from problem
        raise


def _commit(
    written: Written,
    attempt: Attempt | IcebergAttempt,
    settings: PublishSettings,
    session: Any,
    around: Surroundings,
    work: Work,
) -> Standing:
    if isinstance(attempt, Attempt):
        return attempt.commit(_new_content(written, settings, work)).standing()
    staged = read_recorded(written.content(attempt.target), session, around.store.engine_path)
    return attempt.commit(staged, written.rows, session, settings, work.fingerprints)


def _audit(
    result: EngineResult | TinyResult,
    written: Written,
    attempt: Attempt | IcebergAttempt,
    settings: PublishSettings,
    session: Any,
    around: Surroundings,
    work: Work,
) -> None:
    engine = around.engine
    unread: dict[int, DatasetError] = {}
    tables = {expectations.RESULT_VIEW: {column.name: column.type for column in written.schema}}
    called = {expectations.RESULT_VIEW: "the result"}
    if any(each.rows is None for each in settings.expectations):
        rows = engine.prepared(result.written(written, attempt.target, session), session, foreign=False)
        rows.createOrReplaceTempView(engine.view_name(expectations.RESULT_VIEW))
        for index, each in enumerate(settings.expectations):
            try:
                for view, location in each.reads:
                    referenced = around.sources.resolve(Source(_called(location), location))
                    tables[view], called[view] = referenced.known, _called(location)
                    frame = around.sources.read(referenced, session)
                    engine.prepared(frame, session, referenced.foreign).createOrReplaceTempView(engine.view_name(view))
            except DatasetError as problem:
                unread[index] = DatasetError(problem.kind, f"{each.name} cannot be computed: {problem}")
    base = attempt.standing()
    before = base.rows_of_last_run if base else None

    def query(sql: str) -> Any:
        return engine.query(sql, session, {})

    audited = Audited(query, written.rows, before, around.params, tables, called, expectations.clock())
    work.outcomes = expectations.check(settings.expectations, audited, unread)
    for outcome in work.outcomes:
        if outcome.failing and (sample := expectations.offending_rows(outcome.expectation, query)):
            work.samples[outcome.expectation.name] = sample
    if expectations.failed_errors(work.outcomes):
        raise expectations.blocked(work.outcomes)


def _new_content(written: Written, settings: PublishSettings, work: Work) -> NewContent:
    return NewContent(
        write=settings.write,
        files=written.files,
        schema=written.schema,
        partition_by=written.partition_by,
        fingerprints=work.fingerprints,
        keep=settings.keep,
    )


def _overtaken(attempt: Attempt | IcebergAttempt, problem: BaseException) -> DatasetError | None:
    """A writer whose files went because somebody else committed hears that, and not what its engine makes of it."""
    if isinstance(problem, DatasetError) or not isinstance(problem, Exception):
        return None
    try:
        return attempt.overtaken()
    except Exception:  # the first problem is the one to tell
        return None


def _source_changed(problem: Exception, reads: list[ResolvedSource], around: Surroundings) -> DatasetError | None:
    """What a dataset hears whose source went or was replaced under the engine, instead of what the engine makes of it.
    Whoever reads the source next in this run lists it anew."""
    found = problem if isinstance(problem, DatasetError) else None
    if found is None or found.kind == "SOURCE_BROKEN":
        try:
            around.unchanged.check(reads)
        except DatasetError as error:
            found = error
        except Exception:  # the first problem is the one to tell
            return None
    if found is None or found.kind != "SOURCE_CHANGED":
        return None
    for each in reads:
        around.sources.forget(each.source.location)
    return found if found is not problem else None


def _sum(counts: list[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) else None
