"""Integer overflow: an error on Spark, while on Sail `+ - *` and sums wrap around.

Unless the operands' types rule it out, a query computes with `try_add` and the like, which give NULL, and fails if one is
NULL although no operand is: `coalesce(try_add(a, b), if(a IS NULL OR b IS NULL, NULL, raise_error(…)))`. A sum is computed
as a DECIMAL. Both cost little (docs/engines.md). Sail itself checks negation, `abs`, DIV, rounding and casts.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from strata_glue.engine.explain.words import without_prefixes
from strata_glue.engine.sail.plan import Analyze
from strata_glue.engine.sail.query_types import QueryTypes
from strata_glue.engine.sail.typeof import Span, types_of
from strata_glue.engine.sql.arithmetic import arithmetic_in, chain_of, is_chain, is_sum, operands_of, whole_number
from strata_glue.engine.sql.edits import Edit, braced, edited
from strata_glue.engine.sql.tree import Node, Unread
from strata_glue.engine.sql.words import Token, index_at, tokens_of

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

OVERFLOW = "[ARITHMETIC_OVERFLOW] strata at"
"""Beginning of the error of a checked query; the offset of the expression follows."""

_BITS = {"tinyint": 7, "smallint": 15, "int": 31, "bigint": 63}
_TRY = {"+": "try_add", "-": "try_subtract", "*": "try_multiply"}
_LONGEST_CHAIN = 40
"""Most operators of a chain whose results are all checked. Of a longer chain, which Sail plans too slowly, only the end is."""

_ROWS = 2**31
"""More rows than a local run reads: no sum of so many INTs overflows."""
_LENGTH = 2**31 - 16
_FUNCTIONS: dict[str, tuple[str, int, int]] = {
    **dict.fromkeys(("count", "count_if"), ("bigint", 0, _ROWS)),
    **dict.fromkeys(("row_number", "rank", "dense_rank", "ntile"), ("int", 0, 2_000_000_000)),
    **dict.fromkeys(("length", "char_length", "character_length", "len", "size", "cardinality", "instr"), ("int", -1, _LENGTH)),
    "year": ("int", -300_000, 300_000),
    **dict.fromkeys(("month", "day", "dayofmonth", "dayofweek", "dayofyear", "weekday", "weekofyear", "quarter"), ("int", 0, 366)),
    **dict.fromkeys(("hour", "minute", "second"), ("int", 0, 60)),
    **dict.fromkeys(("unix_timestamp", "to_unix_timestamp", "unix_seconds"), ("bigint", -(10**13), 10**13)),
    "unix_millis": ("bigint", -(10**16), 10**16),
}  # fmt: skip
"""Type, least and largest value of functions with results that are far from overflowing."""

_LITERALS = ("number", "text", "typed", "interval", "null", "boolean")

_Parts = tuple["str | Span", ...]
"""Of a rewritten expression: texts, and spans of the SQL that stay."""


@dataclass(frozen=True)
class _Value:
    """What is known about an expression."""

    start: int
    end: int
    kind: str
    """Its type if that is an integer type; `unknown` if it may be; else empty."""
    low: int = 0
    high: int = 0
    parts: _Parts = ()
    """The expression, which is NULL if a checked one overflows."""
    is_checked: bool = False
    operands: dict[str, _Parts] = field(default_factory=dict)
    """Those that may be NULL, by their text."""


def with_checks(sql: str, types: QueryTypes, analyze: Analyze) -> tuple[DataFrame | None, list[str]]:
    """The DataFrame of the SQL with overflow checks, None if nothing can overflow; and warnings of what cannot be checked.

    `types`: of the author's SQL, to which an error's position refers. Raises if a constant overflows.
    """
    tokens = tokens_of(sql)
    if not any(map(_may_compute, tokens, tokens[1:])):
        return None, []
    try:
        found = arithmetic_in(types.tree(sql))
        query = _Query(sql, tokens, tokens_of(types.sql))
        if not query.checked(found, defaultdict(lambda: "bigint")).edits:
            return None, []
        asked = [each.span for node in found for each in operands_of(node) if _is_asked(each)]
        done = query.checked(found, types_of(sql, asked, analyze))
    except RecursionError:
        return None, [_warning("an expression that is nested this deeply")]
    except Unread:
        return None, [_warning("a query of this form")]
    doubts = [_warning(f"`{_short(sql[start:end])}`") for start, end in done.doubts]
    if not done.edits:
        return None, doubts
    checked = edited(sql, done.edits)
    if checked.count(OVERFLOW) < len(done.edits):
        doubts.append(_warning("an expression that is nested this deeply"))
    # Without offsets, which would make `t.i + 1` and its `GROUP BY i + 1` differ.
    for each in (checked, re.sub(rf"(?<={re.escape(OVERFLOW)}) \d+", "", checked)):
        try:
            return analyze(each)[0], doubts[:1]
        except Exception as error:
            if without_prefixes(str(error)).startswith(OVERFLOW):  # a constant overflows: the author's error
                raise
    start, (end, _, _) = min(done.edits.items())
    return None, [_warning(f"`{_short(sql[start:end])}`")]


def _is_asked(operand: Node) -> bool:
    is_known = operand.kind == "call" and operand.name in _FUNCTIONS
    return not is_known and operand.kind not in _LITERALS and not whole_number(operand)


def _may_compute(before: Token, token: Token) -> bool:
    """False for the `*` of `SELECT *`, `t.*` and `count(*)`."""
    is_operator = token.text in "+-*" and before.text.upper() not in ("SELECT", "DISTINCT", "ALL", ",", ".", "(")
    return is_operator or token.text.upper() == "SUM"


def _warning(what: str) -> str:
    return (
        f"whether whole numbers overflow in {what} is not checked: Sail lets them wrap around, Spark fails; write "
        "CAST(x AS DECIMAL(38,0)) there, or run with --engine spark"
    )


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 60 else f"{text[:59]}…"


class _Query:
    def __init__(self, sql: str, tokens: list[Token], written: list[Token]) -> None:
        self.sql, self.tokens, self.written = sql, tokens, written

    def checked(self, found: Iterable[Node], types: dict[Span, str]) -> _Rewriting:
        rewriting = _Rewriting(self, types)
        for node in found:
            rewriting.emit(rewriting.value(node))
        return rewriting

    def place(self, start: int, end: int) -> str:
        """Offset of an expression in the author's SQL; empty if it is not in it."""
        texts = [token.text for token in self.tokens if start <= token.start < end]
        for index in range(len(self.written) - len(texts) + 1):
            if [token.text for token in self.written[index : index + len(texts)]] == texts:
                return f" {self.written[index].start}"
        return ""


class _Rewriting:
    """`types`: by the span of an operand."""

    def __init__(self, query: _Query, types: dict[Span, str]) -> None:
        self.query, self.types = query, types
        self.edits: dict[int, Edit] = {}
        self.doubts: list[tuple[int, int]] = []
        """Spans of expressions that may overflow and are not checked."""

    def emit(self, value: _Value) -> None:
        """For a value that is not an operand of another integer expression."""
        if value.is_checked:
            self.edits[value.start] = self._edit(value)

    def _edit(self, value: _Value) -> Edit:
        spans: list[tuple[int, int]] = []
        texts = []
        for part in self.raised(value):
            if isinstance(part, str):
                texts.append(braced(part))
                continue
            if part not in spans:
                spans.append(part)
            texts.append(f"{{{spans.index(part)}}}")
        return value.end, spans, f" {''.join(texts)}"  # behind `SELECT(`

    def raised(self, value: _Value) -> _Parts:
        """The expression, which fails if it overflows."""
        if not value.is_checked:
            return value.parts
        error = f"raise_error('{OVERFLOW}{self.query.place(value.start, value.end)}')"
        tests: list[str | tuple[int, int]] = []
        for operand in value.operands.values():
            tests += [" OR " if tests else "", "(", *operand, ") IS NULL"]
        otherwise = ("if(", *tests, ", NULL, ", error, ")") if tests else (error,)
        return ("coalesce(", *value.parts, ", ", *otherwise, ")")

    def value(self, node: Node) -> _Value:
        span = node.span
        if is_chain(node):
            return replace(self._chain(node), start=span[0], end=span[1])
        if is_sum(node):
            return self._total(node)
        literal = whole_number(node)
        if literal:
            value, kind = literal
            return _Value(*span, kind, value, value, (_literal(value, kind),))
        known = _FUNCTIONS.get(node.name) if node.kind == "call" else None
        kind, low, high = known or _range("" if node.kind in _LITERALS else self.types[span])
        return _Value(*span, kind, low, high, (span,), operands={self._text(*span): (span,)})

    def _text(self, start: int, end: int) -> str:
        return " ".join(token.text.lower() for token in self.query.tokens if start <= token.start < end)

    def _chain(self, node: Node) -> _Value:
        first, rest = chain_of(node)
        operators = [operator for operator, _ in rest]
        left, rights = self.value(first), [self.value(right) for _, right in rest]
        is_plain = {*operators} <= {"+", "-"} and all(each.kind in _BITS for each in (left, *rights))
        if len(rest) > _LONGEST_CHAIN and is_plain:
            return self._long(left, list(zip(operators, rights, strict=True)))
        for operator, right in zip(operators, rights, strict=True):
            left = self._operation(left, operator, right)
        return left

    def _operation(self, left: _Value, operator: str, right: _Value) -> _Value:
        both = _Value(left.start, right.end, "")
        if left.kind not in _BITS or right.kind not in _BITS or operator in ("/", "||"):
            self.emit(left)
            self.emit(right)
            kinds = {left.kind, right.kind}
            if operator in _TRY and "unknown" in kinds and kinds <= {"unknown", *_BITS}:
                self.doubts.append((both.start, both.end))
            return both
        kind = max(left.kind, right.kind, key=lambda each: _BITS[each])
        low, high = _bounds(left, operator, right)
        most = 2 ** _BITS[kind]
        both = replace(
            both, kind=kind, operands=left.operands | right.operands, is_checked=left.is_checked or right.is_checked
        )
        if operator == "DIV":
            return replace(
                both, kind="bigint", low=low, high=high, parts=("(", *left.parts, " DIV ", *right.parts, ")")
            )
        if -most <= low and high < most:
            return replace(both, low=low, high=high, parts=("(", *left.parts, f" {operator} ", *right.parts, ")"))
        parts: _Parts
        if kind in ("int", "bigint"):
            parts = (f"{_TRY[operator]}(", *_as(left, kind), ", ", *_as(right, kind), ")")
        else:
            parts = ("try_cast(", *_as(left, "int"), f" {operator} ", *_as(right, "int"), f" AS {kind})")
        return replace(both, low=max(low, -most), high=min(high, most - 1), parts=parts, is_checked=True)

    def _long(self, first: _Value, rest: list[tuple[str, _Value]]) -> _Value:
        kind = max((first.kind, *(each.kind for _, each in rest)), key=lambda each: _BITS[each])
        parts: list[str | tuple[int, int]] = ["try_cast(CAST(", *first.parts, " AS DECIMAL(38,0))"]
        operands = dict(first.operands)
        for operator, each in rest:
            parts += [f" {operator} ", *each.parts]
            operands |= each.operands
        low, high = _range(kind)[1:]
        return _Value(first.start, first.end, kind, low, high, (*parts, f" AS {kind})"), True, operands)

    def _total(self, call: Node) -> _Value:
        of, span = self.value(call.parts[0]), call.span
        closing = self.query.tokens[index_at(self.query.tokens, of.end)].start
        most = 2**63
        if of.kind in _BITS and max(-of.low, of.high) * _ROWS > most:
            opening = self.query.sql[span[0] : of.start]
            total: _Parts = (f"{opening}CAST(", *self.raised(of), " AS DECIMAL(20,0))", (closing, span[1]))
            parts: _Parts = ("try_cast(", *total, " AS bigint)")
            return _Value(*span, "bigint", -most, most - 1, parts, True, {self._text(*span): total})
        self.emit(of)
        if of.kind == "unknown":
            self.doubts.append(span)
        kind = "bigint" if of.kind in _BITS else ""
        return _Value(*span, kind, of.low * _ROWS, of.high * _ROWS, (span,), operands={self._text(*span): (span,)})


def _literal(value: int, kind: str) -> str:
    if value in (-(2**31), -(2**63)):
        return f"CAST('{value}' AS {kind})"
    return f"{value}{ {'int': '', 'bigint': 'L', 'smallint': 'S', 'tinyint': 'Y'}[kind] }"


def _as(value: _Value, kind: str) -> _Parts:
    return value.parts if value.kind == kind else ("CAST(", *value.parts, f" AS {kind})")


def _range(kind: str) -> tuple[str, int, int]:
    bits = _BITS.get(kind)
    return (kind, -(2**bits), 2**bits - 1) if bits else ("unknown" if kind == "unknown" else "", 0, 0)


def _bounds(left: _Value, operator: str, right: _Value) -> tuple[int, int]:
    if operator == "+":
        return left.low + right.low, left.high + right.high
    if operator == "-":
        return left.low - right.high, left.high - right.low
    if operator == "*":
        products = [a * b for a in (left.low, left.high) for b in (right.low, right.high)]
        return min(products), max(products)
    if operator == "%":
        most = max(abs(right.low), abs(right.high))
        return max(min(left.low, 0), -most), min(max(left.high, 0), most)
    most = min(max(-left.low, left.high), 2**63 - 1)  # Sail checks the division of the least number by -1
    return (0 if left.low >= 0 and right.low >= 0 else -most), most
