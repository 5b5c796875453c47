"""Where a query computes with `+ - * / % DIV` and `sum`, and with what: operators and operands, from its tree."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from strata_glue.engine.sql.selects import QueryReader
from strata_glue.engine.sql.tree import Node
from strata_glue.engine.sql.words import Token, index_at


@dataclass(frozen=True)
class Operand:
    """What an operator takes, and no whole expression in brackets."""

    start: int
    """Characters before it."""
    end: int
    literal: int | None = None
    """The value of a whole number, with its sign."""
    kind: str = ""
    """The type of a number, in Spark's words; `other` for a literal that is no whole number."""
    function: str = ""
    """Name of the function that it is a call of, in lower case."""
    total: Total | None = None
    """For a `sum(…)`."""


@dataclass(frozen=True)
class Total:
    """What is in the brackets of a sum, and behind them."""

    of: Part
    closing: int
    """Characters before its closing bracket."""


@dataclass(frozen=True)
class Chain:
    """Operands of one precedence, computed from left to right."""

    start: int
    end: int
    first: Part
    rest: tuple[tuple[str, Part], ...]
    """Operators in capitals, and their right operands."""


Part = Operand | Chain


_LEVELS = {**dict.fromkeys(("+", "-", "||"), 1), **dict.fromkeys(("*", "/", "%", "DIV"), 2)}
"""Operators by their precedence, the weakest first."""
_LITERALS = ("text", "typed", "interval", "null", "boolean")


def arithmetic_in(reader: QueryReader) -> list[Part]:
    """Each expression with an operator, and each sum, that is not an operand of another."""
    found = [node for node in reader.nodes if _computes(node)]
    inside = {id(part) for node in found for part in node.parts}
    return [_part(node, reader.tokens) for node in found if id(node) not in inside]


def _part(node: Node, tokens: Sequence[Token]) -> Part:
    start, end = node.span
    if node.kind == "binary" and node.name in _LEVELS:
        return _chain(node, tokens)
    if node.kind == "number":
        return _number(node.name, start, end)
    if node.kind == "unary" and node.name == "-" and node.parts[0].kind == "number":
        return _number(f"-{node.parts[0].name}", start, end)
    total = _total(node, tokens) if _is_sum(node) else None
    return Operand(start, end, kind="other" * (node.kind in _LITERALS), function=_function(node), total=total)


def _chain(node: Node, tokens: Sequence[Token]) -> Chain:
    first, rest = node, []
    while first.kind == "binary" and _LEVELS.get(first.name) == _LEVELS[node.name]:
        rest.append((first.name, _part(first.parts[1], tokens)))
        first = first.parts[0]
        if first.brackets:
            break
    return Chain(*node.span, _part(first, tokens), tuple(reversed(rest)))


def _total(call: Node, tokens: Sequence[Token]) -> Total:
    of = _part(call.parts[0], tokens)
    return Total(of, tokens[index_at(tokens, of.end)].start)


def _computes(node: Node) -> bool:
    return (node.kind == "binary" and node.name in _LEVELS) or _is_sum(node)


def _is_sum(node: Node) -> bool:
    return node.kind == "call" and node.name == "sum" and len(node.parts) == 1


def _function(node: Node) -> str:
    return node.name if node.kind == "call" else ""


def operands_of(part: Part) -> Iterator[Operand]:
    """All that a type must be known of."""
    waiting = [part]
    while waiting:
        each = waiting.pop()
        if isinstance(each, Chain):
            waiting += [each.first, *(right for _, right in each.rest)]
        elif each.total:
            waiting.append(each.total.of)
        else:
            yield each


_WHOLE = re.compile(r"(\d+)([LSY]?)", re.IGNORECASE)
_KINDS = {"L": "bigint", "S": "smallint", "Y": "tinyint"}


def _number(text: str, start: int, end: int) -> Operand:
    found = _WHOLE.fullmatch(text.lstrip("-"))
    if found is None:
        return Operand(start, end, kind="other")
    value = int(found[1]) * (-1 if text.startswith("-") else 1)
    is_int = -(2**31) <= value < 2**31
    return Operand(start, end, value, _KINDS.get(found[2].upper(), "int" if is_int else "bigint"))
