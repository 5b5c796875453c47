"""Source tables: that they exist and have a schema, and which files the engine is to read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyarrow.parquet as parquet

from strata_glue.errors import DatasetError
from strata_glue.group import Source
from strata_glue.store import DataFile, Store


@dataclass(frozen=True)
class ResolvedSource:
    """A source table with the files that it consists of, at least one."""

    source: Source
    files: tuple[DataFile, ...]


def resolve(source: Source, store: Store) -> ResolvedSource:
    """Finds the files. A missing source and one without files fail here, the same on every engine; Sail would read 0 rows."""
    files = store.data_files(source.location)
    if not files:
        if store.exists(source.location):
            raise DatasetError(
                "SOURCE_EMPTY", f"source table `{source.table}` has no Parquet file in {source.location}"
            )
        raise DatasetError(
            "SOURCE_MISSING", f"source table `{source.table}` does not exist: nothing lies in {source.location}"
        )
    _check_schema(source, files[0], store)
    return ResolvedSource(source, tuple(files))


def _check_schema(source: Source, file: DataFile, store: Store) -> None:
    try:
        with store.open(source.location, file.path) as stream:
            columns = len(parquet.read_schema(stream).names)
    except FileNotFoundError:
        raise DatasetError(
            "SOURCE_CHANGED", f"source table `{source.table}` changed while it was read: {file.path} is gone"
        ) from None
    except Exception as error:  # pyarrow raises several classes for a file that is no Parquet
        raise DatasetError(
            "SOURCE_BROKEN", f"source table `{source.table}`: {file.path} is no readable Parquet file ({_short(error)})"
        ) from None
    if columns == 0:
        raise DatasetError("SOURCE_BROKEN", f"source table `{source.table}`: {file.path} has no column")


def read(resolved: ResolvedSource, spark: Any, store: Store) -> Any:
    """The DataFrame over exactly the named files."""
    location = resolved.source.location
    reader = spark.read
    if any("/" in file.path for file in resolved.files):
        # Tells the engine where the table starts, so that `k=v` folders become columns.
        reader = reader.option("basePath", store.engine_path(location))
    return reader.parquet(*[store.engine_path(location, file.path) for file in resolved.files])


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
