"""Failures as values: what a person needs of an error of an engine or a store."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import import_module

from strata_glue.contract import EventError
from strata_glue.engine.explain.explain import explain, place_of_column
from strata_glue.engine.explain.explained import Explained
from strata_glue.engine.explain.words import first_sentence
from strata_glue.engine.redaction import without_quoted, without_values
from strata_glue.engine.sql.scopes import Tables
from strata_glue.errors import DatasetError

NO_TABLES: Tables = {}
_OF_COLUMNS = ("ENGINE_CANNOT", "RESULT_COLUMNS", "MISSING_AGGREGATION")
"""The job's own errors that may name a column of the result, or of the SQL."""


@dataclass(frozen=True)
class Failure:
    """Why a dataset failed. `line` and `column` count from 1 in its SQL; None if the engine gives no position."""

    kind: str
    message: str
    """Without values of rows: it is logged and stored."""
    line: int | None = None
    column: int | None = None
    frame: str | None = None
    shown: str | None = None
    """The engine's message, if it has more details: shown to the person who runs the pipeline on their own data, never stored."""

    def as_event(self) -> EventError:
        """The `error` of a `dataset_finished` event, with the position if it is known."""
        return EventError(self.kind, self.message, self.line, self.column, self.frame)


def failure_of(error: BaseException, sql: str, tables: Tables = NO_TABLES) -> Failure:
    """The failure for any exception of a dataset. `tables`: those that its SQL reads."""
    if isinstance(error, DatasetError):
        place = error.offset
        if place is None and error.kind in _OF_COLUMNS:
            place = place_of_column(str(error), sql, tables)
        line, column = position_of(place, sql)
        return Failure(error.kind, str(error), line, column, frame_at(sql, line, column), error.shown)
    text = _text_of(error)
    if type(error).__name__ == "Py4JJavaError":
        return _java_failure(text, sql, tables)
    line, column = _place_in(text, sql)
    explained = explain(text, sql, tables, offset_of(line, column, sql), _engine_of(error))
    if explained is not None:
        return _explained_failure(explained, _class_of(error, text, explained.kind), text, sql)
    sentence = first_sentence(text)
    if _came_before_rows(error):
        message = sentence
    elif _knows_no_rows(error):
        message = without_quoted(sentence)
    else:
        message = without_values(sentence, sql, _names(tables))
    shown = sentence if sentence != message else None
    return Failure(_class_of(error, text), message, line, column, frame_at(sql, line, column), shown)


def _engine_of(error: BaseException) -> str:
    """Sail is the only engine that uses Spark Connect."""
    if type(error).__module__.endswith(".connect"):
        return "sail"
    return "spark 3.5" if import_module("pyspark").__version__.startswith("3.") else "spark 4"


def _came_before_rows(error: BaseException) -> bool:
    """True for Spark's errors before it runs a query: they contain no row's value."""
    kind = type(error)
    return kind.__module__.endswith(".captured") and kind.__name__ in ("AnalysisException", "ParseException")


def _knows_no_rows(error: BaseException) -> bool:
    """True for errors of file systems and S3; those of Arrow and of engines may contain values of rows."""
    return isinstance(error, OSError) or type(error).__module__.startswith(("botocore", "boto3", "urllib3"))


def _explained_failure(explained: Explained, kind: str, text: str, sql: str) -> Failure:
    """An error in the user's names, at the engine's position if it gives one."""
    line, column = _place_in(text, sql)
    if explained.offset is not None and (
        explained.is_here or line is None or column is None or _is_whole(line, column, sql)
    ):
        line, column = position_of(explained.offset, sql)
    return Failure(kind, explained.message, line, column, frame_at(sql, line, column), explained.shown)


def _is_whole(line: int, column: int, sql: str) -> bool:
    """True if an engine's position is a whole SELECT: the position of a part is more precise."""
    return re.match(r"(?i)SELECT\b|WITH\b", sql.splitlines()[line - 1][column - 1 :]) is not None


def _java_failure(text: str, sql: str, tables: Tables) -> Failure:
    """For the JVM's whole text, which PySpark passes on. Only a file system's error is kept; other causes may contain values
    of rows."""
    causes = re.findall(r"(?:Caused by: |: |^)((?:[a-z]\w*\.)+[A-Z]\w*)(?:: ([^\n]*))?", text)
    # Spark 4 wraps the cause in an exception of its Utils.
    kind, message = next((each for each in reversed(causes) if not each[0].endswith(".Utils")), ("unknown", ""))
    explained = explain(message, sql, tables) or explain(kind.rpartition(".")[2], sql, tables)
    if explained is not None:
        return _explained_failure(explained, explained.kind, text, sql)
    of_files = kind in ("java.io.IOException", "java.io.FileNotFoundException", "java.io.EOFException")
    shown = f"the engine failed: {first_sentence(message)}" if message else None
    sentence = shown if of_files and shown else "the engine failed; its message may contain values, so it is not stored"
    return Failure(kind.rpartition(".")[2], sentence, shown=shown)


def is_bug(error: BaseException) -> bool:
    """True for errors in the job's own code: only for these is a stack trace useful."""
    return isinstance(error, (TypeError, AttributeError, KeyError, IndexError, NameError, AssertionError))


def _text_of(error: BaseException) -> str:
    """PySpark's exceptions have the description apart from the JVM's stack."""
    for name in ("_desc", "desc", "_message"):
        value = getattr(error, name, None)
        if isinstance(value, str) and value.strip():
            return value
    return str(error) or type(error).__name__


def _class_of(error: BaseException, text: str, known: str | None = None) -> str:
    """Spark's error class (`UNRESOLVED_COLUMN.WITH_SUGGESTION`), else the known one, else the exception's type."""
    match = re.match(r"\s*\[([A-Z][A-Z0-9_.]+)\]", text)
    return match.group(1) if match and known != "ENGINE_CANNOT" else known or type(error).__name__


def _names(tables: Tables) -> list[str]:
    return [name for table, columns in tables.items() for name in (table, *columns)]


def _place_in(text: str, sql: str) -> tuple[int | None, int | None]:
    """Spark writes `line 2 pos 7` (from 0) or `== SQL (line 2, position 8) ==` (from 1); Sail an offset, in syntax errors only."""
    match = re.search(r"== SQL(?: of \w+)? ?\(line (\d+), position (\d+)\)", text)
    if match:
        return _inside(int(match.group(1)), int(match.group(2)), sql)
    match = re.search(r"\(line (\d+), pos (\d+)\)|line (\d+),? pos(?:ition)? (\d+)", text)
    if match:
        line, position = (int(each) for each in match.groups() if each is not None)
        return _inside(line, position + 1, sql)
    match = re.search(r"\bfound (.{1,80}?) at (\d+):\d+ expected", text, re.DOTALL)
    if match and sql.startswith(
        match[1], int(match[2])
    ):  # of the SQL, not of a text in it; Sail counts characters from the start
        return position_of(int(match[2]), sql)
    return None, None


def position_of(offset: int | None, sql: str) -> tuple[int | None, int | None]:
    """Line and column, from 1, of an offset in the SQL."""
    if offset is None:
        return None, None
    before = sql[:offset]
    return _inside(before.count("\n") + 1, len(before) - before.rfind("\n"), sql)


def offset_of(line: int | None, column: int | None, sql: str) -> int | None:
    """The offset in the SQL of a line and column."""
    if line is None or column is None:
        return None
    return sum(len(each) for each in sql.splitlines(keepends=True)[: line - 1]) + column - 1


def _inside(line: int, column: int, sql: str) -> tuple[int | None, int | None]:
    return (line, column) if 1 <= line <= len(sql.splitlines()) else (None, None)


def frame_at(sql: str, line: int | None, column: int | None) -> str | None:
    """The line of the SQL with a caret below the column."""
    if line is None or column is None:
        return None
    text = sql.splitlines()[line - 1]
    return f"{text}\n{' ' * (column - 1)}^"
