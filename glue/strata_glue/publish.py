"""From an attempt's files to the target's content.

A dataset is written by the engine to the attempt's own empty folder, `<target>/_strata/attempts/<attempt>/`. Only when
all of it is there do its files, under names unique to the attempt, become the target's, and only then do the old ones
go: a failure at any earlier moment leaves the old content as it was. The interval in which both can be listed is what
a conditional commit record will close; everything that decides content is in this module.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet

from strata_glue.errors import DatasetError
from strata_glue.store import DataFile, Store
from strata_glue.store.base import OWN_FOLDER

ATTEMPTS = f"{OWN_FOLDER}/attempts/"


@dataclass(frozen=True)
class Published:
    """What the target now holds: rows from the Parquet footers, bytes and number of its files."""

    rows: int
    bytes: int
    files: int


class Attempt:
    """One try at one target. `name` is unique to it and safe in a file's name."""

    def __init__(self, store: Store, target: str, name: str) -> None:
        self._store, self._target, self._name = store, target, name
        self.location = f"{target}{ATTEMPTS}{name}/"

    def engine_path(self) -> str:
        """The empty folder that the engine writes."""
        return self._store.engine_path(self.location)

    def publish(self, schema: Any) -> Published:
        """Makes the attempt's files the target's content. `schema` is the Spark schema, for a result without rows."""
        old = self._store.data_files(self._target)
        counted = [(file, self._rows(file)) for file in self._written(schema)]
        kept = [(file, rows) for file, rows in counted if rows > 0] or counted[:1]
        if not kept:
            raise DatasetError("RESULT_MISSING", "the engine wrote no file")
        names = {file.path: f"part-{index:05d}-{self._name}.parquet" for index, (file, _) in enumerate(kept)}
        self._store.move_in(self.location, self._target, names)
        self._store.delete(self._target, [file.path for file in old])
        self.tidy()
        return Published(sum(rows for _, rows in kept), sum(file.size for file, _ in kept), len(kept))

    def tidy(self) -> None:
        """Removes what this attempt and earlier, interrupted ones left aside. One run at a time has a target (the lake's lock, the job's MaxConcurrentRuns)."""
        self._store.delete_tree(f"{self._target}{ATTEMPTS}")

    def _written(self, schema: Any) -> list[DataFile]:
        files = self._store.data_files(self.location)
        if not files:
            # Sail writes no file for a result without rows; Spark writes one that has the schema.
            self._store.put(self.location, "empty.parquet", _empty_file(schema))
            files = self._store.data_files(self.location)
        return files

    def _rows(self, file: DataFile) -> int:
        with self._store.open(self.location, file.path) as stream:
            return int(parquet.read_metadata(stream).num_rows)


def _empty_file(schema: Any) -> bytes:
    from pyspark.sql.pandas.types import to_arrow_schema

    buffer = io.BytesIO()
    parquet.write_table(_utc(to_arrow_schema(schema)).empty_table(), buffer)
    return buffer.getvalue()


def _utc(schema: pa.Schema) -> pa.Schema:
    """Spark's timestamps are instants; some versions of PySpark leave the zone out."""
    return pa.schema([_utc_field(field) for field in schema])


def _utc_field(field: pa.Field) -> pa.Field:
    is_naive = pa.types.is_timestamp(field.type) and field.type.tz not in (None, "UTC")
    return field.with_type(pa.timestamp("us", tz="UTC")) if is_naive else field
