"""Operators and operands of `+ - * / % DIV` and `sum` in a query's tree."""

from __future__ import annotations

import re
from collections.abc import Iterator

from strata_glue.engine.sql.selects import QueryReader
from strata_glue.engine.sql.tree import Node

_LEVELS = {**dict.fromkeys(("+", "-", "||"), 1), **dict.fromkeys(("*", "/", "%", "DIV"), 2)}
"""Operators by their precedence, the weakest first."""
_WHOLE = re.compile(r"(\d+)([LSY]?)", re.IGNORECASE)
_KINDS = {"L": "bigint", "S": "smallint", "Y": "tinyint"}


def arithmetic_in(reader: QueryReader) -> list[Node]:
    """Each expression with an operator, and each sum, that is not an operand of another."""
    found = [node for node in reader.nodes if is_chain(node) or is_sum(node)]
    inside = {id(part) for node in found for part in node.parts}
    return [node for node in found if id(node) not in inside]


def is_chain(node: Node) -> bool:
    return node.kind == "binary" and node.name in _LEVELS


def is_sum(node: Node) -> bool:
    return node.kind == "call" and node.name == "sum" and len(node.parts) == 1


def chain_of(node: Node) -> tuple[Node, list[tuple[str, Node]]]:
    """Operands of one precedence, computed from left to right: the first, and each operator with its right operand."""
    first, rest = node, []
    while is_chain(first) and _LEVELS[first.name] == _LEVELS[node.name]:
        rest.append((first.name, first.parts[1]))
        first = first.parts[0]
        if first.brackets:
            break
    return first, rest[::-1]


def operands_of(node: Node) -> Iterator[Node]:
    """Operands whose types must be known."""
    waiting = [node]
    while waiting:
        each = waiting.pop()
        if is_chain(each):
            first, rest = chain_of(each)
            waiting += [first, *(right for _, right in rest)]
        elif is_sum(each):
            waiting.append(each.parts[0])
        else:
            yield each


def whole_number(node: Node) -> tuple[int, str] | None:
    """Value, with its sign, and type of a literal; None for anything else."""
    is_negative = node.kind == "unary" and node.name == "-"
    number = node.parts[0] if is_negative else node
    found = _WHOLE.fullmatch(number.name) if number.kind == "number" else None
    if found is None:
        return None
    value = int(found[1]) * (-1 if is_negative else 1)
    is_int = -(2**31) <= value < 2**31
    return value, _KINDS.get(found[2].upper(), "int" if is_int else "bigint")
