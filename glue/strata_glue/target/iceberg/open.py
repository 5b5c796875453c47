"""How a job run accesses Iceberg tables: by its engine and its store."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock

from strata_glue.engine.session import ClassicEngine, Engine
from strata_glue.store import Store
from strata_glue.store.local import LocalStore
from strata_glue.target.iceberg.catalog import IcebergTable
from strata_glue.target.iceberg.sail import SailTables
from strata_glue.target.iceberg.spark import SparkTables
from strata_glue.target.iceberg.tables import Tables, cannot


class OpenTables:
    """The tables of one job run: which locations are tables, and the engine's way to them, opened when first needed."""

    def __init__(self, engine: Engine, store: Store, by_location: Mapping[str, IcebergTable]) -> None:
        self.engine, self._store, self._by_location = engine, store, by_location
        self._lock = Lock()
        self._opened: Tables | None = None

    def open(self) -> Tables:
        """Raises `DatasetError` (`ENGINE_CANNOT`)."""
        with self._lock:
            if self._opened is None:
                self._opened = open_tables(self.engine, self._store)
            return self._opened

    def at(self, location: str) -> IcebergTable | None:
        """The table at a source's location; None for one that consists of files."""
        return self._by_location.get(location)


def open_tables(engine: Engine, store: Store) -> Tables:
    """The tables of a store by an engine. Raises `DatasetError` (`ENGINE_CANNOT`)."""
    if isinstance(engine, ClassicEngine):
        return SparkTables(engine, store)
    if isinstance(store, LocalStore):
        return SailTables(store)
    raise cannot(engine.name, "Iceberg tables outside of a lake")
