"""The SELECTs of a SQL text and the relations of each: enough to know which columns there are, and where a name is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from strata_glue.engine.sql.words import Token, split_items

Tables = Mapping[str, Mapping[str, str]]
"""Table → its columns → Spark's names of their types, empty if unknown. A table without columns is one whose columns are unknown."""

_ENDS_OF_SOURCES = {"WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "WINDOW", "QUALIFY", "SORT", "CLUSTER", "DISTRIBUTE"}
_ENDS_OF_SOURCES |= {"UNION", "INTERSECT", "EXCEPT", "MINUS", "OFFSET"}
_NO_ALIAS = _ENDS_OF_SOURCES | {
    "ON",
    "USING",
    "JOIN",
    "INNER",
    "CROSS",
    "LEFT",
    "RIGHT",
    "FULL",
    "OUTER",
    "SEMI",
    "ANTI",
}
_NO_ALIAS |= {"NATURAL", "LATERAL", "TABLESAMPLE", "PIVOT", "UNPIVOT", "VERSION", "TIMESTAMP", "FOR"}


@dataclass(frozen=True)
class Relation:
    """Something after FROM or JOIN."""

    alias: str
    """The qualifier of its columns: its alias, else its name; empty for a sub-query without an alias."""
    table: str
    """Its name; empty for a sub-query."""
    columns: frozenset[str] | None
    """Names of its columns; None if unknown."""


@dataclass
class Scope:
    """One SELECT."""

    start: int
    """Place of its SELECT among the tokens."""
    depth: int
    """Brackets around it."""
    end: int = 0
    relations: list[Relation] = field(default_factory=list)
    outer: Scope | None = None
    """The SELECT around it."""


def brackets(tokens: list[Token]) -> dict[int, int]:
    """Places of opening round brackets → those of their closing ones."""
    opened: list[int] = []
    found = {}
    for index, token in enumerate(tokens):
        if token.text == "(":
            opened.append(index)
        elif token.text == ")" and opened:
            found[opened.pop()] = index
    return found


class Scopes:
    """All SELECTs of a text, as far as its tokens show them. `tables`: those that it may read."""

    def __init__(self, tokens: list[Token], tables: Tables) -> None:
        self._tokens = tokens
        self._tables = {name.lower(): frozenset(columns) or None for name, columns in tables.items()}
        self._closes = brackets(tokens)
        self._opens = {closing: opening for opening, closing in self._closes.items()}
        self.named: dict[str, frozenset[str] | None] = {}
        """CTEs."""
        self.all: list[Scope] = []
        self._by_start: dict[int, Scope] = {}
        self._of: list[Scope | None] = []
        self._find()
        self._find_named()
        # Inner SELECTs come later in the text, and their columns are needed first.
        for scope in reversed(self.all):
            scope.relations = list(self._relations(scope))

    def of(self, index: int) -> Scope | None:
        """The innermost SELECT around a token."""
        return self._of[index]

    def relation(self, qualifier: str, scope: Scope | None) -> Relation | None:
        """The relation that a qualifier names in a SELECT, or in one around it."""
        while scope is not None:
            for each in scope.relations:
                if each.alias.lower() == qualifier.lower():
                    return each
            scope = scope.outer
        return None

    def columns(self, scope: Scope | None) -> frozenset[str] | None:
        """Names that a SELECT may use without a qualifier; None if some are unknown."""
        found: set[str] = set()
        while scope is not None:
            for each in scope.relations:
                if each.columns is None:
                    return None
                found |= each.columns
            scope = scope.outer
        return frozenset(found)

    def aliases(self) -> set[str]:
        """Aliases of all SELECTs' relations."""
        return {each.alias for scope in self.all for each in scope.relations if each.alias}

    def _find(self) -> None:
        open_scopes: list[Scope] = []
        depth = 0
        for index, token in enumerate(self._tokens):
            if token.text == "(":
                depth += 1
            elif token.text == ")":
                depth -= 1
                while open_scopes and open_scopes[-1].depth > depth:
                    open_scopes.pop().end = index
            elif token.text.upper() == "SELECT":
                if open_scopes and open_scopes[-1].depth == depth:  # the other side of a UNION
                    open_scopes.pop().end = index
                scope = Scope(index, depth, outer=open_scopes[-1] if open_scopes else None)
                open_scopes.append(scope)
                self.all.append(scope)
                self._by_start[index] = scope
            self._of.append(open_scopes[-1] if open_scopes else None)
        for scope in open_scopes:
            scope.end = len(self._tokens)

    def _find_named(self) -> None:
        """`name AS (SELECT …)` and `name (a, b) AS (SELECT …)`, which only a CTE is."""
        for scope in self.all:
            at = scope.start - 1
            if at < 2 or self._tokens[at].text != "(" or self._tokens[at - 1].text.upper() != "AS":
                continue
            listed = self._tokens[at - 2].text == ")"
            first = self._opens.get(at - 2, 0) if listed else at - 1
            if first < 1 or not self._tokens[first - 1].is_name:
                continue
            name = self._tokens[first - 1].name.lower()
            names = frozenset(token.name for token in self._tokens[first : at - 2] if token.is_name)
            self.named[name] = names if listed else None
        for _ in range(2):  # one may read another
            for scope in self.all:
                scope.relations = list(self._relations(scope))
            for scope in self.all:
                at = scope.start - 1
                if at >= 2 and self._tokens[at - 1].text.upper() == "AS" and self._tokens[at - 2].is_name:
                    self.named[self._tokens[at - 2].name.lower()] = self._given(scope)

    def _relations(self, scope: Scope) -> Iterable[Relation]:
        reads = False
        index = scope.start
        while index < scope.end:
            word = self._tokens[index].text.upper()
            if (word in ("FROM", "JOIN") and not self._compares(index)) or (word == "," and reads):
                reads = True
                found, index = self._relation_at(index + 1)
                yield found
                continue
            if word in _ENDS_OF_SOURCES and reads:
                return
            if word in ("LATERAL", "PIVOT", "UNPIVOT"):  # columns of their own
                yield Relation("", "", None)
            index = self._closes.get(index, index) + 1

    def _relation_at(self, index: int) -> tuple[Relation, int]:
        tokens = self._tokens
        columns: frozenset[str] | None = None
        table = ""
        if index < len(tokens) and tokens[index].text == "(":
            inner = self._by_start.get(index + 1)
            columns = self._given(inner) if inner else None
            index = self._closes.get(index, len(tokens)) + 1
        elif index < len(tokens) and tokens[index].is_name:
            table, index = tokens[index].name, index + 1
            while index + 1 < len(tokens) and tokens[index].text == ".":
                table, index = tokens[index + 1].name, index + 2
            if index < len(tokens) and tokens[index].text == "(":  # a table function
                return Relation("", "", None), self._closes.get(index, len(tokens)) + 1
            key = table.lower()
            columns = self.named[key] if key in self.named else self._tables.get(key)
        if index < len(tokens) and tokens[index].text.upper() == "AS":
            index += 1
        alias = table
        if index < len(tokens) and tokens[index].is_name and tokens[index].text.upper() not in _NO_ALIAS:
            alias, index = tokens[index].name, index + 1
            if index < len(tokens) and tokens[index].text == "(":
                end = self._closes.get(index, len(tokens))
                columns = frozenset(token.name for token in tokens[index:end] if token.is_name)
                index = end + 1
        return Relation(alias, table, columns), max(index, 1)

    def _given(self, scope: Scope) -> frozenset[str] | None:
        """Names of a SELECT's columns; None if some are unknown."""
        end = self.from_of(scope)
        names: set[str] = set()
        for item in split_items(self._tokens[scope.start + 1 : end]):
            item = item[1:] if item[0].text.upper() in ("DISTINCT", "ALL") else item
            if not item:
                continue
            if item[-1].text == "*":
                read = [each for each in scope.relations if len(item) == 1 or each.alias == item[0].name]
                if not read or any(each.columns is None for each in read):
                    return None
                names |= {name for each in read for name in each.columns or ()}
            elif item[-1].is_name:
                names.add(item[-1].name)
        return frozenset(names)

    def from_of(self, scope: Scope) -> int:
        """Place of its FROM among the tokens; its end if it has none."""
        index = scope.start
        while index < scope.end:
            if self._tokens[index].text.upper() == "FROM" and not self._compares(index):
                return index
            index = self._closes.get(index, index) + 1
        return scope.end

    def _compares(self, index: int) -> bool:
        """True for the FROM of IS DISTINCT FROM."""
        return self._tokens[index - 1].text.upper() == "DISTINCT"
