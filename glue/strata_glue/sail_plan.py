"""Reads the text of Sail's plans: casts that it added, what is a floating-point number, what a column stands for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

DECIMAL = re.compile(r"Decimal\d+\(\d+, (\d+)\)")
_FLOAT = re.compile(r"\bFloat(?:32|64)\(|AS Float(?:32|64)\)|\b(?:rand|randn|random|pi|e|cume_dist|percent_rank)\(")
COLUMN = re.compile(r"#\d+")


def sections(plans: str) -> tuple[str, str]:
    """The plan as the SQL says it, and as the engine completed it."""
    parsed, _, rest = plans.partition("== Analyzed Logical Plan ==")
    return parsed, rest.partition("== Optimized Logical Plan ==")[0]


def casts_of_engine(plans: str) -> Iterator[tuple[str, str]]:
    """Expression and type of each cast that the engine added to what the SQL says."""
    parsed, analyzed = sections(plans)
    asked = Counter((_bare(expression), target) for expression, target in casts(parsed))
    for expression, target in casts(analyzed):
        key = (_bare(expression), target)
        if asked[key] > 0:
            asked[key] -= 1
        else:
            yield expression, target


def casts(plan: str) -> Iterator[tuple[str, str]]:
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


def is_float(expression: str, target: str, plans: str, seen: frozenset[str] = frozenset()) -> bool:
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
        return any(is_float(defined, target, plans, seen | {named[1]}) for defined in definitions(named[1], plans))
    if re.search(r"\bget_field\(|array_element\(|map_extract\(", text):
        return target in ("Decimal128(30, 15)", "Decimal128(14, 7)")
    return any(
        is_float(defined, target, plans, seen | {column})
        for column in set(COLUMN.findall(text)) - seen
        for defined in definitions(column, plans)
    )


def definitions(column: str, plans: str) -> list[str]:
    """Expressions that a column of the plan stands for."""
    analyzed = sections(plans)[1]
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


def column_name(column: str, plans: str) -> str:
    match = re.search(rf"(?:AS |\.)([^\s,()#]+) AS {column}(?!\d)", sections(plans)[0])
    return match[1] if match else column
