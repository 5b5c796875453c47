"""An object of a job's argument, read key by key: what is not known is refused."""

from __future__ import annotations

from typing import Any

from strata_glue import VERSION
from strata_glue.errors import JobInputError


class Given:
    """One JSON object. Each key is read once, by its type; `nothing_else` refuses what is left. Null is as not given."""

    def __init__(self, value: Any, where: str) -> None:
        self._where = where
        if not isinstance(value, dict):
            raise self.wrong("it is no JSON object")
        self.value: dict[str, Any] = value
        self._read: set[str] = set()

    def choice(self, name: str, known: tuple[str, ...], default: str) -> str:
        """One of the known words."""
        value = self._take(name)
        if value is None:
            return default
        if value not in known:
            raise self.wrong(f"`{name}` is {_shown(value)}, which is none of {', '.join(known)}")
        return str(value)

    def text(self, name: str) -> str:
        """A text that must be there."""
        value = self.optional_text(name)
        if value is None:
            raise self.wrong(f"`{name}` is missing")
        return value

    def optional_text(self, name: str) -> str | None:
        value = self._take(name)
        if value is not None and not isinstance(value, str):
            raise self.wrong(f"`{name}` is {_shown(value)}, which is no text")
        return value

    def names(self, name: str) -> tuple[str, ...] | None:
        """A list of texts."""
        value = self._take(name)
        if value is None:
            return None
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise self.wrong(f"`{name}` is {_shown(value)}, which is no list of names")
        return tuple(value)

    def pairs(self, name: str) -> tuple[tuple[str, str], ...]:
        """A list of pairs of texts."""
        value = self._take(name)
        if not isinstance(value, list) or not all(_is_pair(each) for each in value):
            raise self.wrong(f"`{name}` is {_shown(value)}, which is no list of pairs of texts")
        return tuple((first, second) for first, second in value)

    def number(self, name: str, default: float, above: float | None = None) -> float:
        """A number from 0, or above a bound."""
        value = self._take(name)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0 or value == above:
            raise self.wrong(f"`{name}` is {_shown(value)}, which is no number {'above' if above == 0 else 'from'} 0")
        return value

    def flag(self, name: str) -> bool:
        """True or false; false if it is not given."""
        value = self._take(name)
        if value is not None and not isinstance(value, bool):
            raise self.wrong(f"`{name}` is {_shown(value)}, which is neither true nor false")
        return bool(value)

    def object(self, name: str) -> Given | None:
        value = self._take(name)
        return None if value is None else Given(value, f"`{name}` in {self._where}")

    def objects(self, name: str) -> list[Given]:
        """A list of objects."""
        value = self._take(name)
        if value is not None and not isinstance(value, list):
            raise self.wrong(f"`{name}` is {_shown(value)}, which is no list")
        return [Given(each, f"`{name}` {index + 1} in {self._where}") for index, each in enumerate(value or ())]

    def nothing_else(self) -> None:
        """Refuses keys that nobody has read."""
        unknown = sorted(set(self.value) - self._read)
        if unknown:
            raise self.wrong(f"this job does not know the key `{unknown[0]}`")

    def wrong(self, what: str) -> JobInputError:
        """The error, with its place and remedy."""
        return JobInputError(
            f"{self._where}: {what}; nothing was run. This is the job of Strata {VERSION}: give it a definition of the same "
            "version (deploy again)"
        )

    def _take(self, name: str) -> Any:
        self._read.add(name)
        return self.value.get(name)


def _is_pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(isinstance(each, str) for each in value)


def _shown(value: Any) -> str:
    return f"`{str(value)[:60]}`"
