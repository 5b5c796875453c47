"""Expressions of SQL as a tree, by Spark's grammar and precedence, with their positions."""

from __future__ import annotations

from abc import abstractmethod

from strata_glue.engine.sql.calls import UNITS, CallReader
from strata_glue.engine.sql.tree import Node, Query, Unread
from strata_glue.engine.sql.words import Token

_POWERS = {"OR": 1, "AND": 2, "|": 6, "^": 7, "&": 8, "<<": 9, ">>": 9, ">>>": 9, "+": 10, "-": 10, "||": 10}
_POWERS |= {"*": 11, "/": 11, "%": 11, "DIV": 11, "::": 13, ":": 13, "[": 13}
COMPARISONS = ("=", "==", "<=>", "<>", "!=", "<", "<=", ">", ">=")
_POWERS |= dict.fromkeys(COMPARISONS, 5)
_PREDICATES = ("BETWEEN", "IN", "LIKE", "ILIKE", "RLIKE", "REGEXP", "IS")
_POWERS |= dict.fromkeys((*_PREDICATES, "NOT"), 4)
_SIGNS = sorted((each for each in (*_POWERS, "->", "=>") if not each.isalpha()), key=len, reverse=True)
_TYPED = ("DATE", "TIMESTAMP", "TIMESTAMP_NTZ", "TIMESTAMP_LTZ", "TIME", "X")
CLAUSES = frozenset(
    "FROM WHERE GROUP HAVING ORDER SORT CLUSTER DISTRIBUTE LIMIT OFFSET WINDOW QUALIFY UNION INTERSECT EXCEPT MINUS ON USING JOIN INNER "
    "CROSS LEFT RIGHT FULL SEMI ANTI NATURAL LATERAL TABLESAMPLE PIVOT UNPIVOT THEN WHEN ELSE END AND OR AS SELECT BY WITH".split()
)
_LONG = ("YEAR", "QUARTER", "MONTH")


class ExpressionReader(CallReader):
    """Reads expressions from its position on."""

    @abstractmethod
    def query(self) -> Query:
        """Reads a sub-query."""

    def expression(self, least: int = 1) -> Node:
        left = self._first()
        while True:
            operator = self._operator()
            power = _POWERS.get(operator, 0)
            if power < least:
                return left
            left = self._behind(left, operator, power)

    def _operator(self) -> str:
        if self.at >= len(self.tokens):
            return ""
        if self.word():
            is_negated = self.word() == "NOT" and self.word(1) in _PREDICATES
            return self.word() if self.word() != "NOT" or is_negated else ""
        start = self.here()
        return next((each for each in _SIGNS if self.sql.startswith(each, start)), "")

    def _behind(self, left: Node, operator: str, power: int) -> Node:
        if operator == "[":
            self.next()
            place = self.expression()
            self.need("]")
            return self.node("index", left.span[0], parts=[left, place])
        if operator == ":":  # a path into JSON
            self.next()
            if not self.next().is_name:
                raise Unread
            return self._fields(left.span[0], self.node("index", left.span[0], parts=[left]))
        if operator == "::":
            self.at += 2
            return self.node("cast", left.span[0], self._type(), [left])
        if power == 4:
            return self._predicate(left)
        self.at += len(operator) if not operator.isalpha() else 1
        right = self.expression(power + 1)
        return self.node("binary", left.span[0], operator, [left, right])

    def _predicate(self, left: Node) -> Node:
        self.took("NOT")
        word = self.next().text.upper()
        if word == "BETWEEN":
            lower = self.expression(5)
            self.need("AND")
            return self.node("between", left.span[0], word, [left, lower, self.expression(5)])
        if word == "IN":
            self.need("(")
            if self._begins_query():
                made = self._subquery("in", left.span[0])
                made.name, made.parts = word, [left]
                return made
            values = self.list_of()
            self.need(")")
            return self.node("in", left.span[0], word, [left, *values])
        if word == "IS":
            return self._is(left)
        if self.word() in ("ANY", "SOME", "ALL") and self.sign(1) == "(":
            self.at += 2
            patterns = self.list_of()
            self.need(")")
        else:
            patterns = [self.expression(5)]
            if self.took("ESCAPE"):
                self.next()
        return self.node("like", left.span[0], word, [left, *patterns])

    def _is(self, left: Node) -> Node:
        self.took("NOT")
        if self.took("DISTINCT", "FROM"):
            return self.node("binary", left.span[0], "IS DISTINCT FROM", [left, self.expression(5)])
        word = self.next().text.upper()
        if word not in ("NULL", "TRUE", "FALSE", "UNKNOWN"):
            raise Unread
        return self.node("is", left.span[0], word, [left])

    def _first(self) -> Node:
        start, word, sign = self.here(), self.word(), self.sign()
        token = self.next()
        if token.kind == "number":
            return self.node("number", start, token.text.upper())
        if token.kind == "text":
            while self.at < len(self.tokens) and self.tokens[self.at].kind == "text":
                self.at += 1
            return self.node("text", start)
        if token.kind == "sign":
            return self._of_sign(start, sign)
        if word in ("NULL", "TRUE", "FALSE") and self.sign() not in ("(", "."):
            return self.node("null" if word == "NULL" else "boolean", start)
        if word in _TYPED and self.at < len(self.tokens) and self.tokens[self.at].kind == "text":
            self.next()
            return self.node("typed", start, word)
        if word == "INTERVAL" and (self.sign()[:1] in ("'", '"', "(", "-", "+") or self.sign()[:1].isdigit()):
            return self._interval(start)
        if word == "NOT":
            return self.node("unary", start, word, [self.expression(3)])
        if word == "CASE":
            return self._case(start)
        if word in ("CAST", "TRY_CAST") and self.sign() == "(":
            self.next()
            of = self.expression()
            self.need("AS")
            target = self._type()
            self.need(")")
            return self.node(word.lower(), start, target, [of])
        if word == "EXISTS" and self.sign() == "(" and (self.sign(1) == "(" or self._begins_query(1)):
            self.next()
            return self._subquery("exists", start)
        if word in CLAUSES and not (word in ("LEFT", "RIGHT") and self.sign() == "("):
            raise Unread
        return self._named(start, token)

    def _of_sign(self, start: int, sign: str) -> Node:
        if sign == "(":
            return self._bracket(start)
        if sign in ("-", "+", "~"):
            return self.node("unary", start, sign, [self.expression(12)])
        if sign == "!":
            return self.node("unary", start, "NOT", [self.expression(3)])
        if sign == "*":
            return self.node("star", start)
        if sign == ":":  # a parameter
            self.next()
            return self.node("column", start, ":")
        raise Unread

    def _begins_query(self, ahead: int = 0) -> bool:
        return self.word(ahead) in ("SELECT", "WITH", "VALUES", "FROM")

    def _subquery(self, kind: str, start: int) -> Node:
        query = self.query()
        query.is_value = True
        self.need(")")
        made = self.node(kind, start)
        made.query = query
        return made

    def _bracket(self, start: int) -> Node:
        if self._begins_query():
            return self._subquery("subquery", start)
        ahead = 0
        while self.sign(ahead) == "(":
            ahead += 1
        if self.word(ahead) in ("SELECT", "WITH"):  # `((SELECT 1) + 2)` or `((SELECT 1))`: either way a number
            before = self.at, len(self.nodes)
            try:
                return self._subquery("subquery", start)
            except Unread:
                self.at = before[0]
                del self.nodes[before[1] :]
        parts = self.list_of()
        self.need(")")
        if len(parts) > 1:
            return self.node("struct", start, parts=parts)
        parts[0].brackets = (start, self.tokens[self.at - 1].end)
        return self._fields(start, parts[0])

    def _fields(self, start: int, of: Node) -> Node:
        while self.sign() == "." and self.at + 1 < len(self.tokens) and self.tokens[self.at + 1].is_name:
            self.at += 2
            of = self.node("index", start, parts=[of])
        return of

    def _named(self, start: int, token: Token) -> Node:
        """Reads a column or a call."""
        names = [token.name]
        while self.sign() == ".":
            self.next()
            following = self.next()
            if following.text == "*":
                return self._star(start)
            names.append(following.name)
        if self.sign() == "(":
            return self._fields(start, self.call(start, names[-1].lower() if len(names) == 1 else ""))
        return self.node("column", start, ".".join(names).lower())

    def _star(self, start: int) -> Node:
        return self.node("star", start)

    def _interval(self, start: int) -> Node:
        units: list[str] = []
        amounts: list[Node] = []
        while True:
            self.took("-") or self.took("+")
            if self.sign() == "(":
                amounts.append(self._first())
            else:
                self.next()
            unit = self.word().rstrip("S") if self.word() not in ("", "S") else ""
            if unit not in UNITS:
                break
            units.append(unit)
            self.next()
            if self.took("TO"):
                units.append(self.next().text.upper())
            if not (self.sign()[:1].isdigit() or self.sign()[:1] in ("'", '"')):
                break
        kinds = {unit in _LONG for unit in units}
        made = self.node("interval", start, parts=amounts)
        if len(kinds) == 1:
            made.type = "interval year to month" if True in kinds else "interval day to second"
        return made

    def _case(self, start: int) -> Node:
        operand = None if self.word() == "WHEN" else self.expression()
        conditions, results = [], []
        while self.took("WHEN"):
            conditions.append(self.expression())
            self.need("THEN")
            results.append(self.expression())
        if self.took("ELSE"):
            results.append(self.expression())
        self.need("END")
        if not conditions:
            raise Unread
        made = self.node("case", start, "case", results)
        made.conditions, made.operand = conditions, operand
        return made

    def _type(self) -> str:
        depth, first, start = 0, self.at, self.here()
        while self.at < len(self.tokens):
            text = self.sign()
            if depth == 0 and (text in (")", ",", "]") or self.at > first and text not in "(<>" and self._ends_type()):
                break
            depth += {"(": 1, "<": 1, ")": -1, ">": -1}.get(text, 0)
            self.next()
        return self.sql[start : self.tokens[self.at - 1].end].lower()

    def _ends_type(self) -> bool:
        """True before a word that cannot be a part of a type: only `INTERVAL DAY TO SECOND` has several words."""
        return self.word() not in ("TO", "DAY", "YEAR", "MONTH", "HOUR", "MINUTE", "SECOND", "WITHOUT", "WITH", "LOCAL")
