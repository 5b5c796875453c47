"""What a SELECT reads: tables, sub-queries, joins, VALUES and the calls behind LATERAL VIEW."""

from __future__ import annotations

from strata_glue.engine.sql.expressions import CLAUSES, ExpressionReader
from strata_glue.engine.sql.tree import Home, Node, Query, Relation, Select, Unread

_JOINS = ("JOIN", "INNER", "CROSS", "LEFT", "RIGHT", "FULL", "SEMI", "ANTI", "NATURAL")


class SourceReader(ExpressionReader):
    """Reads what follows FROM. `selects`, `queries`: all that were read."""

    def __init__(self, sql: str) -> None:
        super().__init__(sql)
        self.selects: list[Select] = []
        self.queries: list[Query] = []
        self.tables: list[Node] = []
        """Calls after FROM."""
        self.named: dict[str, Relation] = {}
        """Queries of WITH, by their names in lower case."""
        self.named_twice: set[str] = set()
        """Those names that several have, in different parts of the text."""

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
        found.relations.append(Relation())
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
        read = Relation()
        if self.sign() == "(":
            read.query = self._bracketed(found, home)
        elif self.word() == "VALUES":
            read.alias, read.listed = self._values()
            found.relations.append(read)
            return
        else:
            read.table = self._table(home)
        self._sampled(found)
        alias, read.listed = self._alias()
        read.alias = alias or read.table
        self._sampled(found)
        found.relations.append(read)

    def _bracketed(self, found: Select, home: Home) -> Query | None:
        """`(SELECT …)`, `(a JOIN b)`, and `((SELECT …) a JOIN b)`, which begins as the first does."""
        self.next()
        before = self.at, len(self.nodes), len(self.selects), len(self.queries)
        if self.sign() == "(" or self._begins_query():
            try:
                query = self.query()
                self.need(")")
                return query
            except Unread:
                self.at = before[0]
                del self.nodes[before[1] :], self.selects[before[2] :], self.queries[before[3] :]
        self._joined(found, home)
        while self.took(","):
            self._joined(found, home)
        self.need(")")
        return None

    def _table(self, home: Home) -> str:
        """Its name; empty for a call."""
        token = self.next()
        if not token.is_name or (token.kind == "word" and token.text.upper() in CLAUSES):
            raise Unread
        while self.took("."):
            token = self.next()
        if self.sign() == "(":
            self.home = Home()
            self.tables.append(self.call(token.start, token.name.lower()))
            return ""
        if self.word() in ("VERSION", "TIMESTAMP", "FOR"):
            raise Unread
        return token.name

    def _sampled(self, found: Select) -> None:
        if self.word() in ("PIVOT", "UNPIVOT"):
            found.relations.append(Relation())  # with columns of its own
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
        """`(sum(a) AS b, … FOR …)`. No condition can hold probes for the types of its expressions."""
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

    def _values(self) -> tuple[str, list[str]]:
        """Alias and columns of VALUES, which become a SELECT of its own."""
        found = Select(self.here())
        self.next()
        self.home = Home()
        for row in self.list_of():
            found.rows.append(row.parts if row.kind == "struct" else [row])
        self.selects.append(found)
        return self._alias()

    def _alias(self) -> tuple[str, list[str]]:
        """The name that follows, with AS or without, and the columns listed after it."""
        is_sure = self.took("AS")
        if is_sure and self.sign() == "(":
            return "", self._listed()
        token = self.tokens[self.at] if self.at < len(self.tokens) else None
        if token is None or not token.is_name or (not is_sure and token.text.upper() in CLAUSES):
            return "", []
        self.next()
        return token.name, self._listed()

    def _listed(self) -> list[str]:
        """Names in brackets, if they follow."""
        start = self.at
        if self.sign() == "(":
            self.skip_bracket()
        return [token.name for token in self.tokens[start : self.at] if token.is_name]
