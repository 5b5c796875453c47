"""Source tables: that they exist, which files the engine is to read, and as what types."""

from __future__ import annotations

import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from threading import Lock
from typing import TYPE_CHECKING

import pyarrow.parquet as parquet

from strata_glue.arguments.group import Source
from strata_glue.engine.spark.footers import Footers, Unreadable
from strata_glue.engine.spark.types import name_of
from strata_glue.errors import DatasetError
from strata_glue.read.content import Content, ContentFile, read_content
from strata_glue.read.frames import read_files, read_recorded, recorded_columns
from strata_glue.read.not_parquet import what_it_is
from strata_glue.read.schema import Shape, SourceSchema, decide
from strata_glue.store import Store
from strata_glue.store.base import NoFile
from strata_glue.target.iceberg.history import Snapshot
from strata_glue.target.iceberg.open import OpenTables

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.types import StructType

_PATTERN = re.compile(r"[*?\[{\\]")

FOOTERS_AT_ONCE = 16
"""Footers that are read at the same time: two requests each on S3."""


@dataclass(frozen=True)
class ResolvedSource:
    """A source table with its content: at least one file, or a snapshot of an Iceberg table."""

    source: Source
    content: Content
    snapshot: Snapshot | None = None
    schema: SourceSchema | None = None
    """Of files that Strata did not write."""
    counted: int | None = None
    """Rows of files that Strata did not write."""

    @property
    def foreign(self) -> bool:
        """True for files that Strata did not write."""
        return self.snapshot is None and self.content.schema is None

    @property
    def size(self) -> int:
        """Bytes."""
        if self.snapshot is not None:
            return self.snapshot.standing().bytes or 0
        return sum(file.size for file in self.content.files)

    @property
    def rows(self) -> int | None:
        """Number of rows: from the record or the snapshot, else from the footers."""
        if self.snapshot is not None:
            return self.snapshot.standing().rows
        return self.counted if self.content.rows is None else self.content.rows

    @property
    def columns(self) -> dict[str, str] | None:
        """Name → type of the files' columns, if each file has exactly these; None for partitions and nested types."""
        if self.snapshot is not None or any("/" in file.path for file in self.content.files):
            return None
        if self.schema is None:
            return recorded_columns(self.content)
        names = {name: name_of(kind) for name, kind in self.schema.columns.items()}
        return names if self.schema.is_uniform else None

    @property
    def known(self) -> dict[str, str]:
        """Name → type of the columns that are known without asking an engine."""
        recorded = {column.name: column.type for column in self.content.schema or ()}
        return {
            **recorded,
            **{name: name_of(kind) for name, kind in (self.schema.columns if self.schema else {}).items()},
        }

    @property
    def warnings(self) -> list[str]:
        """What the author should know of it."""
        passed_over = self.content.passed_over
        if not passed_over:
            return []
        return [
            f"{self.source.called}: files in {_shown(passed_over)} are not read, as on Spark: only folders "
            "`column=value` belong to a table; Athena reads them"
        ]


class SourceReader:
    """Resolves each location once a job run: several datasets of a stage read the same ones.

    `declared`: types of columns by location, as the author declared them.
    """

    def __init__(
        self, store: Store, tables: OpenTables, declared: Mapping[str, Mapping[str, str]] | None = None
    ) -> None:
        self._store, self._tables, self._declared = store, tables, declared or {}
        self._snapshots: dict[str, Snapshot] = {}
        self._lock = Lock()
        self._locks: dict[str, Lock] = {}
        self._resolved: dict[str, ResolvedSource] = {}
        self._inferred: dict[str, StructType] = {}
        """What an engine found in files whose record has nested types."""

    def resolve(self, source: Source) -> ResolvedSource:
        """Finds the files, or pins the snapshot: all datasets of a run read the same one. A missing source, one without
        files and one that is no table fail here, the same on every engine; Sail would read 0 rows."""
        if self._tables.at(source.location) is not None:
            return self._pinned(source)
        with self._lock:
            once = self._locks.setdefault(source.location, Lock())
        with once:  # its footers are read by one of the datasets that ask for them
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
        """The DataFrame over exactly the source's files, with the types that Spark gives them."""
        location = resolved.source.location
        table = self._tables.at(location)
        if table is not None and resolved.snapshot is not None:
            return self._tables.open().read(table, resolved.snapshot.id, spark)
        if resolved.schema is not None:
            return read_files(location, resolved.schema, spark, self._store.engine_path)
        with self._lock:
            inferred = self._inferred.get(location)
        frame = read_recorded(resolved.content, spark, self._store.engine_path, inferred)
        if inferred is None and recorded_columns(resolved.content) is None and not resolved.content.partition_by:
            with self._lock:  # a job each time on Spark
                self._inferred[location] = frame.schema
        return frame

    def _found(self, source: Source) -> ResolvedSource:
        try:
            content = read_content(self._store, source.location)
        except NotADirectoryError:  # as on S3, where nothing lies below a file
            raise _missing(source) from None
        if content.schema is not None:
            return ResolvedSource(source, content)
        if not content.files:
            raise self._nothing(source, content)
        _check_names(source, content.files)
        shapes, rows = self._read_footers(source, content.files)
        declared = self._declared.get(source.location, {})
        schema = decide(source.called, source.location, [*zip(content.files, shapes, strict=True)], declared)
        return ResolvedSource(source, content, schema=schema, counted=rows)

    def _pinned(self, source: Source) -> ResolvedSource:
        table = self._tables.at(source.location)
        nothing = Content(source.location, (), None)
        with self._lock:  # held while it is looked up: two readers must not pin two snapshots
            if source.location not in self._snapshots and table is not None:
                history = self._tables.open().history(table)
                if history is None or history.current is None:
                    raise DatasetError(
                        "SOURCE_MISSING",
                        f"{source.called} does not exist: there is no Iceberg table at {source.location}",
                    )
                self._snapshots[source.location] = history.current
            return ResolvedSource(source, nothing, self._snapshots[source.location])

    def _nothing(self, source: Source, content: Content) -> DatasetError:
        if content.passed_over:
            return DatasetError(
                "SOURCE_EMPTY",
                f"{source.called} has no Parquet file in {source.location} itself: files lie in its folders "
                f"{_shown(content.passed_over)}, which are not read, as on Spark: only folders `column=value` belong to a "
                "table. Name the folder that has the files as `s3_path`, or rename the folders",
            )
        if self._store.exists(source.location):
            return DatasetError("SOURCE_EMPTY", f"{source.called} has no Parquet file in {source.location}")
        return _missing(source)

    def _read_footers(self, source: Source, files: tuple[ContentFile, ...]) -> tuple[list[Shape], int]:
        """Columns of each file, and the number of all rows. Refuses what is no table."""
        footers = Footers()

        def read(file: ContentFile) -> tuple[Shape, int] | str:
            try:
                with self._store.open(source.location, file.place) as stream:
                    metadata = parquet.read_metadata(stream)
                shape = footers.columns_of(metadata)
            except FileNotFoundError:
                raise DatasetError(
                    "SOURCE_CHANGED", f"{source.called} changed while it was read: {file.path} is gone"
                ) from None
            except Unreadable as problem:
                return f"column `{problem.column}` of {file.path} is {problem.kind}, which Spark does not read: {problem.remedy}"
            except NoFile as problem:
                return f"{file.path} {problem.what}: remove it, or let its name start with `_`"
            except Exception as error:  # pyarrow raises several classes for a file that is no Parquet
                return f"{file.path} {what_it_is(self._store, source.location, file, error)}"
            return (shape, metadata.num_rows) if shape else f"{file.path} has no column"

        with ThreadPoolExecutor(min(FOOTERS_AT_ONCE, len(files))) as pool:
            found = list(pool.map(read, files))
        broken = [each for each in found if isinstance(each, str)]
        if broken:
            others = len(broken) - 1
            more = f" (and {others} more {'file' if others == 1 else 'files'} cannot be read)" if others else ""
            raise DatasetError("SOURCE_BROKEN", f"{source.called} ({source.location}): {broken[0]}{more}")
        known = [each for each in found if not isinstance(each, str)]
        return [shape for shape, _ in known], sum(rows for _, rows in known)


def footer_rows(store: Store, location: str, path: str) -> int:
    """Rows of a Parquet file, from its footer."""
    with store.open(location, path) as stream:
        return int(parquet.read_metadata(stream).num_rows)


def _missing(source: Source) -> DatasetError:
    is_file = source.location.endswith(".parquet/")
    remedy = ", which is the name of a file: write the folder of the files as `s3_path`" if is_file else ""
    return DatasetError("SOURCE_MISSING", f"{source.called} does not exist: nothing lies in {source.location}{remedy}")


def _check_names(source: Source, files: tuple[ContentFile, ...]) -> None:
    """Engines take a path for a pattern, and would read `f1` in the place of `f[1]`."""
    pattern = next((file.path for file in files if _PATTERN.search(file.path)), None)
    if pattern is not None:
        raise DatasetError(
            "SOURCE_BROKEN",
            f"{source.called} ({source.location}): the name {pattern} has one of `*?[{{\\`, which engines "
            "read as a pattern of names: rename the file or its folder",
        )


def _shown(folders: tuple[str, ...]) -> str:
    most = 3
    more = f" and {len(folders) - most} more" if len(folders) > most else ""
    return ", ".join(f"`{folder}/`" for folder in folders[:most]) + more
