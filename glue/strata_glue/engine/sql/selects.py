"""The SELECTs of a SQL text with their expressions, by Spark's grammar."""

from __future__ import annotations

from strata_glue.engine.sql.expressions import CLAUSES, ExpressionReader
from strata_glue.engine.sql.tree import Home, Node, Query, Select, Unread

_SETS = ("UNION", "INTERSECT", "EXCEPT", "MINUS")
_JOINS = ("JOIN", "INNER", "CROSS", "LEFT", "RIGHT", "FULL", "SEMI", "ANTI", "NATURAL")


class QueryReader(ExpressionReader):
    """Reads a whole text. `selects`, `queries`: all of them."""

    def __init__(self, sql: str) -> None:
        super().__init__(sql)
        self.selects: list[Select] = []
        self.queries: list[Query] = []
        self.tables: list[Node] = []
        """Calls behind FROM."""

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
        while self.word() in _SETS:
            found.places.append(self.here())
            word = self.next().text.upper()
            found.operators.append(f"{word} ALL" if self.took("ALL") else word)
            self.took("DISTINCT")
            if self.word() == "BY":  # UNION BY NAME
                raise Unread
            found.sides.append(self._side())
        self._ends(found)
        self.home, self.variables, self.select = outer
        return found

    def _named_queries(self) -> None:
        while True:
            token = self.next()
            if not token.is_name or token.text.upper() == "RECURSIVE":
                raise Unread
            if self.sign() == "(":
                self.skip_bracket()
            self.took("AS")
            self.need("(")
            self.query()
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
            return self._values()
        if not self.took("SELECT"):
            raise Unread
        return self._select()

    def _values(self) -> Select:
        found = Select(self.here())
        self.next()
        self.home = Home()
        for row in self.list_of():
            found.rows.append(row.parts if row.kind == "struct" else [row])
        self.selects.append(found)
        self._alias()
        return found

    def _select(self) -> Select:
        found = Select(self.tokens[self.at - 1].start)
        self.selects.append(found)
        self.home = home = Home()
        found.is_distinct = self.took("DISTINCT")
        self.took("ALL")
        self._items(found)
        home.end = self.tokens[self.at - 1].end
        if self.took("FROM"):
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
            found.aliases.append(self._alias())
            if not found.aliases[-1] and item.kind == "column":
                found.aliases[-1] = item.name.rpartition(".")[2]
            if not self.took(","):
                return

    def _alias(self) -> str:
        """The name that follows, with AS or without, in lower case; its columns' names are passed over."""
        is_sure = self.took("AS")
        if is_sure and self.sign() == "(":
            self.skip_bracket()
            return ""
        token = self.tokens[self.at] if self.at < len(self.tokens) else None
        if token is None or not token.is_name or (not is_sure and token.text.upper() in CLAUSES):
            return ""
        self.next()
        if self.sign() == "(":
            self.skip_bracket()
        return token.name.lower()

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

    # FROM

    def _sources(self, found: Select, home: Home) -> None:
        while True:
            self._joined(found, home)
            while self.word() == "LATERAL" and self.word(1) == "VIEW":
                self._view(found, home)
            if not self.took(","):
                return

    def _view(self, found: Select, home: Home) -> None:
        self.at += 2
        self.took("OUTER")
        self.home = home
        found.generators.append(self.expression(13))
        if self.word() != "AS" and self.at < len(self.tokens) and self.tokens[self.at].is_name:
            home.hidden.add(self.next().name.lower())
        if self.took("AS"):
            home.hidden.add(self.next().name.lower())
            while self.took(","):
                home.hidden.add(self.next().name.lower())
        else:
            home.hidden |= {"col", "pos", "key", "value"}

    def _joined(self, found: Select, home: Home) -> None:
        self._source(found, home)
        while self.word() in _JOINS and not (self.word() in ("LEFT", "RIGHT") and self.sign(1) == "("):
            while self.word() in (*_JOINS, "OUTER"):
                self.next()
            self._source(found, home)
            if self.took("ON"):
                self.home = joined = Home(self.here(), hidden=home.hidden)
                found.conditions.append(("ON", self.expression()))
                joined.end = self.tokens[self.at - 1].end
            elif self.took("USING"):
                self.skip_bracket()

    def _source(self, found: Select, home: Home) -> None:
        self.took("LATERAL")
        if self.sign() == "(":
            self._bracketed(found, home)
        elif self.word() == "VALUES":
            self._values()
            return
        else:
            self._table(home)
        self._sampled()
        self._alias()
        self._sampled()

    def _bracketed(self, found: Select, home: Home) -> None:
        """`(SELECT …)`, `(a JOIN b)`, and `((SELECT …) a JOIN b)`, which begins as the first does."""
        self.next()
        before = self.at, len(self.nodes), len(self.selects), len(self.queries)
        if self.sign() == "(" or self._begins_query():
            try:
                self.query()
                self.need(")")
                return
            except Unread:
                self.at = before[0]
                del self.nodes[before[1] :], self.selects[before[2] :], self.queries[before[3] :]
        self._joined(found, home)
        while self.took(","):
            self._joined(found, home)
        self.need(")")

    def _table(self, home: Home) -> None:
        token = self.next()
        if not token.is_name or (token.kind == "word" and token.text.upper() in CLAUSES):
            raise Unread
        while self.took("."):
            self.next()
        if self.sign() == "(":
            self.home = Home()
            start = self.tokens[self.at - 1].start
            self.tables.append(self.call(start, token.name.lower()))
        if self.word() in ("VERSION", "TIMESTAMP", "FOR"):
            raise Unread

    def _sampled(self) -> None:
        if self.took("PIVOT"):
            self._pivoted()
        elif self.took("UNPIVOT"):
            if self.word() in ("INCLUDE", "EXCLUDE"):
                self.at += 2
            self.skip_bracket()
        elif self.took("TABLESAMPLE"):
            self.skip_bracket()
            if self.took("REPEATABLE"):
                self.skip_bracket()

    def _pivoted(self) -> None:
        """`(sum(a) AS b, … FOR …)`: what it computes. No condition can ask for the types of that."""
        before, self.home = self.home, Home()
        self.need("(")
        while not self.took("FOR"):
            self.expression()
            if self.word() != "FOR":
                self._alias()
            self.took(",")
        depth = 1
        while depth:
            depth += {"(": 1, ")": -1}.get(self.next().text, 0)
        self.home = before
