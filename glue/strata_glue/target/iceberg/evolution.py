"""How a table's columns become those of a result that replaces everything.

Iceberg knows a column by a number, not by its name. So a column of another type is a new column, under a name of the
attempt's own until the commit gives it the right one; what the old rows have under the old name stays theirs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from strata_glue.contract import Column
from strata_glue.engine.spark.columns import quoted
from strata_glue.errors import DatasetError
from strata_glue.target.iceberg.history import History
from strata_glue.target.iceberg.tables import Change
from strata_glue.target.iceberg.types import stored_type

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


@dataclass(frozen=True)
class Evolution:
    """The changes, by column names."""

    orphan_columns: tuple[str, ...]
    """Columns that a killed attempt added, and neither the current snapshot nor the result has."""
    added: dict[str, str]
    """New column → the name it is added under."""
    dropped: tuple[str, ...]
    order: tuple[str, ...]
    """Columns as they are to be; empty where nothing changes."""

    @staticmethod
    def none(base: History) -> Evolution:
        """Columns stay, except those that a killed attempt left."""
        return Evolution(_orphan_columns(base), {}, (), ())

    @property
    def is_needed(self) -> bool:
        """True if the commit has to change columns, too."""
        return bool(self.order)

    def renamed(self, frame: DataFrame) -> DataFrame:
        """The frame with the names that its columns have until the commit; columns that go are NULL."""
        from pyspark.sql import functions as F

        if not self.is_needed:
            return frame
        columns = [F.col(quoted(name)).alias(self.added.get(name, name)) for name in self.order]
        gone = [F.lit(None).alias(name) for name in self.dropped]
        return frame.select(*columns, *gone)

    def updates(self) -> Iterator[Sequence[tuple[str, tuple[str, ...]]]]:
        """Schema updates of the commit, one after another: a method of Iceberg's `UpdateSchema`, and its arguments."""
        if not self.is_needed:
            return
        if self.dropped:
            yield [("deleteColumn", (name,)) for name in self.dropped]
        renamed = [("renameColumn", (temporary, name)) for name, temporary in self.added.items() if temporary != name]
        if renamed:
            yield renamed
        moved: list[tuple[str, tuple[str, ...]]] = [("moveFirst", (self.order[0],))]
        moved += [("moveAfter", (name, before)) for before, name in zip(self.order, self.order[1:], strict=False)]
        yield moved


def evolution_of(base: History, result: tuple[Column, ...], change: Change) -> Evolution:
    """From the current snapshot's columns to the result's. Raises `DatasetError` for a partition column of another type."""
    old = {column.name: column.type for column in base.columns()}
    new = {column.name: stored_type(column.type) for column in result}
    if list(old.items()) == list(new.items()):
        return Evolution.none(base)
    dropped = tuple(name for name in old if new.get(name) != old[name])
    taken = {name.lower() for name in old}
    added = {
        name: f"strata_{change.attempt[-12:]}_{index}" if name.lower() in taken else name
        for index, name in enumerate(new)
        if old.get(name) != new[name]
    }
    for name in change.partition_by:
        if added.get(name, name) != name:
            raise DatasetError(
                "RESULT_COLUMNS",
                f"partition column `{name}` is {new[name]} and was {old.get(name, 'spelt otherwise')} in {change.write} "
                "of an Iceberg table: keep its type, or give the dataset another target",
            )
    there = {column.name: column.type for column in base.declared_columns()}
    orphan_columns = tuple(
        name for name in _orphan_columns(base) if added.get(name) != name or new[name] != there[name]
    )
    return Evolution(orphan_columns, added, dropped, tuple(new))


def _orphan_columns(base: History) -> tuple[str, ...]:
    known = {column.name for column in base.columns()}
    return tuple(column.name for column in base.declared_columns() if column.name not in known)
