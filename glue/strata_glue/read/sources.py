"""Source tables: whether they exist, the files that the engine reads, and their types."""

from __future__ import annotations

import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING

import pyarrow.parquet as parquet

from strata_glue.arguments.group import called
from strata_glue.contract import Column, Source
from strata_glue.engine.spark.footers import Footers, Unreadable
from strata_glue.errors import DatasetError
from strata_glue.read.content import Content, ContentFile, read_content
from strata_glue.read.declared import Declared
from strata_glue.read.frames import with_types
from strata_glue.read.not_parquet import what_it_is
from strata_glue.read.resolved import PinnedTable, ResolvedSource, shown
from strata_glue.read.schema import Shape, decide
from strata_glue.store import Store
from strata_glue.store.base import NoFile
from strata_glue.target.iceberg.catalog import IcebergTable
from strata_glue.target.iceberg.history import Snapshot
from strata_glue.target.iceberg.open import OpenTables

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.types import StructType

_PATTERN = re.compile(r"[*?\[{\\]")

FOOTERS_AT_ONCE = 16
"""Footers that are read in parallel: two requests each on S3."""


_NOTHING = Declared({})


class SourceReader:
    """Resolves each location once a job run: several datasets of a stage read the same ones.

    `declared`: types of columns by location, as the author declared them. `finishes`: as `read_content` has it.
    """

    def __init__(
        self,
        store: Store,
        tables: OpenTables,
        declared: Mapping[str, Mapping[str, str]] | None = None,
        finishes: bool = True,
    ) -> None:
        self._store, self._tables = store, tables
        self._declared = {location: Declared(columns) for location, columns in (declared or {}).items()}
        self._finishes = finishes
        self._snapshots: dict[str, tuple[Snapshot, tuple[Column, ...]]] = {}
        self._lock = Lock()
        self._locks: dict[str, Lock] = {}
        self._resolved: dict[str, ResolvedSource] = {}
        self._inferred: dict[str, StructType] = {}
        """The schemas that an engine inferred for files whose record has nested types."""

    def resolve(self, source: Source) -> ResolvedSource:
        """Finds the files, or pins the snapshot: all datasets of a run read the same one. A missing source, one without
        files and one that is not a table fail here, the same on every engine; Sail would read 0 rows."""
        table = self._tables.at(source.location)
        if table is not None:
            return self._pinned(source, table)
        with self._lock:
            once = self._locks.setdefault(source.location, Lock())
        with once:  # one of the datasets that need the footers reads them
            with self._lock:
                known = self._resolved.get(source.location)
            if known is not None:
                return replace(known, source=source)
            found = self._found(source)
            with self._lock:
                self._resolved[source.location] = found
        return found

    def forget(self, location: str) -> None:
        """A dataset of this run has changed the location."""
        with self._lock:
            for known in (self._resolved, self._inferred, self._snapshots):
                known.pop(location, None)

    def read(self, resolved: ResolvedSource, spark: SparkSession) -> DataFrame:
        """The DataFrame over exactly the source's files, with the types that Spark gives them, as SQL is to see it."""
        location = resolved.source.location
        with self._lock:
            inferred = self._inferred.get(location)
        frame = resolved.read(spark, self._store.engine_path, inferred)
        if inferred is None and resolved.is_inferred:
            with self._lock:
                self._inferred[location] = frame.schema
        return self._tables.engine.prepared(with_types(frame, resolved.casts), spark, resolved.foreign)

    def _found(self, source: Source) -> ResolvedSource:
        try:
            content = read_content(self._store, source.location, self._finishes)
        except NotADirectoryError:  # as on S3, where nothing is below a file
            raise _missing(source) from None
        declared = self._declared.get(source.location, _NOTHING)
        if content.schema is not None and content.record is not None:
            where = f"its commit record (generation {content.record.generation})"
            differences, casts = declared.of_table([(each.name, each.type) for each in content.schema], where)
            return ResolvedSource(source, content, differences=tuple(differences), casts=casts)
        if not content.files:
            raise self._nothing(source, content)
        _check_names(source, content.files)
        shapes, rows = self._read_footers(source, content.files)
        schema = decide(called(source), source.location, [*zip(content.files, shapes, strict=True)], declared)
        return ResolvedSource(source, content, schema=schema, counted=rows, differences=schema.differences)

    def _pinned(self, source: Source, table: IcebergTable) -> PinnedTable:
        tables = self._tables.open()
        with self._lock:  # held while it is looked up: two readers must not pin two snapshots
            if source.location not in self._snapshots:
                history = tables.history(table)
                if history is None or history.current is None:
                    raise DatasetError(
                        "SOURCE_MISSING",
                        f"{called(source)} does not exist: no Iceberg table at {source.location}",
                    )
                self._snapshots[source.location] = history.current, history.columns()
            snapshot, columns = self._snapshots[source.location]
        known = tuple((each.name, each.type) for each in columns)
        declared = self._declared.get(source.location, _NOTHING)
        differences, casts = declared.of_table(known, f"its Iceberg table (snapshot {snapshot.id})")
        return PinnedTable(
            source,
            Content(source.location, (), None),
            differences=tuple(differences),
            casts=casts,
            table=table,
            snapshot=snapshot,
            tables=tables,
            recorded=dict(known) | casts,
        )

    def _nothing(self, source: Source, content: Content) -> DatasetError:
        if content.passed_over:
            return DatasetError(
                "SOURCE_EMPTY",
                f"{called(source)} has no Parquet file in {source.location} itself: there are files in its folders "
                f"{shown(content.passed_over)}, which are not read, as on Spark: only folders `column=value` belong to a "
                "table. Name the folder that has the files as `s3_path`, or rename the folders",
            )
        if self._store.exists(source.location):
            return DatasetError("SOURCE_EMPTY", f"{called(source)} has no Parquet file in {source.location}")
        return _missing(source)

    def _read_footers(self, source: Source, files: tuple[ContentFile, ...]) -> tuple[list[Shape], int]:
        """Columns of each file, and the number of all rows. Refuses files that are not a table."""
        footers = Footers()

        def read(file: ContentFile) -> tuple[Shape, int] | str:
            try:
                with self._store.open(source.location, file.place) as stream:
                    metadata = parquet.read_metadata(stream)
                shape = footers.columns_of(metadata)
            except FileNotFoundError:
                raise DatasetError(
                    "SOURCE_CHANGED", f"{called(source)} changed while it was read: {file.path} is gone"
                ) from None
            except Unreadable as problem:
                return f"column `{problem.column}` of {file.path} is {problem.kind}, which Spark does not support: {problem.remedy}"
            except NoFile as problem:
                return f"{file.path} {problem.what}: remove it, or let its name start with `_`"
            except Exception as error:  # pyarrow raises several classes for a file that is not Parquet
                return f"{file.path} {what_it_is(self._store, source.location, file, error)}"
            return (shape, metadata.num_rows) if shape else f"{file.path} has no column"

        with ThreadPoolExecutor(min(FOOTERS_AT_ONCE, len(files))) as pool:
            found = list(pool.map(read, files))
        broken = [each for each in found if isinstance(each, str)]
        if broken:
            others = len(broken) - 1
            more = f" (and {others} more {'file' if others == 1 else 'files'} cannot be read)" if others else ""
            raise DatasetError("SOURCE_BROKEN", f"{called(source)} ({source.location}): {broken[0]}{more}")
        known = [each for each in found if not isinstance(each, str)]
        return [shape for shape, _ in known], sum(rows for _, rows in known)


def footer_rows(store: Store, location: str, path: str) -> int:
    """Rows of a Parquet file, from its footer."""
    with store.open(location, path) as stream:
        return int(parquet.read_metadata(stream).num_rows)


def _missing(source: Source) -> DatasetError:
    is_file = source.location.endswith(".parquet/")
    remedy = ", which is the name of a file: set `s3_path` to the folder of the files" if is_file else ""
    return DatasetError(
        "SOURCE_MISSING", f"{called(source)} does not exist: there are no files in {source.location}{remedy}"
    )


def _check_names(source: Source, files: tuple[ContentFile, ...]) -> None:
    """Engines treat a path as a pattern, and would read `f1` instead of `f[1]`."""
    pattern = next((file.path for file in files if _PATTERN.search(file.path)), None)
    if pattern is not None:
        raise DatasetError(
            "SOURCE_BROKEN",
            f"{called(source)} ({source.location}): the name {pattern} has one of `*?[{{\\`, which engines "
            "treat as a pattern: rename the file or its folder",
        )
