"""Expressions of a SQL text as a tree: what `engine/sql/expressions.py` makes of its words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


class Unread(Exception):
    """The text has words that are not read here. Nothing is said of such a query."""


@dataclass(eq=False)
class Home:
    """A condition that a probe can be put into: of WHERE, or of a join's ON."""

    start: int = -1
    """Character where the condition begins; -1 if there is none."""
    end: int = -1
    """Where it ends; without a condition, where a WHERE can be put."""
    hidden: set[str] = field(default_factory=set)
    """Names, in lower case, that cannot be asked for here: of a LATERAL VIEW's columns."""


@dataclass(eq=False, slots=True)
class Node:
    """A part of an expression."""

    kind: str
    """`text`, `number`, `boolean`, `null`, `typed` (DATE'…'), `interval`, `column`, `call`, `cast`, `try_cast`, `case`, `unary`, `binary`,
    `between`, `in`, `like`, `is`, `subquery`, `exists`, `index`, `lambda`, `struct`, `star`, `word`."""
    start: int
    """Characters before it."""
    end: int
    name: str = ""
    """Of an operator, a function (in lower case), a type, a column."""
    parts: list[Node] = field(default_factory=list)
    """Operands, arguments, results of CASE."""
    conditions: list[Node] = field(default_factory=list)
    """Of CASE behind its WHENs, of FILTER."""
    operand: Node | None = None
    """Of `CASE x WHEN …`."""
    query: Any = None
    """Of a sub-query."""
    home: Home | None = None
    select: Any = None
    """Whose aliases it may use."""
    is_distinct: bool = False
    window: Window | None = None
    type: str = ""
    """As Spark names it; empty where it is not known."""
    hides: frozenset[str] = frozenset()
    """Names inside that cannot be asked for: variables of a lambda function around it."""
    brackets: tuple[int, int] | None = None
    """Where it begins and ends with the brackets around it, if it has some."""

    def inside(self) -> list[Node]:
        """What it is made of: operands, arguments, conditions, results."""
        return [*self.parts, *self.conditions, *([self.operand] if self.operand else [])]

    @property
    def span(self) -> tuple[int, int]:
        """Where it begins and ends, with brackets."""
        return self.brackets or (self.start, self.end)


@dataclass(eq=False, slots=True)
class Window:
    """What follows OVER."""

    name: str = ""
    partition: list[Node] = field(default_factory=list)
    order: list[Node] = field(default_factory=list)
