"""Expressions that Sail computes as Spark does if they are written another way, which the type of an operand decides.

A TIMESTAMP becomes seconds towards zero on Sail, to the second before on Spark: of 1969-12-31 23:59:59.5, 0 and -1; in a
text, its fraction has three or six digits. A shift by a BIGINT is one of a BIGINT on Sail. The negation of NaN is another
value on Sail, less than any number. `median` and `percentile` of values with NaN depend on the order of rows: they fail
where there is one. `max` and `min` of groups depend on where NaN is among them: the last value that met one counts. Of all
rows, and of windows, they are right. A frame of DATEs (`RANGE BETWEEN INTERVAL 7 DAYS PRECEDING …`, or `7 PRECEDING`) has
another unit on Sail, so that it holds rows of all days before; over timestamps, and over the number of the day, it is right.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from strata_glue.engine.sail.plan import Analyze
from strata_glue.engine.sail.query_types import QueryTypes
from strata_glue.engine.sail.typeof import types_of
from strata_glue.engine.spark import type_names
from strata_glue.engine.sql.edits import Edit, edited
from strata_glue.engine.sql.tree import Node, Unread, Window
from strata_glue.engine.sql.words import Token, index_at

NAN = "strata: NaN in"
"""Beginning of the error of a query; the function's name follows."""

_TIMES = "timestamp|timestamp_ntz"
_FLOATS = "double|float"
_SHIFTS = ("<<", ">>", ">>>", "shiftleft", "shiftright", "shiftrightunsigned")
_LITERALS = ("number", "text", "null", "boolean", "interval")
_NO_TIMES = ("count", "sum", "round", "floor", "ceil", "length", "datediff")
"""Functions that do not return a time, so that Sail need not be asked."""


@dataclass(frozen=True)
class _Candidate:
    """An operand, and how the expression is rewritten if the operand has one of the types."""

    operand: Node
    types: str
    """Regular expression."""
    edit: Edit
    start: int | None = None
    """Where the expression begins, if that is not the operand."""

    def may_be_right(self) -> bool:
        """False if it is known without asking Sail that the operand has none of the types."""
        node = self.operand
        if node.type:
            return bool(re.fullmatch(self.types, node.type))
        if node.kind in ("cast", "try_cast"):
            return bool(re.fullmatch(self.types, type_names.plain_type(node.name) or "double"))
        if self.types == _TIMES and node.name in _NO_TIMES:
            return False
        return node.kind not in _LITERALS or (self.types == "bigint" and node.kind == "number")


def with_right_operands(sql: str, analyze: Analyze, query: QueryTypes) -> str:
    """The SQL with the expressions rewritten whose operands have such types; unchanged if it is not read."""
    try:
        reader = query.tree(sql)
    except (Unread, RecursionError):
        return sql
    nodes = query.nodes if sql == query.sql else reader.nodes  # those of the author's SQL have types
    windows = [node.window for node in nodes if node.window]
    windows += [window for select in reader.selects for window in select.windows.values()]
    found = [*(each for node in nodes for each in _of(node, reader.tokens)), *map(_of_frame, windows)]
    possible = [each for each in found if each and each.may_be_right()]
    types = types_of(sql, [each.operand.span for each in possible if not each.operand.type], analyze)
    edits = {
        each.operand.span[0] if each.start is None else each.start: each.edit
        for each in possible
        if re.fullmatch(each.types, each.operand.type or types[each.operand.span])
    }
    return edited(sql, edits)


def _of(node: Node, tokens: list[Token]) -> Iterator[_Candidate]:
    if (
        node.kind in ("cast", "try_cast")
        and type_names.is_whole(type_names.plain_type(node.name))
        or node.kind == "call"
        and node.name == "unix_seconds"
        and node.parts
    ):
        yield _written(node.parts[0], _TIMES, " date_trunc('SECOND', {0})")
    elif (node.kind, node.name) in (("binary", "||"), ("call", "concat")):
        texts = (part for part in node.parts if part.name != "||")
        yield from (_written(part, _TIMES, " CAST({0} AS STRING)") for part in texts)
    elif node.name in _SHIFTS and len(node.parts) == 2:
        yield _written(node.parts[1], "bigint", " CAST({0} AS INT)")
    elif node.kind == "unary" and node.name == "-":
        yield from _negated(node)
    elif node.kind == "call" and node.name in _OF_GROUPS and node.parts and not node.window:
        yield _of_group(node, tokens)


def _written(operand: Node, types: str, template: str) -> _Candidate:
    start, end = operand.span
    return _Candidate(operand, types, (end, [(start, end)], template))


def _negated(node: Node) -> Iterator[_Candidate]:
    span = node.parts[0].span
    for kind, one in (("double", "-1D"), ("float", "CAST(-1 AS FLOAT)")):
        yield _Candidate(node.parts[0], kind, (span[1], [span], f"({{0}} * {one})"), node.start)


_OF_GROUPS = {
    "max": "CASE WHEN bool_or(isnan({0})) {1} THEN max(CASE WHEN isnan({0}) THEN {0} END) {1} ELSE max({0}) {1} END",
    "min": "coalesce(min(CASE WHEN NOT isnan({0}) THEN {0} END) {1}, min({0}) {1})",
    **{
        name: f"if(bool_or(isnan({{0}})) {{1}}, raise_error('{NAN} {name}'), {{2}})"
        for name in ("median", "percentile")
    },
}
"""Aggregate functions that NaN misleads → a template of their argument, their FILTER, and the call itself."""


def _of_group(node: Node, tokens: list[Token]) -> _Candidate:
    of, end = node.parts[0], node.end
    closing = tokens[index_at(tokens, node.parts[-1].span[1])]
    spans = [of.span, (closing.end, end), (node.start, end)]
    return _Candidate(of, _FLOATS, (end, spans, f" {_OF_GROUPS[node.name]}"), node.start)


def _of_frame(window: Window) -> _Candidate | None:
    if window.frame[:1] != ["RANGE"] or not {"PRECEDING", "FOLLOWING"} & {*window.frame} or len(window.order) != 1:
        return None
    return _written(
        window.order[0], "date", "CAST({0} AS TIMESTAMP)" if "INTERVAL" in window.frame else "unix_date({0})"
    )
