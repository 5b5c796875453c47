"""Source tables: that they exist and have a schema, which files the engine is to read, and as what types."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import reduce
from threading import Lock
from typing import Any

import pyarrow.parquet as parquet

from strata_glue.columns import quoted
from strata_glue.content import Content, ContentFile, read_content
from strata_glue.errors import DatasetError
from strata_glue.footers import ddl, plain_columns
from strata_glue.group import Source
from strata_glue.iceberg.history import Snapshot
from strata_glue.iceberg.open import OpenTables
from strata_glue.partitions import values_of
from strata_glue.store import Store

COUNTED_FILES = 256
"""Files of a source without a record whose footers are read, for the ledger's `rows_in` only: two requests a file on S3."""

LEAST_BYTES = 12
"""A Parquet file has two magic numbers and the length of its footer."""


@dataclass(frozen=True)
class ResolvedSource:
    """A source table with its content: at least one file, or a snapshot of an Iceberg table."""

    source: Source
    content: Content
    snapshot: Snapshot | None = None

    @property
    def size(self) -> int:
        """Bytes."""
        if self.snapshot is not None:
            return self.snapshot.standing().bytes or 0
        return sum(file.size for file in self.content.files)


class SourceReader:
    """Resolves each location once a job run: several datasets of a stage read the same ones."""

    def __init__(self, store: Store, tables: OpenTables) -> None:
        self._store, self._tables = store, tables
        self._snapshots: dict[str, Snapshot] = {}
        self._lock = Lock()
        self._contents: dict[str, Content] = {}
        self._schemas: dict[str, Any] = {}
        self._footers: dict[str, dict[str, str]] = {}
        """What the first file's footer says, where that is what Spark would infer (footers.py)."""
        self._rows: dict[str, int | None] = {}

    def resolve(self, source: Source) -> ResolvedSource:
        """Finds the files, or pins the snapshot: all datasets of a run read the same one. A missing source and one without files fail here, the same on every engine; Sail would read 0 rows."""
        if self._tables.at(source.location) is not None:
            return self._pinned(source)
        with self._lock:
            known = self._contents.get(source.location)
        if known is not None:
            return ResolvedSource(source, known)
        content = read_content(self._store, source.location)
        if not content.files and content.schema is None:
            raise self._nothing(source)
        columns = None
        if content.schema is None:
            _check_sizes(source, content.files)
            columns = self._check_schema(source, content.files[0])
        with self._lock:
            self._contents[source.location] = content
            if columns is not None and not _folders(content):
                self._footers[source.location] = columns
        return ResolvedSource(source, content)

    def forget(self, location: str) -> None:
        """A dataset of this run has changed the location."""
        with self._lock:
            for known in (self._contents, self._schemas, self._footers, self._rows, self._snapshots):
                known.pop(location, None)

    def read(self, resolved: ResolvedSource, spark: Any) -> Any:
        """The DataFrame over exactly the source's files, with the types that they were written with."""
        location = resolved.source.location
        table = self._tables.at(location)
        if table is not None and resolved.snapshot is not None:
            return self._tables.open().read(table, resolved.snapshot.id, spark)
        with self._lock:
            # Sail reads footers itself, and holds what it is told against types that Arrow noted there.
            footer = self._footers.get(location) if _is_spark(spark) else None
            schema = self._schemas.get(location) or (ddl(footer) if footer else None)
        frame = read_frame(resolved.content, spark, self._store.engine_path, schema)
        if schema is None and resolved.content.schema is None and not _folders(resolved.content):
            with self._lock:  # the engine inferred it: a job each time on Spark
                self._schemas[location] = frame.schema
        return frame

    def columns(self, resolved: ResolvedSource) -> dict[str, str] | None:
        """Name → type of the files' columns, if they are known without asking an engine."""
        if resolved.snapshot is not None or _folders(resolved.content):
            return None
        with self._lock:
            return _recorded_columns(resolved.content) or self._footers.get(resolved.source.location)

    def rows(self, resolved: ResolvedSource) -> int | None:
        """Number of rows: from the record or the snapshot, else from the footers; None for too many files."""
        location = resolved.source.location
        if resolved.snapshot is not None:
            return resolved.snapshot.standing().rows
        if resolved.content.rows is not None:
            return resolved.content.rows
        with self._lock:
            if location in self._rows:
                return self._rows[location]
        files = resolved.content.files
        counted = None
        if len(files) <= COUNTED_FILES:
            with ThreadPoolExecutor(16) as pool:
                counted = sum(pool.map(lambda file: footer_rows(self._store, location, file.place), files))
        with self._lock:
            self._rows[location] = counted
        return counted

    def _pinned(self, source: Source) -> ResolvedSource:
        table = self._tables.at(source.location)
        nothing = Content(source.location, (), None)
        with self._lock:  # held while it is looked up: two readers must not pin two snapshots
            if source.location not in self._snapshots and table is not None:
                history = self._tables.open().history(table)
                if history is None or history.current is None:
                    raise DatasetError(
                        "SOURCE_MISSING",
                        f"source table `{source.table}` does not exist: there is no Iceberg table at {source.location}",
                    )
                self._snapshots[source.location] = history.current
            return ResolvedSource(source, nothing, self._snapshots[source.location])

    def _nothing(self, source: Source) -> DatasetError:
        if self._store.exists(source.location):
            return DatasetError(
                "SOURCE_EMPTY", f"source table `{source.table}` has no Parquet file in {source.location}"
            )
        return DatasetError(
            "SOURCE_MISSING", f"source table `{source.table}` does not exist: nothing lies in {source.location}"
        )

    def _check_schema(self, source: Source, file: ContentFile) -> dict[str, str] | None:
        """Refuses what is no table; answers its columns where the footer says enough of them."""
        try:
            with self._store.open(source.location, file.place) as stream:
                metadata = parquet.read_metadata(stream)
            columns = metadata.num_columns
        except FileNotFoundError:
            raise DatasetError(
                "SOURCE_CHANGED", f"source table `{source.table}` changed while it was read: {file.path} is gone"
            ) from None
        except Exception as error:  # pyarrow raises several classes for a file that is no Parquet
            raise DatasetError(
                "SOURCE_BROKEN",
                f"source table `{source.table}`: {file.path} is no readable Parquet file ({_short(error)})",
            ) from None
        if columns == 0:
            raise DatasetError("SOURCE_BROKEN", f"source table `{source.table}`: {file.path} has no column")
        return plain_columns(metadata)


def footer_rows(store: Store, location: str, path: str) -> int:
    """Rows of a Parquet file, from its footer."""
    with store.open(location, path) as stream:
        return int(parquet.read_metadata(stream).num_rows)


def _check_sizes(source: Source, files: tuple[ContentFile, ...]) -> None:
    """Engines pass over an empty file without a word, as if its rows had never been: an upload that broke off."""
    broken = next((file for file in files if file.size < LEAST_BYTES), None)
    if broken is not None:
        raise DatasetError(
            "SOURCE_BROKEN",
            f"source table `{source.table}`: {broken.path} is no readable Parquet file (it has {broken.size} bytes)",
        )


def read_frame(content: Content, spark: Any, engine_path: Callable[[str, str], str], schema: Any = None) -> Any:
    """The DataFrame over exactly a content's files. Folders `k=v` become columns, read the same on every engine.

    `schema`: the files' Spark schema if it is known; else the record's, else the engine infers it.
    """
    if not content.files:  # partitioned, and no row: no folder either
        columns = [f"CAST(NULL AS {each.type}) AS {quoted(each.name)}" for each in content.schema or ()]
        return spark.sql(f"SELECT {', '.join(columns)} WHERE false")
    groups: dict[str, list[str]] = {}
    for file in content.files:
        folder = file.path.rpartition("/")[0]
        groups.setdefault(folder, []).append(engine_path(content.location, file.place))
    recorded = _recorded_columns(content)
    known = schema or (ddl(recorded) if recorded else None)
    reader = spark.read.schema(known) if known else spark.read
    if list(groups) == [""]:
        return _in_order(reader.parquet(*groups[""]), content)
    values = {folder: values_of(f"{folder}/x") for folder in groups}
    types = _partition_types(content, list(values.values()))
    # Spark itself makes columns of folders (as text: session.py), in one scan however many there are; Sail does not.
    if _is_spark(spark) and all(file.place == file.path for file in content.files):
        places = [place for files in groups.values() for place in files]
        found = spark.read.option("basePath", engine_path(content.location, "")).parquet(*places)
        return _in_order(_cast(found, types), content)
    frames = [_with_columns(reader.parquet(*files), values[folder], types) for folder, files in groups.items()]
    return _in_order(_union(frames), content)


def _is_spark(spark: Any) -> bool:
    """True for a session of Apache Spark in this process."""
    return hasattr(spark, "_jsparkSession")


def _cast(frame: Any, types: dict[str, str]) -> Any:
    from pyspark.sql import functions as F

    for name, kind in types.items():
        frame = frame.withColumn(name, F.col(quoted(name)).cast(kind))
    return frame


def _union(frames: list[Any]) -> Any:
    """As a balanced tree: a plan that is as deep as there are folders overflows its reader."""
    while len(frames) > 1:
        pairs = [frames[start : start + 2] for start in range(0, len(frames), 2)]
        frames = [reduce(lambda one, other: one.unionByName(other, allowMissingColumns=True), pair) for pair in pairs]
    return frames[0]


def _folders(content: Content) -> bool:
    return any("/" in file.path for file in content.files)


def _recorded_columns(content: Content) -> dict[str, str] | None:
    """The files' columns, if the record has them in a form that every engine parses: no nested types."""
    columns = {column.name: column.type for column in content.schema or () if column.name not in content.partition_by}
    return None if any("<" in kind for kind in columns.values()) else columns or None


def _partition_types(content: Content, folders: list[dict[str, str | None]]) -> dict[str, str]:
    recorded = {column.name: column.type for column in content.schema or () if column.name in content.partition_by}
    names = dict.fromkeys(name for values in folders for name in values)
    return {name: recorded.get(name) or _type_of([values.get(name) for values in folders]) for name in names}


def _type_of(values: list[str | None]) -> str:
    """As Spark infers: whole numbers, dates, else text. Sail would make everything text."""
    known = [value for value in values if value is not None]
    if known and all(re.fullmatch(r"-?\d{1,18}", value) for value in known):
        return "int" if all(-(2**31) <= int(value) < 2**31 for value in known) else "bigint"
    return "date" if known and all(re.fullmatch(r"\d{4}-\d{2}-\d{2}", value) for value in known) else "string"


def _with_columns(frame: Any, values: dict[str, str | None], types: dict[str, str]) -> Any:
    from pyspark.sql import functions as F

    for name, kind in types.items():
        frame = frame.withColumn(name, F.lit(values.get(name)).cast(kind))
    return frame


def _in_order(frame: Any, content: Content) -> Any:
    """Columns as the SQL that wrote them had them: partition columns would else come last."""
    names = [column.name for column in content.schema or ()]
    if not content.partition_by or sorted(names) != sorted(frame.columns):
        return frame
    return frame.select(*[quoted(name) for name in names])


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
