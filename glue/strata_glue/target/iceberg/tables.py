"""What an engine must be able to do with Iceberg tables."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Protocol

from strata_glue.engine.spark.columns import quoted
from strata_glue.errors import DatasetError
from strata_glue.target.iceberg.catalog import IcebergTable
from strata_glue.target.iceberg.history import History

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

BRANCH = "strata-"
"""Prefix of the attempts' branches, on engines that make them."""

TABLE_PROPERTIES = {
    "format-version": "2",  # Athena cannot read 3
    # Copy-on-write: reads are fast, in Athena too, and changes come a run at a time, not a row.
    "write.delete.mode": "copy-on-write",
    "write.update.mode": "copy-on-write",
    "write.merge.mode": "copy-on-write",
}


@dataclass(frozen=True)
class Change:
    """What one commit does to a table."""

    write: str
    """`replace`, `append`, `replace_partitions` or `merge`."""
    partition_by: tuple[str, ...]
    merge_key: tuple[str, ...]
    sort_by: tuple[str, ...]
    attempt: str
    """Unique; names what the commit makes on its way."""
    properties: dict[str, str]
    """The snapshot's, in the same commit."""
    compression: str
    """As Iceberg calls it."""
    file_size: int
    """Bytes that files aim at."""

    @property
    def order(self) -> tuple[str, ...]:
        """Columns that the rows are sorted by before they are written; empty: by none. Each partition's rows come together."""
        return (*self.partition_by, *self.sort_by) if self.sort_by else ()


class Tables(Protocol):
    """Iceberg tables of one store by one engine. Every method is safe to call from several threads."""

    def history(self, table: IcebergTable) -> History | None:
        """The current version; None if there is no such table."""

    def read(self, table: IcebergTable, snapshot: int, session: SparkSession) -> DataFrame:
        """The DataFrame of one snapshot."""

    def commit(
        self, table: IcebergTable, base: History | None, change: Change, frame: DataFrame, session: SparkSession
    ) -> None:
        """Puts the frame's rows into the table by one commit, if `base` still is current.

        Raises `DatasetError` (`TARGET_CHANGED`) if it is not.
        """

    def roll_back(self, table: IcebergTable, base: History, snapshot: int) -> None:
        """Makes an earlier snapshot the current one. Raises `DatasetError` (`TARGET_CHANGED`) if the table is not `base` any more."""

    def abandon(self, table: IcebergTable, attempt: str) -> None:
        """Removes what an attempt made that can no longer commit."""

    def clean_up(self, table: IcebergTable) -> None:
        """Removes what earlier attempts made and never committed."""


def with_remaining_rows(current: DataFrame, frame: DataFrame, change: Change) -> DataFrame:
    """The result, and those rows of the table that it does not replace: by key, or by partition."""
    names = [quoted(name) for name in (change.merge_key if change.write == "merge" else change.partition_by)]
    replaced = frame.select(*names).distinct()
    same = reduce(lambda one, other: one & other, [current[name].eqNullSafe(replaced[name]) for name in names])
    return current.join(replaced, same, "left_anti").unionByName(frame)


def file_properties(change: Change) -> dict[str, str]:
    """Properties of a new table for its other writers."""
    return {
        "write.parquet.compression-codec": change.compression,
        "write.target-file-size-bytes": str(change.file_size),
    }


def cannot(engine: str, what: str) -> DatasetError:
    """The error for what an engine cannot do."""
    return DatasetError("ENGINE_CANNOT", f"{engine} cannot do {what}: run with `--engine spark`")


def table_changed(table: IcebergTable, now: History | None) -> DatasetError:
    """The error of a writer that another one preceded."""
    current = now.current if now else None
    who = f"snapshot {current.id} of execution {current.execution or 'without a name'}" if current else "nothing"
    return DatasetError(
        "TARGET_CHANGED",
        f"the Iceberg table {table.location} changed during this attempt: {who} is current now; "
        "nothing of this attempt was committed, run it again",
    )
