"""The contents of a lake's tables, for commands that only read: by the job's own reading code, without writing anything.

No other code on this machine reads committed content: crawls, queries, `strata parity` and the report of an interrupted run
all use this module.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from typing import Any

from strata_glue.arguments.group import TableOfCommand
from strata_glue.engine.failure import failure_of
from strata_glue.errors import DatasetError
from strata_glue.read.sources import ResolvedSource, SourceReader
from strata_glue.store import Store
from strata_glue.target.iceberg.catalog import IcebergTable
from strata_glue.target.iceberg.history import History, Snapshot
from strata_glue.target.iceberg.open import OpenTables
from strata_glue.target.parquet.record_file import read_record


@dataclass(frozen=True)
class Table:
    """A table of the local catalog, or a target that may not exist yet."""

    name: str
    location: str
    """`s3://<bucket>/<prefix>/`."""
    is_iceberg: bool

    @staticmethod
    def of(value: Mapping[str, Any]) -> Table:
        """As commands send it: `{"name", "location", "format"?}`."""
        return Table(value["name"], value["location"], value.get("format") == "iceberg")


class LakeTables:
    """Tables of one store, each in the version that is current when it is first read."""

    def __init__(self, store: Store, engine: Any, tables: Sequence[Table], as_of: str | None = None) -> None:
        self._as_of = as_of
        by_location = {each.location: IcebergTable("", each.name, each.location) for each in tables if each.is_iceberg}
        self._store = store
        self._tables = OpenTables(engine, store, by_location)
        self._reader = SourceReader(store, self._tables, finishes=False)

    def resolve(self, table: Table) -> ResolvedSource:
        """What a reader of the table reads. Raises `DatasetError`, for a table that is not there, too."""
        resolved = self._reader.resolve(TableOfCommand(table.name, table.location))
        if self._as_of is None:
            return resolved
        if not table.is_iceberg:
            raise DatasetError(
                "AS_OF",
                f"table `{table.name}` is Parquet, and `--as-of` reads Iceberg tables: query it without `--as-of`, "
                "Parquet tables know their last run only",
            )
        history = self.history(table)
        snapshot = snapshot_as_of(history, self._as_of) if history else None
        if snapshot is None:
            of = "of generation" if self._as_of.isdecimal() else "as of"
            raise DatasetError(
                "AS_OF",
                f"table `{table.name}` has no snapshot {of} `{self._as_of}`: "
                "`strata recover --generations` lists those that it has",
            )
        return replace(resolved, snapshot=snapshot)

    def read(self, resolved: ResolvedSource, session: Any) -> Any:
        """Its DataFrame."""
        return self._reader.read(resolved, session)

    def columns(self, table: Table) -> dict[str, str]:
        """Names and Spark types, in order, without asking an engine. Raises `DatasetError`."""
        return self.resolve(table).known

    def history(self, table: Table) -> History | None:
        """An Iceberg table's metadata; None where there is none."""
        found = self._tables.at(table.location)
        return self._tables.open().history(found) if found is not None else None


def snapshot_as_of(history: History, as_of: str) -> Snapshot | None:
    """The snapshot of an earlier run: by generation (`12`), by time (ISO 8601, UTC; the current one at that time), by execution."""
    log = history.metadata.get("snapshot-log", ())
    published = [(history.snapshots.get(each["snapshot-id"]), each["timestamp-ms"]) for each in reversed(log)]
    until = _end_of(as_of)
    for snapshot, since in published:
        if snapshot is None:
            continue
        if as_of.isdecimal():
            found = str(snapshot.generation) == as_of
        else:
            found = since <= until if until is not None else snapshot.execution == as_of
        if found:
            return snapshot
    return None


def _end_of(text: str) -> float | None:
    """Milliseconds since 1970 of a date (its end) or of a time, without a zone in UTC; None for what is neither."""
    if not re.match(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}|$)", text):
        return None
    try:
        time = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    if len(text) == len("2026-01-01"):
        time += timedelta(days=1, milliseconds=-1)
    return (time if time.tzinfo else time.replace(tzinfo=timezone.utc)).timestamp() * 1000


def describe(store: Store, tables: Sequence[Table]) -> list[dict[str, Any]]:
    """By table, in order: `{"columns": [{"name", "type"}]}`, `{"error"}`, or `{}` if there is no table."""
    return [_described(store, table) for table in tables]


def _described(store: Store, table: Table) -> dict[str, Any]:
    try:
        columns = LakeTables(store, None, [table]).columns(table)
    except Exception as error:  # the other tables can still be described
        if isinstance(error, DatasetError) and error.kind in ("SOURCE_MISSING", "SOURCE_EMPTY"):
            return {}
        return {"error": failure_of(error, "").message}
    return {"columns": [{"name": name, "type": kind} for name, kind in columns.items()]}


def committed(store: Store, tables: Sequence[Table], pipeline: str, execution: str) -> list[dict[str, Any]]:
    """By table, in order: `{"current": {"rows", "bytes", "files"}}` where the execution has committed, `{"error"}`, or `{}`."""
    return [_committed(store, table, pipeline, execution) for table in tables]


def _committed(store: Store, table: Table, pipeline: str, execution: str) -> dict[str, Any]:
    try:
        if table.is_iceberg:
            history = LakeTables(store, None, [table]).history(table)
            found = history is not None and history.commit_of(pipeline, execution) is not None
            version = history.current.version() if found and history and history.current else None
        else:
            stored = read_record(store, table.location)
            found = stored is not None and f"{pipeline}/{execution}" in stored.record.executions
            version = stored.record.version() if found and stored else None
    except Exception as error:  # the results of the other tables count
        return {"error": failure_of(error, "").message}
    if version is None:
        return {}
    return {"current": {"rows": version.rows, "bytes": version.bytes, "files": version.files}}
