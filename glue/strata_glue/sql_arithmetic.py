"""Where a query computes with `+ - * / % DIV` and `sum`, and with what: operators and operands, from its tree."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from strata_glue.sql_selects import QueryReader
from strata_glue.sql_tree import Node


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


class Arithmetic:
    """Of a query. Raises `Unread` for one that is not read."""

    def __init__(self, sql: str) -> None:
        reader = QueryReader(sql)
        reader.whole()
        self._nodes, self._tokens = reader.nodes, reader.tokens

    def parts(self) -> list[Part]:
        """Each expression with an operator, and each sum, that is not an operand of another."""
        found = [node for node in self._nodes if _computes(node)]
        inside = {id(part) for node in found for part in node.parts}
        return [self._part(node) for node in found if id(node) not in inside]

    def negations(self) -> Iterator[tuple[int, Operand]]:
        """Where each `-` is that has one operand, and that operand, which is no literal."""
        for node in self._nodes:
            if node.kind == "unary" and node.name == "-" and node.parts[0].kind not in ("number", *_LITERALS):
                yield node.start, Operand(*node.parts[0].span)

    def _part(self, node: Node) -> Part:
        start, end = node.span
        if node.kind == "binary" and node.name in _LEVELS:
            first, rest = node, []
            while first.name in _LEVELS and first.kind == "binary" and _LEVELS[first.name] == _LEVELS[node.name]:
                rest.append((first.name, self._part(first.parts[1])))
                first = first.parts[0]
                if first.brackets:
                    break
            return Chain(start, end, self._part(first), tuple(reversed(rest)))
        if node.kind == "number":
            return _number(node.name, start, end)
        if node.kind == "unary" and node.name == "-" and node.parts[0].kind == "number":
            return _number(f"-{node.parts[0].name}", start, end)
        total = self._total(node) if _is_sum(node) else None
        return Operand(start, end, kind="other" * (node.kind in _LITERALS), function=_function(node), total=total)

    def _total(self, call: Node) -> Total:
        of = self._part(call.parts[0])
        closing = bisect_left(self._tokens, of.end, key=lambda token: token.start)
        return Total(of, self._tokens[closing].start)


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
