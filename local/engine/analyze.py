"""Types of queries on empty tables, for `strata check`: an engine's analyzer resolves them, and nothing is computed.

A request has `sql`; `tables`, for each the name that the query reads it by and its columns `[name, type, unsure]`; `params`, each
`[name, type, default or null]`. It returns `columns`, those of the result as above, or null; `mistakes`, each `{"kind", "message",
"offset"}`, in characters from the start or null; and `refused`, why the engine gives no types if that need not be a mistake,
or null.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from typing import Any

from judge import confirmed, mistakes_of
from strata_glue.engine.explain.explained import Explained
from strata_glue.engine.failure import failure_of, is_bug
from strata_glue.engine.params import Value, cast
from strata_glue.engine.sail.functions import with_right_calls
from strata_glue.engine.sail.scoped_types import ScopedTypes
from strata_glue.engine.session import REQUIRED_SETTINGS, WANTED_SETTINGS, Engine
from strata_glue.engine.spark.columns import quoted
from strata_glue.engine.sql.scopes import Tables
from strata_glue.engine.sql.words import with_plain_blanks

_OF_TYPES = re.compile(r"coerce|cast|common type|signature|expects|requires|does not support", re.IGNORECASE)
"""Refusals that the job's changes may avoid: names and syntax they leave as they are."""

SAMPLES = {
    "string": "x",
    "int": 1,
    "bigint": 1,
    "double": 1.0,
    "boolean": True,
    "date": "2000-01-01",
    "timestamp": "2000-01-01T00:00:00",
}
"""Values of parameters without a default."""


@cache
def analyzer(engine: Engine) -> Analyzer:
    """The engine's only one."""
    return Analyzer(engine)


class Analyzer:
    """One session, with an empty view for each table that a query has read."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self._session = engine, engine.new_session()
        self._is_sail = engine.name.startswith("sail")
        if self._is_sail:
            client: Any = self._session  # the common class of sessions has no client
            client.client.disable_reattachable_execute()  # a thread and a request more for each view
        self._views: dict[str, str] = {}
        for key, value in REQUIRED_SETTINGS.items():
            self._session.conf.set(key, value)
        for key, value in WANTED_SETTINGS.items():
            if engine.settings.get(key) != value:
                with suppress(Exception):  # as for a dataset's session
                    self._session.conf.set(key, value)

    def analyze(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to a request, as above."""
        sql: str = request["sql"]
        params = {
            name: cast(name, SAMPLES[kind] if value is None else value, kind) for name, kind, value in request["params"]
        }
        try:
            for table, columns in request["tables"]:
                self._view(table, columns, sql)
        except Exception as error:
            return _answer(refused=f"a source cannot be made on {self._engine.name}: {failure_of(error, '').message}")
        return self._on_sail(request, sql, params) if self._is_sail else self._on_spark(request, sql, params)

    def _on_sail(self, request: Mapping[str, Any], sql: str, params: dict[str, Value]) -> dict[str, Any]:
        sure = {
            table: {name: _certain(kind) if unsure else kind for name, kind, unsure in columns}
            for table, columns in request["tables"]
        }
        types = ScopedTypes(with_plain_blanks(sql), sure, {name: kind for name, kind, _ in request["params"]})
        try:
            mistakes = mistakes_of(types)
        except RecursionError:
            mistakes = []
        try:
            columns = self._columns(sql, params)
        except Exception as error:
            if is_bug(error):
                raise
            found = None if mistakes else confirmed(str(error), sql, tables_of(request), types)
            mistakes += [found] if found else []
            return _answer(mistakes=mistakes, refused=None if mistakes else failure_of(error, sql).message)
        return _answer(_with_certainty(columns, types), mistakes)

    def _columns(self, sql: str, params: dict[str, Value]) -> list[tuple[str, str]]:
        """Of the query as written, else as the job changes it for Sail; raises what Sail said of the query as written."""
        plain = with_plain_blanks(sql)
        try:
            return self._schema(plain, params)
        except Exception as error:
            right = with_right_calls(plain)
            if right != plain:
                with suppress(Exception):
                    return self._schema(right, params)
            if _OF_TYPES.search(str(error)):
                with suppress(Exception):  # the whole way of the job, some twenty times as slow
                    frame = self._engine.query(sql, self._session, params)
                    return [(field.name, field.dataType.simpleString()) for field in frame.schema.fields]
            raise

    def _schema(self, sql: str, params: dict[str, Value]) -> list[tuple[str, str]]:
        """One question to the analyzer: `session.sql` would ask two."""
        from pyspark.sql.connect import functions as F
        from pyspark.sql.connect.dataframe import DataFrame
        from pyspark.sql.connect.plan import SQL

        named = {name: F.lit(value) for name, value in params.items()}
        frame = DataFrame(SQL(sql, None, named) if named else SQL(sql), self._session)
        return [(field.name, field.dataType.simpleString()) for field in frame.schema.fields]

    def _on_spark(self, request: Mapping[str, Any], sql: str, params: dict[str, Value]) -> dict[str, Any]:
        from pyspark.errors import AnalysisException

        try:
            schema = self._engine.query(sql, self._session, params).schema
        except Exception as error:
            failure = failure_of(error, sql, tables_of(request))
            if not isinstance(error, AnalysisException):
                return _answer(refused=failure.message)
            found = Explained(failure.kind, failure.message, _offset(failure.line, failure.column, sql))
            return _answer(mistakes=[found])
        return _answer([[field.name, field.dataType.simpleString(), False] for field in schema.fields])

    def _view(self, table: str, columns: Sequence[Sequence[Any]], sql: str) -> None:
        shown = ", ".join(f"CAST(NULL AS {kind}) AS {quoted(name)}" for name, kind, _ in columns)
        for name in self._engine.view_names(table, sql):
            if self._views.get(name) != shown:
                self._views.pop(name, None)
                frame = self._empty(f"SELECT {shown} WHERE false", columns)
                frame.createOrReplaceTempView(name)
                self._views[name] = shown

    def _empty(self, sql: str, columns: Sequence[Sequence[Any]]) -> Any:
        if not self._is_sail:
            return self._session.sql(sql)
        from pyspark.sql.connect.dataframe import DataFrame
        from pyspark.sql.connect.plan import LocalRelation

        ddl = ", ".join(f"{quoted(name)} {kind}" for name, kind, _ in columns)
        return DataFrame(LocalRelation(None, ddl), self._session)


def _certain(kind: str) -> str:
    """What is certain of an unsure type: that a number is a DECIMAL, without its digits."""
    return "decimal" if kind.startswith("decimal") else ""


def tables_of(request: Mapping[str, Any]) -> Tables:
    """Table → column → type."""
    return {table: {name: kind for name, kind, _ in columns} for table, columns in request["tables"]}


def _answer(
    columns: list[list[Any]] | None = None, mistakes: Sequence[Explained] = (), refused: str | None = None
) -> dict[str, Any]:
    shown = [{"kind": each.kind, "message": each.message, "offset": each.offset} for each in mistakes]
    return {"columns": columns, "mistakes": shown, "refused": refused}


def _with_certainty(columns: list[tuple[str, str]], types: ScopedTypes) -> list[list[Any]]:
    """A type is sure if Spark's rules say the same."""
    ruled: list[str] = []
    if types.reader is not None:
        with suppress(RecursionError):
            ruled = [kind for _, kind in types.typing.outputs(types.reader.queries[0]) or ()]
    is_same = len(ruled) == len(columns)
    return [[name, kind, not is_same or ruled[index] != kind] for index, (name, kind) in enumerate(columns)]


def _offset(line: int | None, column: int | None, sql: str) -> int | None:
    if line is None or column is None:
        return None
    return sum(len(each) for each in sql.splitlines(keepends=True)[: line - 1]) + column - 1
