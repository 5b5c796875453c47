"""One SELECT over tables of a lake, each complete and in one version, while runs may replace them."""

from __future__ import annotations

import os
import re
import resource
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
from cells import cells, is_number
from strata_glue.engine.failure import Failure, failure_of
from strata_glue.engine.session import Engine, dataset_session
from strata_glue.engine.spark.columns import quoted
from strata_glue.errors import DatasetError
from strata_glue.read.sources import ResolvedSource
from strata_glue.store import Store
from tables import LakeTables, Table

PATIENCE = 30.0
"""Seconds for which a query is repeated if its tables are replaced while it runs."""

ROWS_AT_ONCE = 2_000
"""Rows in a message."""

TOO_LONG = "values of the result are too long: a part of it takes more than 128 MiB; cut them, for example by `left(column, 1000)`"

TOO_FAST = "a run replaces files faster than they can be read: ask again when it has ended"

Send = Callable[[dict[str, Any]], None]


def query(request: Mapping[str, Any], engine: Engine, store: Store, send: Send) -> dict[str, Any]:
    """Sends `{"columns": [{"name", "number"}]}` and then `{"rows": [[text or null, …], …]}`, as JSON if `json` is true.

    `request`: `sql`; `uses`, the tables as the SQL spells them: `{"database"?, "as", "name", "location", "format"?}`; `known`,
    names of all tables; `limit`, rows that are sent at most, or null; `asOf`, or null; `json`. Returns `{"rows": number,
    "warnings": []}`, or `{"error": {"message", "line"?, "column"?}}`.
    """
    end = time.monotonic() + PATIENCE
    while True:
        attempt = _Attempt(request, engine, store)
        try:
            with dataset_session(engine) as session:
                names, rows = attempt.rows(session)
            outdated = attempt.has_lost_files()
        except Exception as error:
            if not attempt.is_outdated(error):
                return {"error": _reported(attempt.failure(error))}
            outdated = True
        if not outdated:
            _send_rows(names, rows, request, send)
            return {"rows": rows.num_rows, "warnings": [_for_query(warning) for warning in attempt.warnings]}
        if time.monotonic() > end:
            return {"error": {"message": TOO_FAST}}


class _Attempt:
    """The query over the tables in their current versions."""

    def __init__(self, request: Mapping[str, Any], engine: Engine, store: Store) -> None:
        self._sql: str = request["sql"]
        self._uses: list[Mapping[str, Any]] = request["uses"]
        self._known: list[str] = request["known"]
        self._as_of: str | None = request["asOf"]
        self._engine, self._store = engine, store
        self._read: dict[str, ResolvedSource] = {}
        self._broken: dict[str, DatasetError] = {}
        """Errors of unreadable tables, by name in lower case: the query may use others."""
        self._lost: DatasetError | None = None
        """Why a table that was readable before can no longer be read."""
        self.warnings: list[str] = []

    def rows(self, session: Any) -> tuple[list[str], pa.Table]:
        """Names of the result's columns, and its rows."""
        self._register(session)
        frame = self._engine.query(self._sql, session, {}, self.warnings)
        names = [_called(name, self._sql) for name in frame.columns]
        return names, _in_arrow(frame).toArrow()

    def has_lost_files(self) -> bool:
        """True if a file is gone: Sail silently reads nothing in its place."""
        return any(
            not Path(self._store.engine_path(location, file.place)).exists()
            for location, resolved in self._read.items()
            for file in resolved.content.files
        )

    def is_outdated(self, error: Exception) -> bool:
        """True if a table has another version now."""
        if isinstance(error, DatasetError):
            return error.kind == "SOURCE_CHANGED"
        lake = self._open()
        for each in self._uses:
            before = self._read.get(each["location"])
            if before is None:
                continue
            try:
                now = lake.resolve(Table.of(each))
            except DatasetError as problem:
                if problem.kind == "SOURCE_CHANGED":
                    return True
                self._lost = problem
                continue
            if (now.identity, now.content.files) != (before.identity, before.content.files):
                return True
        return False

    def failure(self, error: Exception) -> Failure:
        """Why it fails, in the user's names."""
        if self._lost is not None:
            return failure_of(self._lost, self._sql)
        if "RESOURCE_EXHAUSTED" in str(error):
            return Failure("RESULT_TOO_LARGE", TOO_LONG)
        tables = {
            each["as"]: self._read[each["location"]].known for each in self._uses if each["location"] in self._read
        }
        found = failure_of(error, self._sql, tables)
        for each in self._uses:
            if each["location"] in self._read and self._store.engine_path(each["location"]) in str(error):
                return Failure(found.kind, f"table `{each['as']}` cannot be read: {found.shown or found.message}")
        if not found.kind.startswith("TABLE_OR_VIEW_NOT_FOUND"):
            return found
        missing = re.search("`([^`]+)`", found.message)
        broken = self._broken.get(missing[1].lower().rpartition(".")[2]) if missing else None
        if broken is not None:
            return failure_of(broken, self._sql)
        return failure_of(error, self._sql, {**{name: {} for name in self._known}, **tables})

    def _open(self) -> LakeTables:
        return LakeTables(self._store, self._engine, [Table.of(each) for each in self._uses], self._as_of)

    def _register(self, session: Any) -> None:
        lake = self._open()
        for index, use in enumerate(self._uses):
            name = use["as"]
            try:
                resolved = self._read[use["location"]] = lake.resolve(Table.of(use))
                frame = lake.read(resolved, session)
            except DatasetError as problem:
                if problem.kind == "SOURCE_CHANGED":
                    raise
                self._broken[name.lower()] = problem
                continue
            except Exception as problem:
                if self.is_outdated(problem):
                    raise
                failure = failure_of(problem, "")
                self._broken[name.lower()] = DatasetError(
                    failure.kind, f"table `{name}` cannot be read: {failure.shown or failure.message}"
                )
                continue
            if use.get("database") is None:
                frame.createOrReplaceTempView(self._engine.view_name(name))
                continue
            database, view = quoted(use["database"]), f"strata_table_{index}"
            frame.createOrReplaceTempView(view)
            session.sql(f"CREATE DATABASE IF NOT EXISTS {database}").collect()
            session.sql(f"CREATE OR REPLACE VIEW {database}.{quoted(name)} AS SELECT * FROM {view}").collect()


def _called(name: str, sql: str) -> str:
    """Engines name `count(*)` `count(1)`; the SQL's own name is clearer."""
    return name if re.search(r"(?i)count\s*\(\s*1\s*\)", sql) else name.replace("count(1)", "count(*)")


def _in_arrow(frame: Any) -> Any:
    """The frame with intervals as strings: PySpark has no Arrow type for most of them. Names may be duplicates."""
    from pyspark.sql import functions as F

    kinds = [field.dataType.typeName() for field in frame.schema.fields]
    if not any("interval" in kind for kind in kinds):
        return frame
    numbered = frame.toDF(*[f"c{index}" for index in range(len(kinds))])
    return numbered.select(
        *[
            F.col(f"c{index}").cast("string") if "interval" in kind else F.col(f"c{index}")
            for index, kind in enumerate(kinds)
        ]
    )


def _send_rows(names: list[str], rows: pa.Table, request: Mapping[str, Any], send: Send) -> None:
    send(
        {
            "columns": [
                {"name": name, "number": is_number(field.type)} for name, field in zip(names, rows.schema, strict=True)
            ]
        }
    )
    limit = request["limit"]
    for batch in (rows if limit is None else rows.slice(0, limit)).to_batches(ROWS_AT_ONCE):
        columns = [cells(column, request["json"]) for column in batch.columns]
        send({"rows": [list(row) for row in zip(*columns, strict=True)] if columns else []})


def _reported(failure: Failure) -> dict[str, Any]:
    """The error for the terminal: with values, since the lake is the user's own."""
    place = {"line": failure.line, "column": failure.column}
    return {
        "message": _for_query(failure.shown or failure.message),
        **{key: value for key, value in place.items() if value},
    }


def _for_query(message: str) -> str:
    """`strata query` has no `--engine`; a dataset has."""
    return re.sub("run (with `?--engine)", r"run it as a dataset \1", message)


LEAST_MEMORY = 2 * 1024**3
"""Bytes that a query may take on any machine."""


def memory_limit() -> int:
    """Bytes that a query may take: a quarter of the machine's memory."""
    return max(LEAST_MEMORY, os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 4)


def bound_memory(send: Send) -> None:
    """Ends this process with a message when it takes more than its limit: Sail limits neither the size of a value nor the memory
    of a join, so the machine would swap, or kill another process."""
    limit = memory_limit()

    def watch() -> None:
        while most_memory() <= limit:
            time.sleep(0.05)
        what = f"the query needs more than {limit / 1024**3:.1f} GiB of memory"
        send({"fatal": {"message": what, "help": "read fewer rows or shorter values, or make it a dataset"}})
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def most_memory() -> int:
    """Bytes that this process has held at most."""
    found = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return found if sys.platform == "darwin" else found * 1024
