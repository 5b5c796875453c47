"""Warnings of values that Sail computes otherwise than Spark and that are not corrected, found in its plan."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from strata_glue.engine.explain.words import type_name
from strata_glue.engine.sail.plan import (
    Analyze,
    Line,
    casts,
    casts_of_engine,
    closed_cast,
    columns_of,
    is_float,
    items_of,
    lines_of,
    sections,
    value_of,
)
from strata_glue.engine.sail.query_types import QueryTypes
from strata_glue.engine.sail.typeof import types_of
from strata_glue.engine.spark.coercion import common
from strata_glue.engine.spark.type_names import is_number

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_DIVISION = re.compile(
    r" / (?P<cast>CAST\()?CASE WHEN (?:(?! THEN ).)*? THEN CAST\(raise_error\(Utf8\(\"Division by zero\"\)\) AS (?P<type>\w+)"
    r"(?:(?!Division by zero).)*? END(?P<as> AS Decimal128)?"
)
_ARITHMETIC = re.compile(r" [*/%+-] ")
_NO_NUMBER = re.compile(r" (?:[<>]=?|!?=|AND|OR|IS|IN|LIKE|BETWEEN) ")


def differences(frame: DataFrame, plans: str) -> list[str]:
    """A warning for each kind of value of a query's result in which Sail silently differs from Spark.

    `plans`: text of Sail's plans of it.
    """
    analyzed = sections(plans)[1]
    lines = lines_of(analyzed)
    return [
        *_divisions(analyzed),
        *_wide_decimals(frame, analyzed, lines[0]),
        *_texts(lines),
        *_mixed(plans, analyzed),
    ]


def _divisions(analyzed: str) -> Iterator[str]:
    for match in _DIVISION.finditer(analyzed):
        if match["type"] == "Decimal128" and not match["cast"] or match["as"]:
            yield (
                "a DECIMAL is divided: Sail cuts the result to four digits after the point more than the dividend has, "
                "Spark keeps more (13 for two of DECIMAL(10,2)), so digits and type differ; write CAST(a AS DOUBLE) / b, or "
                "run with --engine spark"
            )
            return


def _wide_decimals(frame: DataFrame, analyzed: str, result: Line) -> Iterator[str]:
    types = re.findall(r"(#\d+): (?:Decimal128\(38, (\d+)\))?", analyzed.lstrip("\n").partition("\n")[0])
    for index, (column, scale) in enumerate(types):
        if scale not in ("", "0") and _is_computed(column, result):
            yield (
                f"column `{frame.columns[index]}` is computed, and DECIMAL(38,{scale}) on Sail: where a result needs more "
                "than 38 digits, Spark has fewer after the point; cast what goes in so that it fits, for example to "
                "DECIMAL(18,6), or run with --engine spark"
            )


def _is_computed(column: str, result: Line) -> bool:
    """True if the column's type is that of arithmetic, without a cast around it."""
    waiting, seen = [(column, result)], set()
    while waiting:
        used, at = waiting.pop()
        if (used, id(at)) in seen:
            continue
        seen.add((used, id(at)))
        for defined, line in at.definitions(used):
            if closed_cast(defined):
                continue
            if _ARITHMETIC.search(defined):
                return True
            waiting += [(each, line) for each in columns_of(defined)]
    return False


def _texts(lines: list[Line]) -> Iterator[str]:
    for line in lines:
        asked = [expression for expression, target in casts(line.text) if target == "Utf8"]
        parts = [part for match in _JOINING.finditer(line.text) for part in items_of(line.text[match.end() :])]
        joined = [part for part in parts if not _CALL.search(part)]
        if any(not _NO_NUMBER.search(value_of(each)) and is_float(each, "Utf8", line) for each in [*asked, *joined]):
            yield (
                "a DOUBLE or FLOAT becomes text: Sail writes 10000000.0, 0.00001 and inf where Spark writes 1.0E7, 1.0E-5 and "
                "Infinity (from 10000000 on, below 0.001); write format_number(x, 2) or CAST(CAST(x AS DECIMAL(18,2)) AS "
                "STRING), or run with --engine spark"
            )
            return


_JOINING = re.compile(r"\b(?:spark_concat|array_to_string)\(")
"""What `concat` and `||` concatenate, and an array that becomes a string."""
_CALL = re.compile(
    r"\b(?!(?:sum|avg|min|max|abs|round|sqrt|coalesce|negative|spark_array)\()[a-z]\w*\(|^CAST\(.* AS Utf8\)$"
)
"""A computation whose type may differ from that of its arguments."""


def _mixed(plans: str, analyzed: str) -> Iterator[str]:
    for expression, target, _ in casts_of_engine(plans):
        if target != "Utf8" or expression == "NULL" or expression.startswith("raise_error("):
            continue
        place = analyzed.find(f"CAST({expression} AS Utf8)")
        if place >= 0 and re.search(r"(?: THEN | ELSE |\bspark_array\([^()\n]*)$", analyzed[:place][-200:]):
            yield (
                "a number or a time is in one CASE, if or array with a text: Sail makes it a text, Spark makes the text a "
                "number or a time; write CAST(x AS STRING), or run with --engine spark"
            )
            return


def date_differences(types: QueryTypes, analyze: Analyze) -> Iterator[str]:
    """A warning if one DATE is subtracted from another."""
    minus = [node.parts for node in types.nodes if node.kind == "binary" and node.name == "-"]
    pairs = [parts for parts in minus if all(part.type in ("", "date") for part in parts)]
    asked = types_of(types.sql, [part.span for parts in pairs for part in parts if not part.type], analyze)
    if any(all((part.type or asked[part.span]) == "date" for part in parts) for parts in pairs):
        yield (
            "a DATE is subtracted from a DATE: Sail gives days as a BIGINT, Spark an interval, which is written in "
            "microseconds; write datediff(a, b), or run with --engine spark"
        )


def joined_intervals(types: QueryTypes) -> Iterator[str]:
    """A warning if an INTERVAL is concatenated with a string."""
    joined = [node for node in types.nodes if node.kind == "binary" and node.name == "||"]
    if any(part.type.startswith("interval") for node in joined for part in node.parts):
        yield (
            "an INTERVAL is joined to a text: Sail writes `1 days 0 hours 0 mins`, Spark `INTERVAL '1' DAY`; run with "
            "--engine spark"
        )


def texts_beside_numbers(types: QueryTypes) -> Iterator[str]:
    """A warning if `coalesce` has a number and a string: its type is the number's on Sail, BIGINT or DOUBLE on Spark."""
    for node in types.nodes:
        names = [part.type for part in node.parts] if node.kind == "call" and node.name in _FIRST_OF else []
        others = [name for name in names if name != "string"]
        if not is_number(common(others) or "") or len(others) == len(names):
            continue
        ours, right = common(others), common(names)
        if ours != right:
            yield (
                f"`{node.name}` has a number and a text: its type is {type_name(f'{ours}')} on Sail, {type_name(f'{right}')} on "
                f"Spark; write the text as a number, or CAST(… AS {type_name(f'{right}')}) around both, or run with --engine spark"
            )
            return


_FIRST_OF = frozenset(("coalesce", "nvl", "ifnull"))
