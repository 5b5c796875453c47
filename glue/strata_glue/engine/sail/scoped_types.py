"""Types of a query's expressions without an engine: those of columns from the tables that its SELECTs read.

Where the meaning of a name is not certain, its type is unknown, and so is that of what is computed from it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from typing import NoReturn

from strata_glue.engine.sail.query_types import QueryTypes, complete, item_of
from strata_glue.engine.spark import coercion, type_names
from strata_glue.engine.spark.results import LISTS, RESULTS, WITH_UNIT
from strata_glue.engine.sql.scopes import Scopes, Tables
from strata_glue.engine.sql.selects import QueryReader
from strata_glue.engine.sql.tree import Node, Query, Relation, Select

Columns = dict[str, str]
"""Name of a column, in lower case → its type, empty if unknown."""


class ScopedTypes(QueryTypes):
    """A query as a tree with types. `tables`: those that it reads, with their columns. `params`: types by name."""

    def __init__(self, sql: str, tables: Tables, params: Mapping[str, str]) -> None:
        super().__init__(sql, _no_engine)
        self._tables, self._params = tables, params

    @cached_property
    def nodes(self) -> list[Node]:
        if self.reader is None:
            return []
        self.typing.all()
        return self.reader.nodes

    @cached_property
    def typing(self) -> Typing:
        """Only for a query that is read."""
        assert self.reader is not None
        return Typing(self.reader, self._tables, self._params)


def _no_engine(sql: str) -> NoReturn:
    raise AssertionError("types of scopes need no engine")


class Typing:
    """The columns of each relation and query of a tree, and types for all of its nodes."""

    def __init__(self, reader: QueryReader, tables: Tables, params: Mapping[str, str]) -> None:
        self._reader, self._params = reader, params
        self.scopes = Scopes(reader, tables)
        self._tables = {
            table.lower(): {name.lower(): _plain(kind) for name, kind in columns.items()}
            for table, columns in tables.items()
        }
        self._own: dict[Select | None, list[Node]] = {}
        of_sets = {
            id(each) for query in reader.queries if query.operators for node in query.order for each in node.all()
        }
        for node in reader.nodes:
            if id(node) not in of_sets:
                self._own.setdefault(self.scopes.at(node.start), []).append(node)
        self._outputs: dict[Query, list[tuple[str, str]] | None] = {}
        self._columns: dict[int, Columns | None] = {}
        self._typed: set[Select] = set()

    def all(self) -> None:
        """Sets the types of all nodes."""
        for query in self._reader.queries:
            self.outputs(query)
        for select in self.scopes.selects:
            self._type(select)
        complete(self._own.get(None, []))

    def outputs(self, query: Query) -> list[tuple[str, str]] | None:
        """Name (empty if it has none) and type of each column; None if they are not known."""
        if query not in self._outputs:
            self._outputs[query] = None  # a query that reads itself
            sides = [self.of_side(side) for side in query.sides]
            first = sides[0]
            if first is not None and all(each is not None and len(each) == len(first) for each in sides):
                kinds = zip(*([kind for _, kind in each or ()] for each in sides), strict=True)
                common = [_common(each) for each in kinds]
                self._outputs[query] = [(name, kind) for (name, _), kind in zip(first, common, strict=True)]
        return self._outputs[query]

    def columns(self, relation: Relation) -> Columns | None:
        """Columns of something after FROM; None if they are not known."""
        if id(relation) not in self._columns:
            self._columns[id(relation)] = None
            self._columns[id(relation)] = self._columns_of(relation)
        return self._columns[id(relation)]

    def _columns_of(self, relation: Relation) -> Columns | None:
        name = relation.table.lower()
        named = self._reader.named.get(name) if name else None
        if named is not None and (name in self._reader.named_twice or name in self._tables):
            return None  # which of the two is meant depends on where the name is
        query = relation.query if named is None else named.query
        if query is None:
            return None if relation.listed else self._tables.get(name)
        outputs = self.outputs(query)
        for listed in (named.listed if named else [], relation.listed):
            if outputs is not None and listed:
                same = len(listed) == len(outputs)
                outputs = [(each, outputs[index][1]) for index, each in enumerate(listed)] if same else None
        if outputs is None:
            return None
        columns = {each.lower(): kind for each, kind in outputs if each}
        return columns if len(columns) == len(outputs) else None

    def of_side(self, side: Select | Query) -> list[tuple[str, str]] | None:
        """As `outputs`, of one side of a UNION."""
        if isinstance(side, Query):
            return self.outputs(side)
        if side.rows:
            return None
        self._type(side)
        found: list[tuple[str, str]] = []
        for item, alias in zip(side.items, side.aliases, strict=True):
            if item.kind == "star":
                columns = self._of_star(item, side)
                if columns is None:
                    return None
                found += columns
            else:
                found.append((alias, item.type))
        return found

    def _of_star(self, item: Node, select: Select) -> list[tuple[str, str]] | None:
        """Of one relation only: USING joins columns of several, and PIVOT replaces them."""
        relation = select.relations[0] if len(select.relations) == 1 else None
        text = self._reader.sql[item.start : item.end]
        if relation is None or text not in ("*", f"{relation.alias}.*") or self._is_cut(item):
            return None
        columns = self.columns(relation)
        return None if columns is None else [*columns.items()]

    def _is_cut(self, star: Node) -> bool:
        after = self._reader.sql[star.end : star.end + 40].lstrip().upper()
        return after.startswith(("EXCEPT", "EXCLUDE", "REPLACE", "ILIKE"))

    def _type(self, select: Select) -> None:
        if select in self._typed:
            return
        self._typed.add(select)
        for node in self._own.get(select, ()):
            if node.query is not None:
                self.outputs(node.query)
            if node.kind == "column" and not node.type:
                node.type = self._of_column(node, select)
            complete([node])
            if node.kind == "call" and node.name in LISTS:
                node.type = _list_of(node)
            elif node.kind == "star" and node in select.items:
                node.type = _struct_of(self._of_star(node, select))
            elif not node.type and node.kind == "call" and not (node.name in WITH_UNIT and len(node.parts) != 2):
                node.type = RESULTS.get(node.name, "")
            if node.type.startswith("decimal") or (
                node.name in _MORE_DIGITS and node.parts[:1] and node.parts[0].type[:7] == "decimal"
            ):
                node.type = _with_digits(node)

    def _of_column(self, node: Node, select: Select) -> str:
        text = self._reader.sql[node.start : node.end]
        if node.name == ":":
            return self._params.get(text.lstrip(": "), "")
        parts = node.name.split(".")
        if parts[0] in node.hides or ("`" in text and len(parts) > 1):
            return ""
        if item_of(node) is not None:
            return ""
        found = self.find(parts, select)
        return found if isinstance(found, str) else ""

    def holders(self, node: Node, select: Select) -> int:
        """How many relations of a SELECT certainly have a column; 0 if the columns of one are unknown."""
        parts = node.name.split(".")
        sets = [self.columns(each) for each in select.relations]
        if node.name == ":" or parts[0] in node.hides or len(parts) > 2 or any(each is None for each in sets):
            return 0
        pairs = zip(select.relations, sets, strict=True)
        return sum(
            parts[-1] in (columns or {}) and (len(parts) == 1 or relation.alias.lower() == parts[0])
            for relation, columns in pairs
        )

    def find(self, parts: list[str], select: Select | None, by_alias: bool = True) -> str | None:
        """The type of a column that a SELECT names, in lower case: empty if it is not certain, None if there is no such column
        in the SELECT or around it. `by_alias`: whether the SELECT's own aliases may be meant."""
        for scope in self.scopes.around(select):
            sets = [self.columns(each) for each in scope.relations]
            if len(parts) == 2:
                named = [each for each in scope.relations if each.alias.lower() == parts[0]]
                if len(named) > 1 or (named and self.columns(named[0]) is None):
                    return ""
                if named and parts[1] in (columns := self.columns(named[0]) or {}):
                    return columns[parts[1]]
                if any(each is None or parts[0] in each for each in sets):
                    return ""
                if named:
                    return None
            elif len(parts) > 2 or any(each is None for each in sets):
                return ""
            else:
                kinds = [each[parts[0]] for each in sets if each and parts[0] in each]
                if kinds:
                    return kinds[0] if len({*kinds}) == 1 else ""
            if (by_alias or scope is not select) and any(
                _gives(item, alias, parts[0]) for item, alias in zip(scope.items, scope.aliases, strict=True)
            ):
                return ""
        return None


def _common(kinds: tuple[str, ...]) -> str:
    """Of a column of a UNION."""
    kind = coercion.common(kinds) or ""
    return "decimal" if kind.startswith("decimal") and {*kinds} - {"void"} != {kind} else kind


_DIGITS = re.compile(r"decimal\((\d+),(\d+)\)")
_MORE_DIGITS = {"sum": (10, 0), "try_sum": (10, 0), "avg": (4, 4), "mean": (4, 4), "try_avg": (4, 4)}
"""Aggregate functions → digits of the result, and those behind its point, beyond the argument's."""


def _with_digits(node: Node) -> str:
    """A node's DECIMAL; without digits where they are computed by other rules than these."""
    if node.kind in ("column", "cast", "try_cast", "number"):
        return node.type
    kinds = {part.type for part in node.parts} - {"void"}
    more = _MORE_DIGITS.get(node.name) if node.kind == "call" else None
    digits = _DIGITS.fullmatch(node.parts[0].type) if node.parts else None
    if more is not None:
        whole, behind = (min(38, int(digits[index + 1]) + more[index]) for index in (0, 1)) if digits else (0, 0)
        return f"decimal({whole},{behind})" if digits else "decimal"
    return node.type if node.kind in ("case", "call") and kinds == {node.type} else "decimal"


def _plain(kind: str) -> str:
    """A declared type as the rules name it; `decimal` is one whose digits are unknown."""
    return kind if kind == "decimal" else type_names.plain_type(kind)


def _list_of(node: Node) -> str:
    """Its elements may be unknown."""
    kind = coercion.common([part.type for part in node.parts]) if node.parts else ""
    return f"array<{kind}>" if kind and kind not in ("void", "decimal") else "array"


def _struct_of(columns: list[tuple[str, str]] | None) -> str:
    """The type of `*`, as an engine gives it to `struct(*)`."""
    return f"struct<{','.join(f'{name}:{kind}' for name, kind in columns)}>" if columns else ""


def _gives(item: Node, alias: str, name: str) -> bool:
    """True if an item gives a name that it does not have itself."""
    return alias.lower() == name and not (item.kind == "column" and item.name.rpartition(".")[2] == name)
