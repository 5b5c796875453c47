"""Expressions that Sail computes as Spark does if they are written otherwise, which the type of an operand decides.

A TIMESTAMP becomes seconds towards zero on Sail, to the second before on Spark: of 1969-12-31 23:59:59.5, 0 and -1.
The negation of NaN is another value on Sail, less than any number. `median` and `percentile` of values with NaN depend on
the order of rows: they fail where there is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from strata_glue.sail_functions import Edit, braced, edited
from strata_glue.sail_overflow import Analyze, types_of
from strata_glue.sql_arithmetic import Arithmetic, Operand
from strata_glue.sql_tree import Unread
from strata_glue.sql_words import Call, Token, calls_in, closing_of, tokens_of

NAN = "strata: NaN in"
"""What a query fails with, before the function's name."""

_WHOLE = re.compile(
    r"(.*\S)\s+AS\s+(?:TINYINT|BYTE|SMALLINT|SHORT|INT|INTEGER|BIGINT|LONG)\s*", re.IGNORECASE | re.DOTALL
)
_SECONDS = ("unix_seconds",)  # `unix_timestamp` goes towards zero on Spark, too
_NO_TIME = re.compile(
    r"\s*(?:-?[\d.]+\w*|r?'[^']*'|(?:count|sum|round|floor|ceil|length|datediff)\s*\(.*)\s*", re.IGNORECASE | re.DOTALL
)


@dataclass(frozen=True)
class _Candidate:
    """An operand, and what is written for the expression if the operand has a type."""

    operand: Operand
    types: str
    """Regular expression."""
    start: int
    edit: Edit


def with_right_operands(sql: str, analyze: Analyze) -> str:
    """The SQL with those expressions rewritten whose operands have such types."""
    tokens = tokens_of(sql)
    found = [each for call in calls_in(tokens) for each in _of_call(call, tokens, sql)]
    if any(token.text == "-" for token in tokens):
        with suppress(RecursionError, Unread):  # brackets inside brackets, a hundred deep
            found += _negations(Arithmetic(sql))
    if not found:
        return sql
    types = types_of(sql, [each.operand for each in found], analyze)
    edits = {each.start: each.edit for each in found if re.fullmatch(each.types, types[each.operand.start])}
    return edited(sql, edits)


def _negations(arithmetic: Arithmetic) -> Iterator[_Candidate]:
    for start, of in arithmetic.negations():
        span = (of.start, of.end)
        for kind, one in (("double", "-1D"), ("float", "CAST(-1 AS FLOAT)")):
            yield _Candidate(Operand(*span), kind, start, (of.end, [span], f"({{0}} * {one})"))


def _of_call(call: Call, tokens: list[Token], sql: str) -> Iterator[_Candidate]:
    start, end = call.spans()[0]
    text = sql[start:end]
    if call.name in ("cast", "try_cast"):
        found = _WHOLE.fullmatch(text)
        if found and not _NO_TIME.fullmatch(found[1]):
            yield _in_seconds(start, start + len(found[1]))
    elif call.name in _SECONDS and call.arguments == 1:
        yield _in_seconds(start, end)
    elif call.name in ("median", "percentile"):
        last = _end_of(call, tokens)
        if last is not None:
            start += len(re.match(r"(?:\s*(?:DISTINCT|ALL)\s+)?", text, re.IGNORECASE)[0])  # type: ignore[index]
            only = braced(sql[call.closing.end : last])
            template = f"if(bool_or(isnan({{0}})){only}, raise_error('{NAN} {call.name}'), {{1}})"
            edit = (last, [(start, end), (call.word.start, last)], template)
            yield _Candidate(Operand(start, end), "double|float", call.word.start, edit)


def _in_seconds(start: int, end: int) -> _Candidate:
    template = " date_trunc('SECOND', {0})"
    return _Candidate(Operand(start, end), "timestamp.*", start, (end, [(start, end)], template))


def _end_of(call: Call, tokens: list[Token]) -> int | None:
    """Where a call ends with its FILTER; None for one over a window."""
    after = next((index for index, token in enumerate(tokens) if token.start >= call.closing.end), len(tokens))
    words = [token.text.upper() for token in tokens[after : after + 2]]
    if words != ["FILTER", "("]:
        return None if words[:1] == ["OVER"] else call.closing.end
    closing = closing_of(tokens, after + 1)
    is_over = closing is not None and [each.text.upper() for each in tokens[closing + 1 : closing + 2]] == ["OVER"]
    return None if closing is None or is_over else tokens[closing].end
