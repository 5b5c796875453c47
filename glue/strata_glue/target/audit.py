"""What an attempt's expectations read: views of its rows and of the tables that they reference."""

from __future__ import annotations

from typing import TYPE_CHECKING

from strata_glue.context import RunContext
from strata_glue.contract import Expectation, PublishSettings, ReferencesExpectation, RowCountExpectation, Source, View
from strata_glue.errors import DatasetError
from strata_glue.read.resolved import ResolvedSource
from strata_glue.read.sources import SourceReader
from strata_glue.target.attempt import Staged, Version
from strata_glue.target.expectations import RESULT_VIEW, Audited, clock

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


def referenced(settings: PublishSettings, sources: SourceReader) -> list[ResolvedSource]:
    """The tables that expectations reference. If one is missing, an expectation of severity `warn` fails when it is checked."""
    found = []
    for each in settings.expectations:
        for view in _views(each):
            try:
                found.append(sources.resolve(_reference(view.location)))
            except DatasetError:
                if each.severity == "error":
                    raise
    return found


def audited(
    staged: Staged, base: Version | None, settings: PublishSettings, session: SparkSession, context: RunContext
) -> Audited:
    """Makes the session's views. `base`: the version before. The checks that need an unreadable table report it."""
    engine, sources = context.engine, context.sources

    def query(sql: str) -> DataFrame:
        return engine.query(sql, session, {})

    found = Audited(query, staged.rows, base.rows_of_last_run if base else None, context.params, clock())
    found.tables[RESULT_VIEW] = {column.name: column.type for column in staged.schema}
    found.called[RESULT_VIEW] = "the result"
    if all(isinstance(each, RowCountExpectation) for each in settings.expectations):
        return found
    rows = engine.prepared(staged.read(session), session, foreign=False)
    rows.createOrReplaceTempView(engine.view_name(RESULT_VIEW))
    for index, each in enumerate(settings.expectations):
        try:
            for view in _views(each):
                resolved = sources.resolve(_reference(view.location))
                found.tables[view.view], found.called[view.view] = resolved.known, resolved.source.table
                frame = sources.read(resolved, session)
                frame.createOrReplaceTempView(engine.view_name(view.view))
        except DatasetError as problem:
            found.unread[index] = DatasetError(problem.kind, f"{each.name} cannot be computed: {problem}")
    return found


def _views(expectation: Expectation) -> tuple[View, ...]:
    return expectation.reads if isinstance(expectation, ReferencesExpectation) else ()


def _reference(location: str) -> Source:
    """A table that an expectation compares with, by its last folder: most often the dataset's or the table's name."""
    return Source(location.rstrip("/").rpartition("/")[2], location)
