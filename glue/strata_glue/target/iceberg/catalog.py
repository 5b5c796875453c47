"""Where an Iceberg table is. No other module makes URIs, identifiers or catalog settings.

On AWS a table is in the Glue catalog under its database and name, and its files below the target's own location. In a
lake it is in its target's folder, `<lake>/<bucket>/<prefix>`, found by its path alone: Iceberg's Hadoop catalog,
whose namespaces are folders.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from strata_glue.engine.spark.columns import quoted
from strata_glue.store import Store
from strata_glue.store.local import LocalStore

CATALOG = "strata"
"""Spark's name for the catalog."""

_IN_SPARK = f"spark.sql.catalog.{CATALOG}"

# A reader is to see the current version, not the one of its last look.
_BOTH = {_IN_SPARK: "org.apache.iceberg.spark.SparkCatalog", f"{_IN_SPARK}.cache-enabled": "false"}

GLUE_SETTINGS = {
    **_BOTH,
    f"{_IN_SPARK}.catalog-impl": "org.apache.iceberg.aws.glue.GlueCatalog",
    f"{_IN_SPARK}.io-impl": "org.apache.iceberg.aws.s3.S3FileIO",
}
"""The catalog on AWS. The job sets them itself, session by session; the job run needs `--datalake-formats iceberg` only."""


@dataclass(frozen=True)
class IcebergTable:
    """A table's address."""

    database: str
    """In the Glue catalog."""
    name: str
    location: str
    """The target's, ending in `/`."""


def catalog_settings(store: Store) -> dict[str, str]:
    """Settings of a Spark session that make the catalog `strata` of a store's tables."""
    if isinstance(store, LocalStore):
        return {**_BOTH, f"{_IN_SPARK}.type": "hadoop", f"{_IN_SPARK}.warehouse": str(store.root)}
    return GLUE_SETTINGS


def identifier(table: IcebergTable, store: Store) -> str:
    """The table's name in Spark's SQL."""
    parts: tuple[str, ...] = (table.database, table.name)
    if isinstance(store, LocalStore):
        parts = folder_of(table, store).relative_to(store.root).parts
    return ".".join([CATALOG, *(quoted(part) for part in parts)])


def given_location(table: IcebergTable, store: Store) -> str | None:
    """The location to create the table with; None where it follows from the name."""
    return None if isinstance(store, LocalStore) else table.location.rstrip("/")


def folder_of(table: IcebergTable, store: LocalStore) -> Path:
    """The table's folder in a lake."""
    return Path(store.engine_path(table.location))
