"""One dataset: sources → views → SQL → staged → audited → committed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from strata_glue.arguments.group import called
from strata_glue.context import RunContext
from strata_glue.contract import Dataset, PublishSettings, Source, SourceColumns
from strata_glue.engine.intervals import as_numbers
from strata_glue.engine.session import dataset_session
from strata_glue.errors import DatasetError
from strata_glue.fail_points import fail_point
from strata_glue.read.declared import refuse
from strata_glue.read.fingerprints import fingerprints
from strata_glue.read.resolved import ResolvedSource
from strata_glue.read.sources import SourceReader
from strata_glue.report.work import Work
from strata_glue.target import expectations
from strata_glue.target.attempt import Attempt, Origin, PublishInterrupted
from strata_glue.target.audit import audited, referenced
from strata_glue.target.open import open_target
from strata_glue.target.parquet.columns import check_columns
from strata_glue.target.writing import EngineResult
from strata_glue.tiny import TinyResult, compute_tiny, is_tiny

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def run_dataset(dataset: Dataset, settings: PublishSettings, origin: Origin, context: RunContext, work: Work) -> None:
    """Builds the dataset; without a target its rows are counted only. Raises whatever went wrong; the old content then stays."""
    attempt, base = None, None
    if dataset.target is not None:
        with work.timed("read"):
            attempt = open_target(context.store, dataset.target, settings.table, context.tables.open).begin(origin)
        before = attempt.committed_before()
        if before is not None:
            work.repeated = True
            work.set_version(before)  # a retry or a redrive: this execution has committed here
            return
        # Another dataset may have read an older version of this target than the one that this attempt starts from.
        context.sources.forget(attempt.target)
        base = attempt.current_version()
    with work.timed("read"):
        resolved = _resolved(dataset, origin.pipeline, context.sources, work)
        reads = [*resolved, *referenced(settings, context.sources)]
        work.fingerprints = fingerprints(dataset, settings, context.params, reads)
    unchanged = base is not None and dict(base.fingerprints) == work.fingerprints
    if settings.skip_unchanged and base and attempt and unchanged and attempt.is_whole():
        work.status = "SKIPPED"
        work.set_version(base)
        return
    work.rows_in = _sum([each.rows for each in resolved])
    tiny = attempt is not None and is_tiny(dataset, settings, resolved, context)
    with (
        context.unchanged.noticed(reads, context.sources),
        context.semaphore.slot(sum(each.size for each in resolved), tiny),
        dataset_session(context.engine) as session,
    ):
        work.start()
        if attempt is None:
            _count(_planned(dataset, resolved, context, session, work), work)
            return
        in_memory = None
        if tiny:
            with work.timed("write"):
                in_memory = compute_tiny(dataset, settings, resolved, context, session)
        result = in_memory or _planned(dataset, resolved, context, session, work, attempt.keeps_intervals)
        check_columns(result.schema)
        attempt.check(result.schema, settings)
        try:
            with attempt:
                _build(result, attempt, settings, reads, session, context, work)
        except PublishInterrupted as problem:
            work.set_version(problem.version)
            context.sources.forget(attempt.target)
            raise
        context.sources.forget(attempt.target)


def _build(
    result: EngineResult | TinyResult,
    attempt: Attempt,
    settings: PublishSettings,
    reads: list[ResolvedSource],
    session: SparkSession,
    context: RunContext,
    work: Work,
) -> None:
    """Stages, audits and commits the result. `reads`: the sources, with those of expectations."""
    with work.timed("write"):
        staged = result.write(attempt, attempt.layout(settings))
    fail_point("written")
    work.rows = work.rows_written = staged.rows
    if settings.expectations:
        with work.timed("audit"):
            look = audited(staged, attempt.current_version(), settings, session, context)
            work.outcomes = expectations.check(settings.expectations, look)
            for outcome in work.outcomes:
                if outcome.failing and (sample := expectations.offending_rows(outcome.expectation, look.query)):
                    work.samples[outcome.expectation.name] = sample
            if expectations.failed_errors(work.outcomes):
                raise expectations.blocked(work.outcomes)
    fail_point("audited")
    with work.timed("commit"):
        context.unchanged.check(reads)
        work.set_version(attempt.commit_staged(staged, settings, work.fingerprints, session))


def _planned(
    dataset: Dataset,
    resolved: list[ResolvedSource],
    context: RunContext,
    session: SparkSession,
    work: Work,
    keeps_intervals: bool = True,
) -> EngineResult:
    with work.timed("read"):
        for each in resolved:
            frame = context.sources.read(each, session)
            for view in context.engine.view_names(each.source.table, dataset.sql):
                frame.createOrReplaceTempView(view)
        frame, warnings = as_numbers(context.query(dataset, session, work.warnings), keeps_intervals)
        work.warnings += warnings
        return EngineResult(frame, frame.schema, context.store)


def _count(result: EngineResult, work: Work) -> None:
    """A dataset without a target."""
    with work.timed("write"):
        work.rows = work.rows_written = result.frame.count()
        work.bytes, work.files = 0, 0


def _resolved(dataset: Dataset, pipeline: str, sources: SourceReader, work: Work) -> list[ResolvedSource]:
    """The sources, with what is known of them in `work`. Raises `DatasetError` for columns that are not as declared."""
    found = []
    for source in dataset.sources:
        each = _resolve(source, dataset, sources)
        work.warnings += each.warnings
        work.tables[source.table] = each.known
        if each.pipeline != pipeline:
            work.sources.append(SourceColumns(source.table, source.location, tuple(each.known.items())))
        found.append(each)
    refuse((called(each.source), each.source.location, each.differences) for each in found)
    return found


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


def _sum(counts: list[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) else None
