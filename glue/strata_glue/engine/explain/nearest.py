"""The known name that a misspelt one may mean: the rule of `compiler/nearest.ts`; one table of names tests both."""

from __future__ import annotations

import re
from collections.abc import Iterable

_SHARE = 0.4
"""A name further away than this share of the shorter one's length is not a misspelling."""

_LONGEST = 128
"""Most characters of a name that is compared; the time grows with their square."""


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The nearest name, if one is near enough; case makes no name another one. Of equal ones that with the same case, then
    the first in the order of the text."""
    names = {each for each in known if len(each) <= _LONGEST}
    if not names or len(name) > _LONGEST:
        return None
    best = min(names, key=lambda each: (_edits(name.lower(), each.lower()), _distance(name, each), each))
    return best if _is_near(name, best) else None


def _is_near(a: str, b: str) -> bool:
    """Words that both begin or end with do not count: `routes_bronze` is not a misspelling of `airports_bronze`."""
    left, right = _without_shared_words(_words_of(a), _words_of(b))
    shortest, longest = sorted((len(left), len(right)))
    number = _edits(left, right)
    return number == 0 or (number < longest and number <= max(1, int(shortest * _SHARE)))


def _words_of(name: str) -> list[str]:
    """In lower case; what is between two belongs to the one before."""
    return re.findall(r"[^\W_]+[\W_]*|[\W_]+", name.lower())


def _without_shared_words(a: list[str], b: list[str]) -> tuple[str, str]:
    shortest = min(len(a), len(b))
    start = 0
    while start < shortest and a[start] == b[start]:
        start += 1
    end = 0
    while end < shortest - start and a[-1 - end] == b[-1 - end]:
        end += 1
    return "".join(a[start : len(a) - end]), "".join(b[start : len(b) - end])


def _edits(a: str, b: str) -> int:
    """Two letters in the wrong order are one edit."""
    number = _distance(a, b)
    return 1 if number == 2 and _is_swap(a, b) else number


def _is_swap(a: str, b: str) -> bool:
    at = next((index for index, (left, right) in enumerate(zip(a, b, strict=False)) if left != right), len(a))
    return len(a) == len(b) and a[at : at + 2] == b[at : at + 2][::-1] and a[at + 2 :] == b[at + 2 :]


def _distance(a: str, b: str) -> int:
    """Levenshtein's: letters to insert, remove or replace."""
    row = list(range(len(b) + 1))
    for index, letter in enumerate(a, 1):
        before, row[0] = row[0], index
        for column, other in enumerate(b, 1):
            before, row[column] = row[column], min(row[column] + 1, row[column - 1] + 1, before + (letter != other))
    return row[-1]
