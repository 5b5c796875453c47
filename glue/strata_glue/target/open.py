"""The target at a location: the only module that knows both formats."""

from __future__ import annotations

from collections.abc import Callable

from strata_glue.contract import TableName
from strata_glue.store import Store
from strata_glue.target.iceberg.catalog import IcebergTable
from strata_glue.target.iceberg.tables import Tables
from strata_glue.target.iceberg.target import IcebergTarget
from strata_glue.target.parquet.target import ParquetTarget
from strata_glue.target.target import Target


def open_target(
    store: Store, location: str, table: TableName | None, tables: Callable[[], Tables] | None = None
) -> Target:
    """The target at a location. `table`: its entry in the catalog, if it is an Iceberg table. `tables`: the engine's way to
    tables, for those who write."""
    if table is None:
        return ParquetTarget(store, location)
    return IcebergTarget(store, IcebergTable(table.database, table.name, location), tables)
