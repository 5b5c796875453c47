"""Calls of functions, with what follows them: FILTER, OVER, WITHIN GROUP."""

from __future__ import annotations

from abc import ABC, abstractmethod

from strata_glue.engine.sql.cursor import Cursor
from strata_glue.engine.sql.tree import Node, Unread, Window

UNITS = ("YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND", "MILLISECOND", "MICROSECOND")
_WITH_UNIT = ("timestampadd", "timestampdiff", "dateadd", "date_add", "datediff", "date_diff", "extract")


class CallReader(Cursor, ABC):
    """Reads calls from its position on."""

    @abstractmethod
    def expression(self, least: int = 1) -> Node:
        """The next expression. `least`: precedence of the weakest operator that belongs to it."""

    def list_of(self) -> list[Node]:
        found = [self.expression()]
        while self.took(","):
            found.append(self.expression())
        return found

    def call(self, start: int, name: str) -> Node:
        self.need("(")
        arguments: list[Node] = []
        is_distinct = self.took("DISTINCT")
        self.took("ALL")
        if name == "trim" and self.word() in ("BOTH", "LEADING", "TRAILING"):
            self.next()
        while not self.took(")"):
            if self.word() in ("FROM", "FOR", "PLACING", "IN", "USING") or self.sign() == ",":
                self.next()
                continue
            if self.word() in ("IGNORE", "RESPECT") and self.word(1) == "NULLS":
                self.at += 2
                continue
            arguments.append(self._argument(name, len(arguments)))
        made = self.node("call", start, name, arguments)
        made.is_distinct = is_distinct
        self._follows(made)
        made.end = self.tokens[self.at - 1].end
        return made

    def _argument(self, name: str, number: int) -> Node:
        is_unit = number == 0 and name in _WITH_UNIT and self.word() and self.sign(1) in (",", "FROM", "from", "From")
        if is_unit and (self.word(1) == "FROM" or self.word().rstrip("S") in UNITS):
            start = self.here()
            self.next()
            return self.node("word", start)
        variables = self._lambda()
        if variables:
            start, before = self.here(), self.variables
            self.variables = before | variables
            body = self.expression()
            self.variables = before
            return self.node("lambda", start, parts=[body])
        if self.sign(1) == "=" and self.sign(2) == ">":  # `name => value`
            self.at += 3
        made = self.expression(5 if name == "position" else 1)
        if self.took("AS"):
            self.next()
        if self.word() not in ("", "FROM", "FOR", "PLACING", "IN", "USING", "IGNORE", "RESPECT"):
            raise Unread
        return made

    def _lambda(self) -> frozenset[str]:
        """Variables of a lambda function that begins here, up to its arrow; none if none begins."""
        first, at = self.at, self.at
        names: set[str] = set()
        if self.sign() == "(":
            at += 1
            while at < len(self.tokens) and (self.tokens[at].is_name or self.tokens[at].text == ","):
                names.add(self.tokens[at].name.lower())
                at += 1
            at += 1
        elif self.at < len(self.tokens) and self.tokens[at].is_name:
            names.add(self.tokens[at].name.lower())
            at += 1
        arrow = [token.text for token in self.tokens[at : at + 2]]
        if not names or arrow != ["-", ">"] or self.tokens[at].end != self.tokens[at + 1].start:
            self.at = first
            return frozenset()
        self.at = at + 2
        return frozenset(names - {","})

    def _follows(self, call: Node) -> None:
        if self.took("WITHIN", "GROUP", "(", "ORDER", "BY"):
            self.ordered()
            self.need(")")
            call.name = f"{call.name} within"
        if self.took("FILTER", "(", "WHERE"):
            call.conditions = [self.expression()]
            self.need(")")
        if self.word() in ("IGNORE", "RESPECT") and self.word(1) == "NULLS":
            self.at += 2
        if self.took("OVER"):
            call.window = self.window() if self.sign() == "(" else Window(self.next().name.lower())

    def window(self) -> Window:
        """`(PARTITION BY … ORDER BY … ROWS …)`."""
        self.need("(")
        found = Window()
        if (
            self.word() not in ("PARTITION", "DISTRIBUTE", "ORDER", "SORT", "ROWS", "RANGE", "")
            or self.sign()[:1] == "`"
        ):
            found.name = self.next().name.lower()
        if self.took("PARTITION", "BY") or self.took("DISTRIBUTE", "BY"):
            found.partition = self.list_of()
        if self.took("ORDER", "BY") or self.took("SORT", "BY"):
            found.order = self.ordered()
        start = self.at
        while self.sign() != ")":  # a frame
            if self.sign() == "(":
                self.skip_bracket()
            else:
                self.next()
        found.frame = self.words[start : self.at]
        self.need(")")
        return found

    def ordered(self) -> list[Node]:
        """What follows ORDER BY."""
        found = []
        while True:
            found.append(self.expression())
            if self.word() in ("ASC", "DESC"):
                self.next()
            if self.took("NULLS"):
                self.next()
            if not self.took(","):
                return found
