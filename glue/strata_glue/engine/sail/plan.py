"""Reads the text of Sail's plans: casts that it added, floating-point numbers, definitions of columns."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

Analyze: TypeAlias = "Callable[[str], tuple[DataFrame, str]]"
"""SQL → its DataFrame, and the text of its plans. Raises the engine's errors."""

DECIMAL = re.compile(r"Decimal\d+\(\d+, (\d+)\)")
_FLOAT = re.compile(r"\bFloat(?:32|64)\(|AS Float(?:32|64)\)|\b(?:rand|randn|random|pi|e|cume_dist|percent_rank)\(")
_NO_FLOAT = re.compile(
    r"(?:count|length|character_length|unix_\w+|datediff|date_diff|array_length|isnan|array_position|rank|dense_rank|row_number|ntile)\("
)
_OVER = re.compile(
    r" (?:PARTITION BY|ORDER BY) \[.*?\](?= RANGE| ROWS| GROUPS| ORDER BY)| (?:RANGE|ROWS|GROUPS) BETWEEN .*? AND (?:CURRENT ROW|UNBOUNDED FOLLOWING|\S+ (?:PRECEDING|FOLLOWING))"
)
"""The window of a function."""
COLUMN = re.compile(r"(?<! AS )#\d+(?![\d.])")
"""A column's number in an expression; `#13.#8` is column 8 of a table `#13`."""


def sections(plans: str) -> tuple[str, str]:
    """The plan of the SQL as it is, and the analyzed plan."""
    parsed, _, rest = plans.partition("== Analyzed Logical Plan ==")
    return parsed, rest.partition("== Optimized Logical Plan ==")[0]


class Line:
    """A line of a plan. Columns have numbers, which each level of the plan may use again for others."""

    def __init__(self, text: str, depth: int) -> None:
        self.text, self.depth = text, depth
        self.parent: Line | None = None
        self.below: list[Line] = []
        """Its inputs, and its sub-queries."""

    def definitions(self, column: str) -> list[tuple[str, Line]]:
        """Expressions that define a column that this line uses, and the lines that have them."""
        found = self._definitions_below(column)
        outer = self
        while not found and outer.parent:  # a sub-query may use columns of what is around it
            if outer.text == "Subquery:":
                found = outer.parent._definitions_below(column)
            outer = outer.parent
        return found

    def _definitions_below(self, column: str) -> list[tuple[str, Line]]:
        found, waiting = [], list(self.below)
        while waiting:
            line = waiting.pop()
            if line.text == "Subquery:":
                continue
            own = line._own(column)
            found += [(each, line) for each in own]
            if not own and not line.text.startswith("Projection:"):
                waiting += line.below
        return found

    def _own(self, column: str) -> list[str]:
        """Expressions to which this line itself gives the column's name, or that it passes through."""
        if self.text.startswith("Values: (") and column.startswith("column"):
            return items_of(self.text[len("Values: (") :])[int(column[len("column") :]) - 1 :][:1]
        ends = re.finditer(rf" AS {re.escape(column)}(?![\w.])", self.text)
        named = [_expression_before(self.text[: end.start()]) for end in ends]
        passed = re.search(rf"(?:: |, )((?:[^\s,()]+\.)?{re.escape(column)})(?=,|$)", self.text)
        return named or ([passed[1]] if passed and self.text.startswith("Projection:") else [])

    def results_of_subqueries(self, text: str) -> list[tuple[str, Line]]:
        """Results of the sub-queries in an expression of the line."""
        every = [line for each in self.below if each.text == "Subquery:" for line in each.below]
        is_in_order = self.text.count("<subquery") == len(every)
        used = [int(each) for each in re.findall(r"<subquery (\d+)>", text)]
        lines = [every[each] for each in used] if is_in_order else every * bool(used)
        return [(line.text.removeprefix("Projection: "), line) for line in lines]


_TEXT = re.compile(r'Utf8\(".*?"\)', re.DOTALL)
_STEP = re.compile(r"[A-Z]\w*(?: Join)?(?::|$)")
"""How a line begins. Other lines continue a string or a name of the line before."""


def lines_of(plan: str) -> list[Line]:
    """All lines of a plan, after one for its result."""
    lines = [Line("", -1)]
    above = lines[:]
    for row in _TEXT.sub(lambda text: text[0].replace("\n", " "), plan).splitlines():
        text = row.strip()
        if not text or (len(lines) == 1 and text.startswith("#")):  # types of the result
            continue
        if not _STEP.match(text):
            lines[-1].text += f" {text}"
            continue
        numbers = itertools.count()
        text = re.sub(r"<subquery>", lambda _: f"<subquery {next(numbers)}>", text)  # noqa: B023
        line = Line(text, len(row) - len(row.lstrip(" ")))
        while above[-1].depth >= line.depth:
            above.pop()
        line.parent = above[-1]
        above[-1].below.append(line)
        above.append(line)
        lines.append(line)
    return lines


def casts_of_engine(plans: str) -> Iterator[tuple[str, str, Line]]:
    """Expression and type of each cast that the engine added, and its line."""
    parsed, analyzed = map(lines_of, sections(plans))
    is_same = len(parsed) == len(analyzed)
    asked: Counter[tuple[int, str, str]] = Counter()
    for place, line in enumerate(parsed):
        asked.update((place * is_same, _bare(expression), target) for expression, target in casts(line.text))
    for place, line in enumerate(analyzed):
        for expression, target in casts(line.text):
            key = (place * is_same, _bare(expression), target)
            if asked[key] > 0:
                asked[key] -= 1
            else:
                yield expression, target, line


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
    """The expression without casts: the engine may have added some inside a cast of the SQL."""
    return re.sub(r"CAST\(| AS (?:Decimal\d+\(\d+, \d+\)|[A-Z]\w*)\)|[ ()]", "", expression)


def is_float(expression: str, target: str, line: Line) -> bool:
    """True if an expression of a line is a floating-point number. For a source's columns, engine/nan.py leaves a trace in the plan."""
    waiting, seen = [(expression, line)], set()
    while waiting:
        each, at = waiting.pop()
        text = value_of(each)
        known = _known(text, target)
        if known:
            return True
        if known is None and (text, id(at)) not in seen:
            seen.add((text, id(at)))
            waiting += [found for column in columns_of(text) for found in at.definitions(column)]
            waiting += at.results_of_subqueries(text)
    return False


def _known(text: str, target: str) -> bool | None:
    """Whether it is a floating-point number; None if that depends on its columns."""
    closed = closed_cast(text)
    if closed:
        return closed.startswith("Float")
    if _NO_FLOAT.match(text):
        return False
    if _FLOAT.search(text):
        return True
    if re.search(r"\bget_field\(|array_element\(|map_extract\(", text):
        return target in ("Decimal128(30, 15)", "Decimal128(14, 7)")
    return None


def value_of(expression: str) -> str:
    """The expression without parts that do not affect its type: conditions, and what follows OVER."""
    return re.sub(r"\bWHEN .*? THEN\b", "", _OVER.sub("", expression))


def closed_cast(expression: str) -> str:
    """The type if one `CAST(… AS …)` is the whole expression, else empty."""
    depth = 0
    for index, character in enumerate(expression):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth == 0 and character == ")":
            is_whole = expression.startswith("CAST(") and re.fullmatch(r"(?: AS \S+)*", expression[index + 1 :])
            return expression[:index].rpartition(" AS ")[2] if is_whole else ""
    return ""


def columns_of(text: str) -> list[str]:
    """Numbers of the columns in an expression, or its name if it is a column with a name."""
    numbers = COLUMN.findall(text)
    named = re.fullmatch(r"(?:[^\s.]+\.)?([^\s.#()][^.#()]*)", text.partition(" AS ")[0].strip())
    return list(dict.fromkeys(numbers)) if numbers or not named else [named[1]]


def items_of(text: str) -> list[str]:
    """Parts of a list, up to its closing bracket."""
    parts, depth, start = [], 0, 0
    for match in re.finditer(r"Utf8\(\"[^\n]*?\"\)|[()\[\]]|, ", text):
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(match[0], 0)
        if depth < 0 or (depth == 0 and match[0] == ", "):
            parts.append(text[start : match.start()])
            start = match.end()
        if depth < 0:
            break
    return parts


def _expression_before(text: str) -> str:
    """The last expression of a list of them."""
    depth = 0
    for index in range(len(text) - 1, -1, -1):
        depth += {")": 1, "]": 1, "(": -1, "[": -1}.get(text[index], 0)
        if depth < 0 or (depth == 0 and text[index : index + 2] in (", ", ": ")):
            return text[index + 1 :].strip("[ ")
    return text.strip()


def column_name(column: str, line: Line) -> str:
    """The name in the SQL of a column that a line uses."""
    waiting = list(line.below)
    while waiting:
        below = waiting.pop()
        match = re.search(rf"(?:AS |\.)([^\s,()#]+) AS {column}(?!\d)", below.text)
        if match:
            return match[1]
        waiting += below.below
    return column
