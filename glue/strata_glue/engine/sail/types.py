"""DOUBLE combined with DECIMAL on Sail: found in Sail's plan, corrected if the decimal is a literal, else refused.

Spark casts both to DOUBLE if a floating-point number meets a DECIMAL (`x > 0.1`), or a FLOAT an integer. Sail 0.7 casts both
to DECIMAL(30,15) or FLOAT: `x > 0.0` is false for 1e-20, and fails for 1e20 and NaN. Its analyzed plan shows each such cast.
A literal that meets a floating-point number gets a `D`, which makes it a DOUBLE on every engine; other combinations are
refused, with the change to make.

Spark casts a string that meets a DECIMAL literal to DOUBLE, Sail to a DECIMAL of the literal's digits ('0.53' > 0.5 is
false): the literal gets a `D`, too. An integer in arithmetic with a DECIMAL has its own digits on Spark (`a * 100`: 3), and
ten on Sail: it gets a `BD`, which makes it a DECIMAL of its own digits.
"""

from __future__ import annotations

import re
import struct
from contextlib import suppress
from typing import TYPE_CHECKING

from strata_glue.engine.sail.functions import differing_calls, with_right_calls
from strata_glue.engine.sail.operands import with_right_operands
from strata_glue.engine.sail.overflow import with_checks
from strata_glue.engine.sail.plan import (
    COLUMN,
    DECIMAL,
    Analyze,
    Line,
    casts,
    casts_of_engine,
    column_name,
    is_float,
    sections,
)
from strata_glue.engine.sail.query_types import QueryTypes
from strata_glue.engine.sail.warnings import date_differences, differences, joined_intervals, texts_beside_numbers
from strata_glue.engine.sql.words import Token, replaced, tokens_of
from strata_glue.errors import DatasetError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_FIRST_TAG = 1_900_000_000
"""Integers from here on replace literals in a trial; no SQL has them all."""
_MOST_TRIALS = 200

_PLAIN = re.compile(r"(?:\d+\.\d*|\.\d+|\d+)(?:BD)?", re.IGNORECASE)
"""A number without a type's letter, or a DECIMAL."""
_INT = r"CAST\((?:Int32|Int64)\(-?\d+\) AS Decimal128\(\d+, 0\)\)"
_WHOLE = re.compile(
    rf" [*/%+-] {_INT}|{_INT} [*/%+-] | [/%] CAST\(CASE WHEN [^\n]{{0,500}}? ELSE Int(?:32|64)\(-?\d+\) END AS Decimal128\("
)
"""A literal that the engine cast to a DECIMAL of ten or twenty digits to compute with it."""
_COMPARE = r" (?:<=|>=|!=|<>|=|<|>|IS DISTINCT FROM|IS NOT DISTINCT FROM) "
_LITERAL = re.compile(
    rf"AS Decimal128\((\d+), (\d+)\)\)(?:{_COMPARE}| (?:NOT )?IN \(\[[^\n]*?)Decimal128\([-.\d]+,\1,\2\)"
    rf"|Decimal128\([-.\d]+,(\d+),(\d+)\){_COMPARE}CAST\([^\n]{{0,500}}? AS Decimal128\(\3, \4\)\)"
)
"""Something that the engine cast to a literal's own DECIMAL to compare both, as it does with strings."""


def with_right_types(sql: str, analyze: Analyze, warnings: list[str] | None, types: QueryTypes) -> DataFrame:
    """The DataFrame of a query in which floating-point numbers are compared and combined as on Spark.

    `types`: of the author's SQL, which names the result's columns. Silent differences that are not corrected are added to
    `warnings`. Raises `DatasetError` if the SQL must change.
    """
    of_calls = differing_calls(types, analyze)
    right = with_right_operands(with_right_calls(sql), analyze, types)
    frame, plans = analyze(right)
    if _suspicious(plans):
        right, frame, plans = _cured_frame(right, analyze)
    if warnings is not None:
        warnings += [
            *of_calls,
            *differences(frame, plans),
            *date_differences(types, analyze),
            *joined_intervals(types),
            *texts_beside_numbers(types),
        ]
    checked, unchecked = with_checks(right, types, analyze)
    if warnings is not None:
        warnings += unchecked
    if checked is None and right == types.sql:
        return frame
    return _named(frame if checked is None else checked, types.sql, analyze)


def _named(frame: DataFrame, sql: str, analyze: Analyze) -> DataFrame:
    """The DataFrame with the names that its columns have without rewritten calls: `nvl(a, b)`, not `coalesce(a, b)`."""
    if all(name.isidentifier() for name in frame.columns):
        return frame
    with suppress(Exception):  # Sail may know the rewritten call only
        return frame.toDF(*analyze(sql)[0].columns)
    return frame


def _cured_frame(sql: str, analyze: Analyze) -> tuple[str, DataFrame, str]:
    cured = _cured(sql, analyze, whole=False)
    frame, plans = analyze(cured)
    if any(target == "Float32" for _, target, _ in casts_of_engine(plans)) or _WHOLE.search(sections(plans)[1]):
        cured = _cured(cured, analyze, whole=True)
        frame, plans = analyze(cured)
    for expression, target, line in casts_of_engine(plans):
        if _is_fault(expression, target, line):
            raise _refusal(expression, target, line)
    return cured, frame, plans


def _suspicious(plans: str) -> bool:
    """True if the engine casts anything to FLOAT, a DECIMAL to DOUBLE, or to a DECIMAL as it does with a DOUBLE; an integer
    to a DECIMAL, to compute with it; or anything to the DECIMAL of a literal, to compare both."""
    analyzed = sections(plans)[1]
    return bool(_WHOLE.search(analyzed) or _LITERAL.search(analyzed)) or any(
        (target == "Float32" and expression != "NULL")
        or _scale(target) >= 7
        or (target == "Float64" and "Decimal" in expression)
        for expression, target, _ in casts_of_engine(plans)
    )


def _cured(sql: str, analyze: Analyze, whole: bool) -> str:
    """The SQL with a `D` after each literal that meets a floating-point number or a string. `whole`: for integers, those that
    meet FLOATs, and a `BD` after those in arithmetic with a DECIMAL."""
    numbers = [
        each
        for each in tokens_of(sql)
        if each.kind == "number" and _PLAIN.fullmatch(each.text) and each.text.isdigit() is whole
    ]
    meets = "Float32" if whole else "Float(?:32|64)"
    trials = [numbers] if not whole else []
    found: set[int] = set()
    decimal: set[int] = set()
    while trials:
        trial = trials.pop()
        try:
            plan = sections(analyze(_tagged(sql, trial))[1])[1]
        except Exception:  # a place that takes no whole number: each by itself
            trials.extend([each] for each in trial if len(trial) > 1)
            continue
        found.update(each.start for each in trial if _meets(each, plan, meets) or _meets_text(each, plan))
        if not whole:
            found -= _divided_only(
                sql, [each for each in trial if each.start in found and _is_divided(each, plan)], analyze
            )
    for each in numbers[:_MOST_TRIALS] if whole else []:
        try:
            plan = sections(analyze(_tagged(sql, [each]))[1])[1]
        except Exception:  # LIMIT, a column's place, a number of digits
            continue
        if _meets(each, plan, meets):
            found.add(each.start)
        elif _meets_decimal(each, plan):
            decimal.add(each.start)
    changed = [each for each in numbers if each.start in found | decimal]
    return replaced(sql, changed, lambda each: f"{each.text}BD" if each.start in decimal else _double(each.text))


def _divided_only(sql: str, numbers: list[Token], analyze: Analyze) -> set[int]:
    """The literals that do not meet a floating-point number. Two integers are divided as DOUBLEs, so that an integer in place of
    a literal seems to meet one (`id / 0.3`); a DECIMAL in its place shows what the literal really meets."""
    if not numbers:
        return set()
    plan = sections(analyze(_tagged(sql, numbers, "BD"))[1])[1]
    return {each.start for each in numbers if not _meets_as_decimal(each, plan)}


def _meets_as_decimal(number: Token, plan: str) -> bool:
    """True if the plan casts the DECIMAL in place of a literal, alone or as a divisor, as it does with a FLOAT."""
    tag = rf"(?:negative\()?Decimal128\(-?{_FIRST_TAG + number.start},10,0\)\)?"
    alone = re.compile(rf"{tag}|CASE WHEN (?:(?!CASE WHEN).)* ELSE {tag} END")
    return any(
        (target.startswith("Float") or target in ("Decimal128(30, 15)", "Decimal128(14, 7)"))
        and alone.fullmatch(expression)
        for expression, target in casts(plan)
    )


def _is_divided(number: Token, plan: str) -> bool:
    tag = rf"(?:negative\()?Int32\(-?{_FIRST_TAG + number.start}\)\)?"
    return re.search(rf"ELSE {tag} END AS Float64\)|CAST\({tag} AS Float64\) / ", plan) is not None


def _tagged(sql: str, numbers: list[Token], suffix: str = "") -> str:
    return replaced(sql, numbers, lambda each: f"{_FIRST_TAG + each.start}{suffix}")


def _meets(number: Token, plan: str, kind: str) -> bool:
    """True if the plan casts the integer in place of a literal, alone, to a floating-point number."""
    tag = rf"(?:negative\()?Int32\(-?{_FIRST_TAG + number.start}\)\)?"
    return re.search(rf"(?:CAST\({tag}|ELSE {tag} END) AS {kind}\)", plan) is not None


def _meets_text(number: Token, plan: str) -> bool:
    """True if the plan casts what the integer is compared with to INT: a string (or a SMALLINT, which loses nothing)."""
    tag = rf"Int32\(-?{_FIRST_TAG + number.start}\)"
    cast = r"AS Int32\)"
    return (
        re.search(rf"{cast}{_COMPARE}{tag}|{cast} (?:NOT )?IN \(\[[^\]\n]*{tag}", plan) is not None
        or re.search(rf"{tag}{_COMPARE}CAST\([^\n]{{0,500}}? AS Int32\)", plan) is not None
    )


def _meets_decimal(number: Token, plan: str) -> bool:
    """True if the plan casts the integer to DECIMAL to compute with it."""
    tag = rf"Int32\(-?{_FIRST_TAG + number.start}\)"
    cast = rf"CAST\({tag} AS Decimal128\(10, 0\)\)"
    return re.search(rf" [*/%+-] {cast}|{cast} [*/%+-] |ELSE {tag} END AS Decimal128\(10, 0\)", plan) is not None


def _double(number: str) -> str:
    return f"{number.upper().removesuffix('BD')}D"


def _scale(target: str) -> int:
    match = DECIMAL.fullmatch(target)
    return int(match[1]) if match else -1


def _is_fault(expression: str, target: str, line: Line) -> bool:
    if target == "Float32":
        known = expression == "NULL" or _is_exact(expression) or is_float(expression, target, line)
        return not known and not re.search(r"\bInt(?:8|16)\b", expression)
    return _scale(target) >= 7 and is_float(expression, target, line)


def _is_exact(expression: str) -> bool:
    """True for a string literal whose number is the same as FLOAT and as DOUBLE: `'NaN'`, `'0.5'`."""
    text = re.fullmatch(r'Utf8\("([^"]*)"\)', expression)
    try:
        number = float(text[1]) if text else None
        return number is not None and (number != number or struct.unpack("f", struct.pack("f", number)) == (number,))
    except (ValueError, OverflowError):
        return False


def _refusal(expression: str, target: str, line: Line) -> DatasetError:
    names = {column: column_name(column, line) for column in COLUMN.findall(expression)}
    shown = re.sub(r"(?:[\w?`]+\.)?(#\d+)", lambda match: names.get(match[1], match[1]), expression)
    what = f"`{shown}`" if len(shown) < 80 and "(" not in shown else "a floating-point number"
    if target == "Float32":
        problem = "a FLOAT meets a whole number, a DECIMAL or a text, which Sail computes as FLOAT and Spark as DOUBLE"
        remedy = "cast the FLOAT: CAST(… AS DOUBLE)"
    else:
        problem = f"{what} meets a DECIMAL, and Sail would round it to {_decimal_name(target)}; Spark makes both DOUBLE"
        remedy = "cast the DECIMAL: CAST(… AS DOUBLE), or write a literal as 0.3D"
    return DatasetError("ENGINE_CANNOT", f"{problem}: {remedy}; or run with --engine spark")


def _decimal_name(target: str) -> str:
    return target.replace("Decimal128", "DECIMAL").replace(", ", ",")
