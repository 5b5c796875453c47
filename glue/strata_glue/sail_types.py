"""Doubles beside decimals on Sail: found in Sail's own plan, cured where a literal is the decimal, else refused.

Spark makes a DOUBLE of both where a floating-point number meets a DECIMAL (`x > 0.1`), and of both where a FLOAT meets a
whole number. Sail 0.7 makes a DECIMAL(30,15) or a FLOAT of both: `x > 0.0` is false for 1e-20, and fails for 1e20 and NaN.
Its analyzed plan shows each such cast. A literal that meets a floating-point number gets a `D`, which makes it a DOUBLE
on every engine; what meets in other ways is refused, with the change to make.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from strata_glue.errors import DatasetError

Analyze = Callable[[str], tuple[Any, str]]
"""SQL → its DataFrame and the text of its plans. Raises what the engine raises."""

_FIRST_TAG = 1_900_000_000
"""Whole numbers from here on stand for literals in a trial; no SQL has them all."""
_MOST_TRIALS = 200

_TOKEN = re.compile(
    r"--[^\n]*|/\*.*?\*/|`(?:[^`]|``)*`|[rR]'[^']*'|[rR]\"[^\"]*\"|'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\""
    r"|(?P<number>(?<![\w.])(?:\d+\.\d*|\.\d+|\d+)(?![\w.])|(?<![\w.])(?:\d+\.\d*|\.\d+|\d+)BD\b)|[\w.]+|.",
    re.DOTALL | re.IGNORECASE,
)
_NVL = re.compile(
    f"({_TOKEN.pattern.rpartition('|[')[0]})".replace("?P<number>", "?:") + r"|\b(nvl|ifnull)(?=\s*\()",
    re.DOTALL | re.IGNORECASE,
)
"""`nvl`, which Sail makes a DOUBLE of where decimals meet; `coalesce` is the same on Spark, and right on both."""
_DECIMAL = re.compile(r"Decimal\d+\(\d+, (\d+)\)")
_FLOAT = re.compile(r"\bFloat(?:32|64)\(|AS Float(?:32|64)\)|\b(?:rand|randn|random|pi|e|cume_dist|percent_rank)\(")
_COLUMN = re.compile(r"#\d+")


def with_right_types(sql: str, analyze: Analyze) -> Any:
    """The DataFrame of a query, in which floating-point numbers are compared and combined as on Spark.

    Raises `DatasetError` where that takes a change of the SQL.
    """
    sql = _NVL.sub(lambda match: f"{match[1] or ''}{'coalesce' if match[2] else ''}", sql)
    frame, plans = analyze(sql)
    if not _suspicious(plans):
        return frame
    cured = _cured(sql, analyze, whole=False)
    frame, plans = analyze(cured)
    if any(target == "Float32" for _, target in _casts_of_engine(plans)):
        cured = _cured(cured, analyze, whole=True)
        frame, plans = analyze(cured)
    for expression, target in _casts_of_engine(plans):
        if _is_fault(expression, target, plans):
            raise _refusal(expression, target, plans)
    return frame


def _suspicious(plans: str) -> bool:
    """True if the engine casts anything to FLOAT, a DECIMAL to DOUBLE, or to such a DECIMAL as it makes of a DOUBLE."""
    return any(
        target == "Float32" or _scale(target) >= 7 or (target == "Float64" and "Decimal" in expression)
        for expression, target in _casts_of_engine(plans)
    )


def _cured(sql: str, analyze: Analyze, whole: bool) -> str:
    """The SQL with a `D` after each literal that meets a floating-point number. `whole`: of whole numbers, and FLOATs only."""
    numbers = [match for match in _TOKEN.finditer(sql) if match["number"] and match["number"].isdigit() is whole]
    meets = "Float32" if whole else "Float(?:32|64)"
    trials = [numbers] if not whole else []
    found: set[int] = set()
    while trials:
        trial = trials.pop()
        try:
            plan = _sections(analyze(_tagged(sql, trial))[1])[1]
        except Exception:  # a place that takes no whole number: each by itself
            trials.extend([each] for each in trial if len(trial) > 1)
            continue
        found.update(each.start() for each in trial if _meets(each, plan, meets))
    for each in numbers[:_MOST_TRIALS] if whole else []:
        try:
            plan = _sections(analyze(_tagged(sql, [each]))[1])[1]
        except Exception:  # LIMIT, a column's place, a number of digits
            continue
        if _meets(each, plan, meets):
            found.add(each.start())
    return _replaced(sql, [each for each in numbers if each.start() in found], lambda each: _double(each["number"]))


def _tagged(sql: str, numbers: list[re.Match[str]]) -> str:
    return _replaced(sql, numbers, lambda each: str(_FIRST_TAG + each.start()))


def _meets(number: re.Match[str], plan: str, kind: str) -> bool:
    """True if the plan casts the whole number that stands for a literal, alone, to a floating-point number."""
    tag = rf"(?:negative\()?Int32\(-?{_FIRST_TAG + number.start()}\)\)?"
    return re.search(rf"(?:CAST\({tag}|ELSE {tag} END) AS {kind}\)", plan) is not None


def _double(number: str) -> str:
    digits = re.sub("bd$", "", number, flags=re.IGNORECASE)
    return f"{digits}D"


def _replaced(sql: str, numbers: list[re.Match[str]], by: Callable[[re.Match[str]], str]) -> str:
    parts, end = [], 0
    for each in numbers:
        parts += [sql[end : each.start()], by(each)]
        end = each.end()
    return "".join([*parts, sql[end:]])


def _sections(plans: str) -> tuple[str, str]:
    """The plan as the SQL says it, and as the engine completed it."""
    parsed, _, rest = plans.partition("== Analyzed Logical Plan ==")
    return parsed, rest.partition("== Optimized Logical Plan ==")[0]


def _casts_of_engine(plans: str) -> Iterator[tuple[str, str]]:
    """Expression and type of each cast that the engine added to what the SQL says."""
    parsed, analyzed = _sections(plans)
    asked = Counter((_bare(expression), target) for expression, target in _casts(parsed))
    for expression, target in _casts(analyzed):
        key = (_bare(expression), target)
        if asked[key] > 0:
            asked[key] -= 1
        else:
            yield expression, target


def _casts(plan: str) -> Iterator[tuple[str, str]]:
    """Expression and type of each `CAST(… AS …)`, also of those inside others."""
    opened: list[int] = []
    for match in re.finditer(r"Utf8\(\"[^\n]*?\"\)|\(|\)|\n", plan):
        if match[0] == "(":
            opened.append(match.start())
        elif match[0] == "\n":
            opened.clear()
        elif match[0] == ")" and opened:
            start = opened.pop()
            if plan[max(0, start - 4) : start] == "CAST":
                expression, _, target = plan[start + 1 : match.start()].rpartition(" AS ")
                yield expression, target


def _bare(expression: str) -> str:
    """Without any cast: the engine may have added some inside one that the SQL has."""
    return re.sub(r"CAST\(| AS (?:Decimal\d+\(\d+, \d+\)|[A-Z]\w*)\)|[ ()]", "", expression)


def _scale(target: str) -> int:
    match = _DECIMAL.fullmatch(target)
    return int(match[1]) if match else -1


def _is_fault(expression: str, target: str, plans: str) -> bool:
    if target == "Float32":
        known = expression.startswith("Utf8(") or _is_float(expression, target, plans)
        return not known and not re.search(r"\bInt(?:8|16)\b", expression)
    return _scale(target) >= 7 and _is_float(expression, target, plans)


def _is_float(expression: str, target: str, plans: str, seen: frozenset[str] = frozenset()) -> bool:
    """True if an expression of the plan is a floating-point number. Of a source's columns, nan.py leaves the mark."""
    closed = re.fullmatch(r"CAST\(.* AS ([^()]*(?:\([^()]*\))?)\)", expression)
    if closed:
        return closed[1].startswith("Float")
    if re.match(r"(?:count|length|character_length|unix_\w+|datediff|date_diff)\(", expression):
        return False
    text = re.sub(r"\bWHEN .*? THEN\b", "", expression)
    if _FLOAT.search(text):
        return True
    named = re.fullmatch(r"(?:[\w`]+\.)?([A-Za-z_]\w*)", text.partition(" AS ")[0].strip())
    if named and named[1] not in seen:
        return any(_is_float(defined, target, plans, seen | {named[1]}) for defined in _definitions(named[1], plans))
    if re.search(r"\bget_field\(|array_element\(|map_extract\(", text):
        return target in ("Decimal128(30, 15)", "Decimal128(14, 7)")
    return any(
        _is_float(defined, target, plans, seen | {column})
        for column in set(_COLUMN.findall(text)) - seen
        for defined in _definitions(column, plans)
    )


def _definitions(column: str, plans: str) -> list[str]:
    """Expressions that a column of the plan stands for."""
    analyzed = _sections(plans)[1]
    ends = re.finditer(rf" AS {column}(?!\w)", analyzed)
    return [_expression_before(analyzed[analyzed.rfind("\n", 0, end.start()) + 1 : end.start()]) for end in ends]


def _expression_before(text: str) -> str:
    """The last expression of a list of them."""
    depth = 0
    for index in range(len(text) - 1, -1, -1):
        depth += {")": 1, "]": 1, "(": -1, "[": -1}.get(text[index], 0)
        if depth < 0 or (depth == 0 and text[index : index + 2] in (", ", ": ")):
            return text[index + 1 :].strip("[ ")
    return text.strip()


def _refusal(expression: str, target: str, plans: str) -> DatasetError:
    names = {column: _name(column, plans) for column in _COLUMN.findall(expression)}
    shown = re.sub(r"(?:[\w?`]+\.)?(#\d+)", lambda match: names.get(match[1], match[1]), expression)
    what = f"`{shown}`" if len(shown) < 80 and "(" not in shown else "a floating-point number"
    if target == "Float32":
        problem = "a FLOAT meets a whole number or a DECIMAL, which Sail computes as FLOAT and Spark as DOUBLE"
        remedy = "cast the FLOAT: CAST(… AS DOUBLE)"
    else:
        problem = f"{what} meets a DECIMAL, and Sail would round it to {_decimal_name(target)}; Spark makes both DOUBLE"
        remedy = "cast the DECIMAL: CAST(… AS DOUBLE), or write a literal as 0.3D"
    return DatasetError("ENGINE_CANNOT", f"{problem}: {remedy}; or run with --engine spark")


def _decimal_name(target: str) -> str:
    return target.replace("Decimal128", "DECIMAL").replace(", ", ",")


def _name(column: str, plans: str) -> str:
    match = re.search(rf"(?:AS |\.)([^\s,()#]+) AS {column}(?!\d)", _sections(plans)[0])
    return match[1] if match else column
