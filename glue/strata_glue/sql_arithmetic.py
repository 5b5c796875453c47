"""Where a query computes with `+ - * / % DIV`, and with what: operators and operands, by Spark's precedence.

Not a parser of SQL: it reads expressions wherever one can begin, and passes over all else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from strata_glue.sql_words import Token


@dataclass(frozen=True)
class Operand:
    """What an operator takes, and no whole expression in brackets."""

    start: int
    """Characters before it."""
    end: int
    literal: int | None = None
    """The value of a whole number, with its sign."""
    kind: str = ""
    """The type of a number, in Spark's words; `other` for a literal that is no whole number."""
    function: str = ""
    """Name of the function that it is a call of, in lower case."""
    total: Total | None = None
    """For a `sum(…)`."""


@dataclass(frozen=True)
class Total:
    """What is in the brackets of a sum, and behind them."""

    of: Part
    closing: int
    """Characters before its closing bracket."""


@dataclass(frozen=True)
class Chain:
    """Operands of one precedence, computed from left to right."""

    start: int
    end: int
    first: Part
    rest: tuple[tuple[str, Part], ...]
    """Operators in capitals, and their right operands."""


Part = Operand | Chain


def arithmetic_in(tokens: Sequence[Token]) -> list[Part]:
    """Each expression with an operator, and each sum, that is not an operand of another."""
    reader = _Reader(tokens)
    every = [*reader.whole(), *reader.nested]
    return [each for each in every if isinstance(each, Chain) or each.total]


def negations_in(tokens: Sequence[Token]) -> list[tuple[int, Part]]:
    """Where each `-` stands that has one operand, and that operand, which is no number."""
    reader = _Reader(tokens)
    reader.whole()
    return reader.negations


def operands_of(part: Part) -> Iterator[Operand]:
    """All that a type must be known of."""
    waiting = [part]
    while waiting:
        each = waiting.pop()
        if isinstance(each, Chain):
            waiting += [each.first, *(right for _, right in each.rest)]
        elif each.total:
            waiting.append(each.total.of)
        else:
            yield each


_NO_OPERAND = frozenset(
    "SELECT DISTINCT ALL FROM WHERE ON USING AND OR NOT WHEN THEN ELSE IN IS LIKE ILIKE RLIKE REGEXP ESCAPE BETWEEN BY HAVING"
    " QUALIFY LIMIT OFFSET AS VALUES UNION EXCEPT INTERSECT JOIN RETURN".split()
)
"""Words behind which an expression begins, or which end one."""
_UNITS = re.compile(r"(?:YEAR|QUARTER|MONTH|WEEK|DAY|HOUR|MINUTE|SECOND|MILLISECOND|MICROSECOND)S?|TO")
_WHOLE = re.compile(r"(\d+)([LSY]?)", re.IGNORECASE)
_KINDS = {"L": "bigint", "S": "smallint", "Y": "tinyint"}
_OPERATORS = (("+", "-", "||"), ("*", "/", "%", "DIV"))
"""By their precedence, the weakest first."""


class _Reader:
    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens, self.at = tokens, 0
        self.words = [token.text.upper() if token.kind in ("word", "sign") else "" for token in tokens] + [""] * 3
        self.nested: list[Part] = []
        """Expressions inside of operands."""
        self.negations: list[tuple[int, Part]] = []

    def whole(self) -> list[Part]:
        """Expressions of the whole text that are not inside of others."""
        direct: list[Part] = []
        while self.at < len(self.tokens):
            direct += self.region(())
            self.at += 1  # a bracket that nothing opened
        return direct

    def region(self, closing: tuple[str, ...]) -> list[Part]:
        """Expressions up to a closing word or bracket, which is not read."""
        direct = []
        while self.at < len(self.tokens) and self.words[self.at] not in (*closing, ")", "]"):
            if self._begins():
                direct.append(self._chain(0))
            else:
                self.at += 1
        return direct

    def _begins(self) -> bool:
        """True if an operand can begin here."""
        if self.at >= len(self.tokens):
            return False
        token, word = self.tokens[self.at], self.words[self.at]
        if token.kind != "sign":
            return word not in _NO_OPERAND
        return (
            word in ("(", "?", "~", "+") or (word == "-" and not self._is_arrow()) or (word == ":" and self._is_bound())
        )

    def _is_arrow(self) -> bool:
        return self.words[self.at + 1] == ">" and self.tokens[self.at + 1].start == self.tokens[self.at].end

    def _is_bound(self) -> bool:
        """True at the name of a parameter: `:name`."""
        after = self.tokens[self.at + 1 : self.at + 2]
        return bool(after) and after[0].kind == "word" and after[0].start == self.tokens[self.at].end

    def _operator(self, level: int) -> str:
        word = self.words[self.at] + (self.words[self.at + 1] if self.words[self.at] == "|" else "")
        is_sign = self.at < len(self.tokens) and not (word == "-" and self._is_arrow())
        return word if is_sign and word in _OPERATORS[level] else ""

    def _chain(self, level: int) -> Part:
        if level == len(_OPERATORS):
            return self._signed()
        first, rest = self._chain(level + 1), []
        while operator := self._operator(level):
            self.at += len(operator) if operator == "||" else 1
            if not self._begins():
                break
            rest.append((operator, self._chain(level + 1)))
        return Chain(first.start, rest[-1][1].end, first, tuple(rest)) if rest else first

    def _signed(self) -> Part:
        first = self.at
        while self.words[self.at] in ("-", "+", "~") and self._begins():
            self.at += 1
        if not self._begins():
            return self._operand(first)
        part = self._placed()
        if self.words[first] not in ("-", "+", "~"):
            return part
        if isinstance(part, Operand) and part.literal is not None and self.words[first : self.at - 1] == ["-"]:
            return _number(f"-{self._text(self.at - 1)}", self.tokens[first].start, part.end)
        if isinstance(part, Operand) and part.kind:
            return replace(self._operand(first), kind="other")
        if self.words[first] == "-" and self.tokens[first + 1].start == part.start:
            self.negations.append((self.tokens[first].start, part))
        return self._around(first, part)

    def _placed(self) -> Part:
        """An operand with what is taken out of it: `a.b`, `a[1]`, `a::INT`."""
        first = self.at
        part = self._plain()
        while True:
            word, after = self.words[self.at], self.tokens[self.at + 1 : self.at + 2]
            if word == "." and after and (after[0].is_name or after[0].text == "*"):
                self.at += 2
                self._call() if self.words[self.at] == "(" else None
            elif word == "[":
                self._bracket()
            elif word == ":" and self.words[self.at + 1] == ":":
                self.at += 2
                self._type()
            else:
                return part
            part = self._around(first, part)

    def _plain(self) -> Part:
        token, first = self.tokens[self.at], self.at
        if token.kind == "sign" and token.text == "(":
            return self._group()
        self.at += 2 if token.text == ":" else 1
        if token.kind == "number":
            return _number(token.text, token.start, token.end)
        following = self.tokens[self.at : self.at + 1]
        if token.kind == "text" or (token.kind == "word" and following and following[0].kind == "text"):
            self.at += token.kind == "word"
            self._units() if self.words[first] == "INTERVAL" else None
            return replace(self._operand(first), kind="other")
        if (
            self.words[first] == "INTERVAL"
            and following
            and (following[0].kind == "number" or following[0].text in "(-")
        ):
            self.nested.append(self._signed())
            self._units()
            return replace(self._operand(first), kind="other")
        if self.words[first] == "CASE":
            self.nested += self.region(("END",))
            self.at += 1
            return self._operand(first)
        return self._called(first) if token.is_name and self.words[self.at] == "(" else self._operand(first)

    def _group(self) -> Part:
        """An expression in brackets as itself; anything else in brackets as an operand."""
        first = self.at
        inside = self._bracket(keep=True)
        is_whole = len(inside) == 1 and self.at - first > 2
        if is_whole and (inside[0].start, inside[0].end) == (
            self.tokens[first + 1].start,
            self.tokens[self.at - 2].end,
        ):
            return replace(inside[0], start=self.tokens[first].start, end=self.tokens[self.at - 1].end)
        self.nested += inside
        return self._operand(first)

    def _bracket(self, keep: bool = False) -> list[Part]:
        self.at += 1
        inside = self.region(())
        self.at = min(self.at + 1, len(self.tokens))
        if not keep:
            self.nested += inside
        return inside

    def _call(self) -> None:
        self._bracket()
        self._behind_call()

    def _called(self, first: int) -> Operand:
        opening = self.at
        inside = self._bracket(keep=True)
        closing = self.at - 1
        self._behind_call()
        call = replace(self._operand(first), function=self.tokens[first].name.lower())
        start = opening + 1 + (self.words[opening + 1] in ("DISTINCT", "ALL"))
        if call.function != "sum" or start >= closing:
            self.nested += inside
            return call
        of: Part = Operand(self.tokens[start].start, self.tokens[closing - 1].end)
        if len(inside) == 1 and (inside[0].start, inside[0].end) == (of.start, of.end):
            of = inside[0]
        else:
            self.nested += inside
        return replace(call, total=Total(of, self.tokens[closing].start))

    def _behind_call(self) -> None:
        while True:
            word, after = self.words[self.at], self.words[self.at + 1]
            if word in ("IGNORE", "RESPECT") and after == "NULLS":
                self.at += 2
            elif word in ("FILTER", "OVER") and after == "(":
                self.at += 1
                self._bracket()
            elif word == "WITHIN" and after == "GROUP":
                self.at += 2
                self._bracket()
            elif word == "OVER":
                self.at += 2
            else:
                return

    def _type(self) -> None:
        """Passes over a type behind `::`."""
        depth = 0
        while self.at < len(self.tokens):
            depth += {"<": 1, ">": -1}.get(self.words[self.at], 0)
            self.at += 1
            if self.words[self.at] == "(":
                self._bracket()
            if depth <= 0 and self.words[self.at] != "<":
                return

    def _units(self) -> None:
        while _UNITS.fullmatch(self.words[self.at]):
            self.at += 1

    def _around(self, first: int, part: Part) -> Operand:
        """An operand that has another one inside."""
        self.nested.append(part)
        return self._operand(first)

    def _operand(self, first: int) -> Operand:
        last = max(first, min(self.at, len(self.tokens)) - 1)
        return Operand(self.tokens[first].start, self.tokens[last].end)

    def _text(self, index: int) -> str:
        return self.tokens[index].text


def _number(text: str, start: int, end: int) -> Operand:
    found = _WHOLE.fullmatch(text.lstrip("-"))
    if found is None:
        return Operand(start, end, kind="other")
    value = int(found[1]) * (-1 if text.startswith("-") else 1)
    is_int = -(2**31) <= value < 2**31
    return Operand(start, end, value, _KINDS.get(found[2].upper(), "int" if is_int else "bigint"))
