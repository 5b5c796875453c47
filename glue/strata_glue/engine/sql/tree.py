"""A SQL text as a tree, built by `expressions.py`, `sources.py` and `selects.py`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field


class Unread(Exception):
    """The text has syntax that this reader does not support. Such a query is not checked."""


@dataclass(eq=False)
class Home:
    """A condition (of WHERE, or of a join's ON) that can hold the probes of query_types.py."""

    start: int = -1
    """Character where the condition begins; -1 if there is none."""
    end: int = -1
    """Where it ends; without a condition, where a WHERE can be inserted."""
    hidden: set[str] = field(default_factory=set)
    """Names, in lower case, that the condition cannot use: of a LATERAL VIEW's columns."""


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
    """Name of an operator, a function (in lower case), a type or a column."""
    parts: list[Node] = field(default_factory=list)
    """Operands, arguments, results of CASE."""
    conditions: list[Node] = field(default_factory=list)
    """Conditions of CASE and of FILTER."""
    operand: Node | None = None
    """`x` of `CASE x WHEN …`."""
    query: Query | None = None
    """The query of a sub-query."""
    home: Home | None = None
    select: Select | None = None
    """The SELECT whose aliases it may use."""
    is_distinct: bool = False
    window: Window | None = None
    type: str = ""
    """Spark's name of the type; empty if unknown."""
    hides: frozenset[str] = frozenset()
    """Names that a probe cannot use: variables of a lambda function around it."""
    brackets: tuple[int, int] | None = None
    """Where it begins and ends with the brackets around it, if there are any."""

    def inside(self) -> list[Node]:
        """Its operands, arguments, conditions and results."""
        return [*self.parts, *self.conditions, *([self.operand] if self.operand else [])]

    def all(self) -> Iterator[Node]:
        """The node, and all nodes inside it."""
        waiting = [self]
        while waiting:
            each = waiting.pop()
            yield each
            waiting += each.inside()

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
    frame: list[str] = field(default_factory=list)
    """Words of its frame, in capitals."""


@dataclass(eq=False, slots=True)
class Relation:
    """Something after FROM or JOIN."""

    table: str = ""
    """Its name; empty if it is not a table."""
    query: Query | None = None
    """Of a sub-query."""
    alias: str = ""
    """The qualifier of its columns: its alias, else its name; empty for a sub-query without an alias."""
    listed: list[str] = field(default_factory=list)
    """Names of its columns after the alias."""
    columns: frozenset[str] | None = None
    """Names of its columns; None if unknown. Set by `Scopes`."""


@dataclass(eq=False, slots=True)
class Select:
    """One SELECT, or the rows of VALUES."""

    start: int
    end: int = 0
    """Where it ends; 0 for VALUES."""
    from_at: int = 0
    """Where its FROM begins, else its end."""
    relations: list[Relation] = field(default_factory=list)
    items: list[Node] = field(default_factory=list)
    aliases: list[str] = field(default_factory=list)
    """As written; empty for an item without one."""
    is_distinct: bool = False
    conditions: list[tuple[str, Node]] = field(default_factory=list)
    """Each condition, after its word (`WHERE`, `HAVING`, `ON`)."""
    grouping: list[Node] = field(default_factory=list)
    order: list[Node] = field(default_factory=list)
    windows: dict[str, Window] = field(default_factory=dict)
    generators: list[Node] = field(default_factory=list)
    """Calls after LATERAL VIEW."""
    rows: list[list[Node]] = field(default_factory=list)
    """The rows of VALUES."""

    def item(self, alias: str) -> Node | None:
        """The item with an alias, if only one has it."""
        found = [node for node, name in zip(self.items, self.aliases, strict=True) if name and name.lower() == alias]
        return found[0] if len(found) == 1 else None


@dataclass(eq=False, slots=True)
class Query:
    """SELECTs and the set operators between them."""

    sides: list[Select | Query] = field(default_factory=list)
    operators: list[str] = field(default_factory=list)
    """`UNION`, `UNION ALL`, …: one between two sides."""
    places: list[int] = field(default_factory=list)
    """Where each operator is."""
    order: list[Node] = field(default_factory=list)
    is_value: bool = False
    """True for a sub-query in an expression."""

    def selects(self) -> list[Select]:
        """Its SELECTs, of all sides; the first names the columns."""
        return [each for side in self.sides for each in ([side] if isinstance(side, Select) else side.selects())]
