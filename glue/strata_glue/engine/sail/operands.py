"""Expressions that Sail computes as Spark does if they are written otherwise, which the type of an operand decides.

A TIMESTAMP becomes seconds towards zero on Sail, to the second before on Spark: of 1969-12-31 23:59:59.5, 0 and -1; in a
text, its fraction has three or six digits. A shift by a BIGINT is one of a BIGINT on Sail. The negation of NaN is another
value on Sail, less than any number. `median` and `percentile` of values with NaN depend on the order of rows: they fail
where there is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from strata_glue.engine.sail.plan import Analyze
from strata_glue.engine.sail.query_types import QueryTypes
from strata_glue.engine.sail.typeof import types_of
from strata_glue.engine.spark import coercion
from strata_glue.engine.sql.arithmetic import Operand
from strata_glue.engine.sql.edits import Edit, braced, edited
from strata_glue.engine.sql.tree import Node, Unread
from strata_glue.engine.sql.words import Token, index_at

NAN = "strata: NaN in"
"""What a query fails with, before the function's name."""

_TIMES = "timestamp|timestamp_ntz"
_FLOATS = "double|float"
_SHIFTS = ("<<", ">>", ">>>", "shiftleft", "shiftright", "shiftrightunsigned")
_LITERALS = ("number", "text", "null", "boolean", "interval")
_NO_TIMES = ("count", "sum", "round", "floor", "ceil", "length", "datediff")
"""Functions that give no time, so that Sail need not be asked."""


@dataclass(frozen=True)
class _Candidate:
    """An operand, and what is written for the expression if the operand has a type."""

    operand: Node
    types: str
    """Regular expression."""
    edit: Edit
    start: int | None = None
    """Where the expression begins, if that is not the operand."""

    def may_be_right(self) -> bool:
        """False for an operand that has none of the types, as its words say."""
        node = self.operand
        if node.kind in ("cast", "try_cast"):
            return bool(re.fullmatch(self.types, coercion.plain_type(node.name) or "double"))
        if self.types == _TIMES and node.name in _NO_TIMES:
            return False
        return node.kind not in _LITERALS or (self.types == "bigint" and node.kind == "number")


def with_right_operands(sql: str, analyze: Analyze, query: QueryTypes) -> str:
    """The SQL with those expressions rewritten whose operands have such types; as it is where it is not read."""
    try:
        reader = query.tree(sql)
    except (Unread, RecursionError):
        return sql
    found = [each for node in reader.nodes for each in _of(node, reader.tokens, sql) if each.may_be_right()]
    if not found:
        return sql
    types = types_of(sql, [Operand(*each.operand.span) for each in found], analyze)
    edits = {
        each.operand.span[0] if each.start is None else each.start: each.edit
        for each in found
        if re.fullmatch(each.types, types[each.operand.span])
    }
    return edited(sql, edits)


def _of(node: Node, tokens: list[Token], sql: str) -> Iterator[_Candidate]:
    if (
        node.kind in ("cast", "try_cast")
        and coercion.is_whole(coercion.plain_type(node.name))
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
    elif node.kind == "call" and node.name in ("median", "percentile") and node.parts and not node.window:
        yield _of_median(node, tokens, sql)


def _written(operand: Node, types: str, template: str) -> _Candidate:
    start, end = operand.span
    return _Candidate(operand, types, (end, [(start, end)], template))


def _negated(node: Node) -> Iterator[_Candidate]:
    span = node.parts[0].span
    for kind, one in (("double", "-1D"), ("float", "CAST(-1 AS FLOAT)")):
        yield _Candidate(node.parts[0], kind, (span[1], [span], f"({{0}} * {one})"), node.start)


def _of_median(node: Node, tokens: list[Token], sql: str) -> _Candidate:
    of = node.parts[0]
    closing = tokens[index_at(tokens, node.parts[-1].span[1])]
    only = braced(sql[closing.end : node.end])
    template = f" if(bool_or(isnan({{0}})){only}, raise_error('{NAN} {node.name}'), {{1}})"
    return _Candidate(of, _FLOATS, (node.end, [of.span, (node.start, node.end)], template), node.start)
