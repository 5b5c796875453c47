"""Values that Sail computes otherwise than Spark and that nothing here sets right: found in its plan, said by the run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from strata_glue.sail_plan import COLUMN, casts, definitions, is_float, sections

_DIVISION = re.compile(
    r" / (?P<cast>CAST\()?CASE WHEN (?:(?! THEN ).)*? THEN CAST\(raise_error\(Utf8\(\"Division by zero\"\)\) AS (?P<type>\w+)"
    r"(?:(?!Division by zero).)*? END(?P<as> AS Decimal128)?"
)
_ARITHMETIC = re.compile(r" [*/%+-] ")
_NO_NUMBER = re.compile(r" (?:[<>]=?|!?=|AND|OR|IS|IN|LIKE|BETWEEN) ")


def differences(frame: Any, plans: str) -> list[str]:
    """A warning for each kind of value of a query's result in which Sail differs from Spark without an error.

    `plans`: text of Sail's plans of it.
    """
    parsed, analyzed = sections(plans)
    return [*_divisions(analyzed), *_wide_decimals(frame, analyzed, plans), *_texts(parsed, analyzed, plans)]


def _divisions(analyzed: str) -> Iterator[str]:
    for match in _DIVISION.finditer(analyzed):
        if match["type"] == "Decimal128" and not match["cast"] or match["as"]:
            yield (
                "a DECIMAL is divided: Sail cuts the result to four digits after the point more than the dividend has, "
                "Spark keeps more (13 for two of DECIMAL(10,2)), so digits and type differ; write CAST(a AS DOUBLE) / b, or "
                "run with --engine spark"
            )
            return


def _wide_decimals(frame: Any, analyzed: str, plans: str) -> Iterator[str]:
    types = re.findall(r"(#\d+): (?:Decimal128\(38, (\d+)\))?", analyzed.lstrip("\n").partition("\n")[0])
    for index, (column, scale) in enumerate(types):
        if scale not in ("", "0") and _is_computed(column, plans):
            yield (
                f"column `{frame.columns[index]}` is computed, and DECIMAL(38,{scale}) on Sail: where a result needs more "
                "than 38 digits, Spark has fewer after the point; cast what goes in so that it fits, for example to "
                "DECIMAL(18,6), or run with --engine spark"
            )


def _is_computed(column: str, plans: str, seen: frozenset[str] = frozenset()) -> bool:
    """True if arithmetic gives the column its type: a cast around it gives it another."""
    for defined in definitions(column, plans):
        uncast = _without_casts(defined)
        if _ARITHMETIC.search(uncast):
            return True
        inner = set(COLUMN.findall(uncast)) - seen - {column}
        if any(_is_computed(each, plans, seen | {column}) for each in inner):
            return True
    return False


def _without_casts(expression: str) -> str:
    """Without what stands inside a `CAST(… AS …)` that is the whole expression."""
    depth = 0
    for index, character in enumerate(expression):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth == 0 and character == ")":
            is_whole = expression.startswith("CAST(") and re.fullmatch(r"(?: AS \S+)*", expression[index + 1 :])
            return "" if is_whole else expression
    return expression


def _texts(parsed: str, analyzed: str, plans: str) -> Iterator[str]:
    for expression, target in [*casts(parsed), *casts(analyzed)]:
        if target == "Utf8" and not _NO_NUMBER.search(expression) and is_float(expression, target, plans):
            yield (
                "a DOUBLE or FLOAT becomes text: Sail writes 10000000.0, 0.00001 and inf where Spark writes 1.0E7, 1.0E-5 and "
                "Infinity (from 10000000 on, below 0.001); write format_number(x, 2) or CAST(CAST(x AS DECIMAL(18,2)) AS "
                "STRING), or run with --engine spark"
            )
            return
