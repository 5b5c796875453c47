"""Source tables: that they exist and have a schema, and which files the engine is to read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import reduce
from typing import Any
from urllib.parse import unquote

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
    """The DataFrame over exactly the named files. Folders `k=v` become columns, read the same on every engine."""
    folders: dict[str, list[str]] = {}
    for file in resolved.files:
        folder, _, _ = file.path.rpartition("/")
        folders.setdefault(folder, []).append(store.engine_path(resolved.source.location, file.path))
    if list(folders) == [""]:
        return spark.read.parquet(*folders[""])
    keys = {folder: _partition(folder) for folder in folders}
    types = {
        name: _type_of([values.get(name) for values in keys.values()]) for values in keys.values() for name in values
    }
    frames = [_with_columns(spark.read.parquet(*files), keys[folder], types) for folder, files in folders.items()]
    return reduce(lambda one, other: one.unionByName(other, allowMissingColumns=True), frames)


NULL_PARTITION = "__HIVE_DEFAULT_PARTITION__"
"""What Hive and Spark write for a NULL in a partition column."""


def _partition(folder: str) -> dict[str, str | None]:
    """`a=1/b=x%20y` → `{"a": "1", "b": "x y"}`."""
    pairs = (part.split("=", 1) for part in folder.split("/") if part)
    return {unquote(name): None if value == NULL_PARTITION else unquote(value) for name, value in pairs}


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


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
