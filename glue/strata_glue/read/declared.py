"""What `sources` in pipeline.yaml declares of a source, compared with the columns that are there, before any row is read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

from strata_glue.engine.explain.nearest import nearest
from strata_glue.engine.spark.type_text import holds, read_type
from strata_glue.engine.spark.types import is_nested, name_of
from strata_glue.errors import DatasetError

SHOWN = 10
"""Differences that a message lists; it counts the others."""


@dataclass(frozen=True)
class Difference:
    """A column that is not as it is declared."""

    kind: Literal["missing", "new", "type"]
    """`missing`: no file has it. `new`: it is not declared, or as `void`. `type`: its declared type does not hold every value
    of it."""
    column: str
    """As the file spells it; a missing one as it is declared."""
    declared: str | None = None
    """The type as the author wrote it."""
    found: str | None = None
    """The type in the file."""
    where: str = ""
    """The file, or what else says what columns there are. Of a missing column the first of `files`."""
    files: int = 1
    meant: str | None = None
    """Of a missing column: a new one with nearly its name."""
    why: str = ""
    """Of a type: what is wrong beside the types themselves."""

    def __str__(self) -> str:
        if self.kind == "new":
            return f"column `{self.column}` ({self.found}{', declared as void' if self.declared else ''})"
        if self.kind == "missing":
            meant = f" (is it `{self.meant}` now?)" if self.meant else ""
            others = f" nor in another of the {self.files} files" if self.files > 1 else ""
            return f"column `{self.column}`, declared as {self.declared}, is not in {self.where}{others}{meant}"
        what = self.why or f"{self.found} in {self.where}, and declared as {self.declared}, which"
        return f"column `{self.column}` is {what}" + ("" if self.why else f" cannot represent every {self.found}")


class Declared:
    """A source's declared columns. Spark's names ignore case.

    A column that is declared as `void` was empty when it was declared: files say what it is.
    """

    def __init__(self, columns: Mapping[str, str]) -> None:
        self._columns = {name.lower(): (name, kind) for name, kind in columns.items()}
        self._types = {key: read_type(kind) for key, (_, kind) in self._columns.items()}

    def text(self, name: str) -> str | None:
        """The declared type as the author wrote it; None where it says nothing of the column's type."""
        key = name.lower()
        kind = self._types.get(key)
        return None if kind is not None and pa.types.is_null(kind) else self._as_written(name)

    def as_declared(self, name: str, found: pa.DataType) -> pa.DataType | None:
        """The type that SQL sees of a column: the declared one, else the file's. None if the declared one cannot hold it."""
        if self.text(name) is None:
            return found
        wanted = self._types[name.lower()]
        if wanted is None or not holds(wanted, found):
            return None
        return found if is_nested(found) else wanted

    def type_problem(self, name: str, found: pa.DataType, where: str) -> Difference | None:
        """Set if the declared type cannot hold the column."""
        if self.as_declared(name, found) is not None:
            return None
        return Difference("type", name, self.text(name), name_of(found), where)

    def others(self, columns: Mapping[str, str], where: str, files: int = 1) -> list[Difference]:
        """Columns that are missing, and those that are new. `columns`: all that are there, name → type."""
        if not self._columns:
            return []
        there = {name.lower() for name in columns}
        new = {
            name: kind
            for name, kind in columns.items()
            if self.text(name) is None and (kind != "void" or self._as_written(name) is None)
        }
        missing = [
            Difference("missing", name, kind, where=where, files=files, meant=nearest(name, new))
            for key, (name, kind) in self._columns.items()
            if key not in there
        ]
        return [*missing, *[Difference("new", name, self._as_written(name), kind, where) for name, kind in new.items()]]

    def _as_written(self, name: str) -> str | None:
        return self._columns.get(name.lower(), ("", None))[1]

    def of_table(self, columns: Sequence[tuple[str, str]], where: str) -> tuple[list[Difference], dict[str, str]]:
        """Compares a table whose columns are recorded with their types: the differences, and what SQL is to see cast."""
        differences, casts = [], {}
        for name, kind in columns:
            found, wanted = read_type(kind), self.text(name)
            if wanted is None:
                continue
            seen = self.as_declared(name, found) if found is not None else None
            if seen is None and " ".join(kind.lower().split()) != " ".join(wanted.lower().split()):
                differences.append(Difference("type", name, wanted, kind, where))
            elif seen is not None and seen != found:
                casts[name] = name_of(seen)
        return [*differences, *self.others(dict(columns), where)], casts


def refuse(tables: Iterable[tuple[str, str, Sequence[Difference]]]) -> None:
    """Raises `DatasetError` (`SOURCE_COLUMNS`) for every column of every source that is missing or of another type.
    `tables`: what messages call each, its location, its differences."""
    messages = []
    for called, location, differences in tables:
        wrong = [str(each) for each in differences if each.kind != "new"]
        if wrong:
            messages.append(
                f"{called} ({location}) is not as `sources` in pipeline.yaml declares it: {_listed(wrong, '; ')}"
            )
    if messages:
        raise DatasetError(
            "SOURCE_COLUMNS",
            f"{'. '.join(messages)}. Correct `sources` (`strata schemas` compares it with the files, `--write` changes it), "
            "or have the files written as declared",
        )


def undeclared(called: str, differences: Sequence[Difference]) -> list[str]:
    """A warning of the columns that are new, if there are any."""
    new = [str(each) for each in differences if each.kind == "new"]
    if not new:
        return []
    what = _listed(new, ", ")
    return [f"{called}: `sources` of pipeline.yaml does not declare {what}: `strata schemas --write` adds what is new"]


def _listed(texts: Sequence[str], sign: str) -> str:
    more = len(texts) - SHOWN
    return sign.join([*texts[:SHOWN], *([f"and {more} more"] if more > 0 else [])])
