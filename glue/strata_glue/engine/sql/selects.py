"""SELECTs of SQL with their expressions, by Spark's grammar."""

from __future__ import annotations

from strata_glue.engine.sql.sources import SourceReader
from strata_glue.engine.sql.tree import Home, Node, Query, Relation, Select, Unread

_SETS = ("UNION", "INTERSECT", "EXCEPT", "MINUS")


class QueryReader(SourceReader):
    """Reads a whole text."""

    def whole(self) -> Query:
        """Raises `Unread`."""
        found = self.query()
        self.took(";")
        if self.at < len(self.tokens):
            raise Unread
        return found

    def query(self) -> Query:
        outer = self.home, self.variables, self.select
        self.variables, self.select = frozenset(), None
        found = Query()
        self.queries.append(found)
        if self.took("WITH"):
            self._named_queries()
        found.sides.append(self._side())
        self._end(found.sides[-1])
        while self.word() in _SETS:
            found.places.append(self.here())
            word = self.next().text.upper()
            found.operators.append(f"{word} ALL" if self.took("ALL") else word)
            self.took("DISTINCT")
            if self.word() == "BY":  # UNION BY NAME
                raise Unread
            found.sides.append(self._side())
            self._end(found.sides[-1])
        self._ends(found)
        self._end(found.sides[-1])
        self.home, self.variables, self.select = outer
        return found

    def _end(self, side: Select | Query) -> None:
        """Sets the end of a side."""
        if isinstance(side, Select) and side.items:
            side.from_at = self.here() if side.from_at in (0, side.end) else side.from_at
            side.end = self.here()

    def _named_queries(self) -> None:
        self.took("RECURSIVE")
        while True:
            token = self.next()
            if not token.is_name:
                raise Unread
            listed = self._listed()
            self.took("AS")
            self.need("(")
            if token.name.lower() in self.named:
                self.named_twice.add(token.name.lower())
            self.named[token.name.lower()] = Relation(token.name, self.query(), listed=listed)
            self.need(")")
            if not self.took(","):
                return

    def _ends(self, found: Query) -> None:
        only = found.sides[0] if len(found.sides) == 1 else None
        if isinstance(only, Select):
            self.select = only
        else:
            self.home = Home()
        while self.word() in ("ORDER", "SORT", "CLUSTER", "DISTRIBUTE", "LIMIT", "OFFSET", "WINDOW"):
            word = self.next().text.upper()
            if word == "WINDOW":
                self._windows(only if isinstance(only, Select) else Select(0))
                continue
            if word in ("LIMIT", "OFFSET"):
                if not self.took("ALL"):
                    self.expression()
                continue
            self.need("BY")
            if self.word() == "ALL" and self.sign(1) in ("", ")"):
                self.next()
                continue
            order = self.ordered() if word in ("ORDER", "SORT") else self.list_of()
            found.order += order
            if isinstance(only, Select):
                only.order += order

    def _windows(self, select: Select) -> None:
        while True:
            name = self.next().name.lower()
            self.need("AS")
            select.windows[name] = self.window()
            if not self.took(","):
                return

    def _side(self) -> Select | Query:
        if self.took("("):
            inner = self.query()
            self.need(")")
            return inner
        if self.word() == "VALUES":
            self._values()
            return self.selects[-1]
        if not self.took("SELECT"):
            raise Unread
        return self._select()

    def _select(self) -> Select:
        found = Select(self.tokens[self.at - 1].start)
        self.selects.append(found)
        self.home = home = Home()
        found.is_distinct = self.took("DISTINCT")
        self.took("ALL")
        self._items(found)
        home.end = self.tokens[self.at - 1].end
        if self.word() == "FROM":
            found.from_at = self.here()
            self.next()
            self._sources(found, home)
            self.home = home
            home.end = self.tokens[self.at - 1].end
        if self.took("WHERE"):
            home.start = self.here()
            found.conditions.append(("WHERE", self.expression()))
            home.end = self.tokens[self.at - 1].end
        self.select = found
        if self.took("GROUP", "BY"):
            self._grouping(found)
        if self.took("HAVING"):
            found.conditions.append(("HAVING", self.expression()))
        self.select = None
        return found

    def _items(self, found: Select) -> None:
        while True:
            item = self.expression()
            if item.kind == "star" and self.word() in ("EXCEPT", "EXCLUDE") and self.sign(1) == "(":
                self.next()
                self.skip_bracket()
            found.items.append(item)
            last = self.tokens[self.at - 1].name
            found.aliases.append(self._alias()[0] or (last if item.kind == "column" else ""))
            if not self.took(","):
                return

    def _grouping(self, found: Select) -> None:
        if self.word() == "ALL" and self.sign(1) != "(":
            self.next()
            return
        while True:
            if (self.word() in ("ROLLUP", "CUBE") and self.sign(1) == "(") or self.word() == "GROUPING":
                self.at += 2 if self.word() == "GROUPING" else 1
                found.grouping += self._sets()
            else:
                found.grouping.append(self.expression())
            if self.took("WITH"):
                self.next()
            if self.took("GROUPING", "SETS"):  # of what is listed before it
                self.skip_bracket()
            if not self.took(","):
                return

    def _sets(self) -> list[Node]:
        """`((a, b), (a), ())`, without brackets."""
        found: list[Node] = []
        self.need("(")
        while not self.took(")"):
            if self.word() in ("ROLLUP", "CUBE", "GROUPING"):
                raise Unread
            if self.took(","):
                continue
            if self.took("(", ")"):
                continue
            each = self.expression()
            found += each.parts if each.kind == "struct" else [each]
        return found
