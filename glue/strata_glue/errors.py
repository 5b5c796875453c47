"""Failures as values: what an engine or a store says, boiled down to what a person needs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

LONGEST_MESSAGE = 2000
"""Characters of a message that travel in an event line; the rest is in the job's log."""


class JobInputError(Exception):
    """The job's arguments cannot be used; nothing has been run. The message is one line with the remedy."""


class DatasetError(Exception):
    """A dataset cannot be built, for a reason of ours. `kind` names it in events, for example `SOURCE_MISSING`."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


@dataclass(frozen=True)
class Failure:
    """What went wrong with one dataset. `line` and `column` count from 1 in its SQL; None where the engine gives no place."""

    kind: str
    message: str
    line: int | None = None
    column: int | None = None
    frame: str | None = None

    def as_event(self) -> dict[str, Any]:
        """The `error` of a `dataset_finished` event: `class` and `message`, and what else is known."""
        event: dict[str, Any] = {"class": self.kind, "message": self.message}
        known = {"line": self.line, "column": self.column, "frame": self.frame}
        return {**event, **{key: value for key, value in known.items() if value is not None}}


def failure_of(error: BaseException, sql: str) -> Failure:
    """Makes a failure of any exception that a dataset's work raised."""
    if isinstance(error, DatasetError):
        return Failure(error.kind, str(error))
    text = _text_of(error)
    if type(error).__name__ == "Py4JJavaError":
        return _java_failure(text)
    line, column = _place_in(text, sql)
    return Failure(
        _class_of(error, text), _without_values(_headline(text), sql), line, column, _frame(sql, line, column)
    )


def _java_failure(text: str) -> Failure:
    """What PySpark hands on as it is: the JVM's whole text. Only what a file system says is told of it; other causes may
    hold values of rows, and are named by their class."""
    causes = re.findall(r"(?:Caused by: |: |^)((?:[a-z]\w*\.)+[A-Z]\w*)(?:: ([^\n]*))?", text)
    kind, message = causes[-1] if causes else ("unknown", "")
    told = " ".join(message.split())[:LONGEST_MESSAGE] if kind.startswith("java.io.") and message else kind
    return Failure(kind.rpartition(".")[2], f"the engine failed: {told}")


def is_bug(error: BaseException) -> bool:
    """True for what neither the user nor an engine or store explains: only then a stack trace helps anyone."""
    return isinstance(error, (TypeError, AttributeError, KeyError, IndexError, NameError, AssertionError))


def _text_of(error: BaseException) -> str:
    """PySpark's exceptions keep the description apart from the JVM's stack; others are their own text."""
    for name in ("_desc", "desc", "_message"):
        value = getattr(error, name, None)
        if isinstance(value, str) and value.strip():
            return value
    return str(error) or type(error).__name__


def _class_of(error: BaseException, text: str) -> str:
    """Spark's error class (`UNRESOLVED_COLUMN.WITH_SUGGESTION`), else the exception's type."""
    match = re.match(r"\s*\[([A-Z][A-Z0-9_.]+)\]", text)
    return match.group(1) if match else type(error).__name__


def _headline(text: str) -> str:
    """The first paragraph: no stack trace, no logical plan, no class prefix, no SQLSTATE."""
    text = re.sub(r"^\s*\[[A-Z][A-Z0-9_.]+\]\s*", "", text)
    for end in ("\nJVM stacktrace", "\n\tat ", "\n== SQL", ";\n'", ";\n", "\n\n"):
        text = text.split(end)[0]
    text = re.sub(r"\s*SQLSTATE: \w{5}", "", text)
    text = re.sub(r";?\s*\(?line \d+, pos(?:ition)? \d+\)?", "", text)
    return " ".join(text.split())[:LONGEST_MESSAGE] or "no reason given"


def _without_values(message: str, sql: str) -> str:
    """Values of rows are nobody's business in a log. What an engine puts in quotes and the SQL does not have came from the
    data, up to the last quote: a value may hold quotes itself. The other places are those where Spark 4.1, Spark 3.5 and
    Sail 0.7 put values without quotes; whoever raises errors in SQL may put anything into them."""
    if _RAISES.search(sql):
        return "the query failed, or raised an error of its own, whose text may hold values and so is not shown"
    quoted = [each for each in re.findall(r"'([^']*)'", message) if each not in sql and not _FUNCTION.fullmatch(each)]
    if quoted:
        message = re.sub(r"'.*'", "'…'", message)
    for pattern in _BARE_VALUES:
        message = pattern.sub("…", message)
    return message


_RAISES = re.compile(r"\b(raise_error|assert_true)\s*\(", re.IGNORECASE)
_FUNCTION = re.compile(r"try_[a-z_]+")
"""What Spark recommends: `Use 'try_multiply' to tolerate overflow`."""

_BARE_VALUES = tuple(
    re.compile(each)
    for each in (
        r"(?<=\b[Vv]alue )(?!'|of )\S+(?= of the type| to type)",
        r"^\S+(?= cannot be represented)",
        r"(?<=The index )\S+",
        r"\S+(?= is too large)",
        r"(?<=Unable to represent )\S+",
        r"(?<=invalid timestamp: ).+",
        r"(?<=invalid date: ).+",
        r"(?<=is invalid: )[^'].*?(?=\. Use `|$)",
        r"(?<=The input \"STRING\" ).+(?= does not match)",
        r"(?<=year )\d+(?= is out of range)",
    )
)


def _place_in(text: str, sql: str) -> tuple[int | None, int | None]:
    """Spark writes `line 2 pos 7` (from 0) or `== SQL (line 2, position 8) ==` (from 1); Sail an offset, in syntax errors only."""
    match = re.search(r"== SQL(?: of \w+)? ?\(line (\d+), position (\d+)\)", text)
    if match:
        return _inside(int(match.group(1)), int(match.group(2)), sql)
    match = re.search(r"\(line (\d+), pos (\d+)\)|line (\d+),? pos(?:ition)? (\d+)", text)
    if match:
        line, position = (int(each) for each in match.groups() if each is not None)
        return _inside(line, position + 1, sql)
    match = re.search(r"\bfound .{0,80} at (\d+):\d+ expected", text, re.DOTALL)
    if match:  # Sail counts characters from the start
        before = sql[: int(match.group(1))]
        return _inside(before.count("\n") + 1, len(before) - before.rfind("\n"), sql)
    return None, None


def _inside(line: int, column: int, sql: str) -> tuple[int | None, int | None]:
    return (line, column) if 1 <= line <= len(sql.splitlines()) else (None, None)


def _frame(sql: str, line: int | None, column: int | None) -> str | None:
    """The line of the SQL with a caret below the column."""
    if line is None or column is None:
        return None
    text = sql.splitlines()[line - 1]
    return f"{text}\n{' ' * (column - 1)}^"
