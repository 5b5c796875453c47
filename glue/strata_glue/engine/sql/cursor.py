"""A position in the tokens of a SQL text, and the nodes made up to it."""

from __future__ import annotations

from strata_glue.engine.sql.tree import Home, Node, Select, Unread
from strata_glue.engine.sql.words import Token, tokens_of


class Cursor:
    """Steps through a text's tokens. `nodes`: all that were made, each after its parts."""

    def __init__(self, sql: str) -> None:
        self.sql, self.tokens = sql, tokens_of(sql)
        self.words = [token.text.upper() if token.kind == "word" else "" for token in self.tokens]
        self.at = 0
        self.nodes: list[Node] = []
        self.home = Home()
        self.select: Select | None = None
        """The SELECT whose aliases a clause may use: GROUP BY, HAVING, ORDER BY."""
        self.variables: frozenset[str] = frozenset()

    def word(self, ahead: int = 0) -> str:
        """The next word, in capitals; empty for anything else."""
        return self.words[self.at + ahead] if self.at + ahead < len(self.words) else ""

    def sign(self, ahead: int = 0) -> str:
        """The next token as it is; empty at the end."""
        return self.tokens[self.at + ahead].text if self.at + ahead < len(self.tokens) else ""

    def next(self) -> Token:
        if self.at >= len(self.tokens):
            raise Unread
        self.at += 1
        return self.tokens[self.at - 1]

    def took(self, *wanted: str) -> bool:
        """Steps over these words or signs; False if others follow."""
        for ahead, each in enumerate(wanted):
            if (self.word(ahead) or self.sign(ahead)) != each:
                return False
        self.at += len(wanted)
        return True

    def need(self, *wanted: str) -> None:
        if not self.took(*wanted):
            raise Unread

    def skip_bracket(self) -> None:
        """Steps over the bracket that opens here, and its content."""
        depth = 0
        while True:
            depth += {"(": 1, ")": -1}.get(self.next().text, 0)
            if depth == 0:
                return

    def here(self) -> int:
        return self.tokens[self.at].start if self.at < len(self.tokens) else len(self.sql)

    def node(self, kind: str, start: int, name: str = "", parts: list[Node] | None = None) -> Node:
        """A new node, which ends before the next token."""
        end = self.tokens[self.at - 1].end
        made = Node(kind, start, end, name, parts or [], home=self.home, hides=self.variables, select=self.select)
        self.nodes.append(made)
        return made
