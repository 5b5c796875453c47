"""A target that is an Iceberg table."""

from __future__ import annotations

from collections.abc import Callable

from strata_glue.store import Store
from strata_glue.target.attempt import Attempt, Origin
from strata_glue.target.iceberg.catalog import IcebergTable
from strata_glue.target.iceberg.recovery import clean_table, generations_of, restore_table
from strata_glue.target.iceberg.tables import Tables
from strata_glue.target.target import Recovered, Target


class IcebergTarget(Target):
    """A table. `tables`: opens the engine's way to it, which only `begin` needs."""

    def __init__(self, store: Store, table: IcebergTable, tables: Callable[[], Tables] | None) -> None:
        super().__init__(store, table.location)
        self._table, self._tables = table, tables

    def begin(self, origin: Origin) -> Attempt:
        from strata_glue.target.iceberg.attempt import IcebergAttempt  # with pyarrow, which recovery does without

        if self._tables is None:
            raise RuntimeError("a table is written by an engine")
        return IcebergAttempt.begin(self.store, self._tables(), self._table, origin)

    def recover(self, dataset: str) -> Recovered:
        removed = clean_table(self.store, self._table)
        now = next(iter(generations_of(self.store, self._table)), {})
        action = "cleaned" if removed else "nothing"
        return Recovered(dataset, self.location, action, now.get("generation"), now.get("files"), removed)

    def restore(self, dataset: str, generation: int) -> Recovered:
        removed = clean_table(self.store, self._table)
        current, files = restore_table(self.store, self._table, generation)
        return Recovered(dataset, self.location, "rolled_back", current, files, removed)

    def rebuild(self, dataset: str, accept: bool) -> Recovered:
        """Iceberg's metadata is the content: there is nothing to make of the files."""
        return self.recover(dataset) if accept else self.generations(dataset)

    def generations(self, dataset: str) -> Recovered:
        return Recovered(dataset, self.location, "listed", generations=generations_of(self.store, self._table))
