"""`strata recover` for Iceberg tables of a lake: without an engine, since only metadata changes."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from strata_glue.errors import DatasetError
from strata_glue.store import Store, survey
from strata_glue.store.local import LocalStore
from strata_glue.target.attempt import ATTEMPTS
from strata_glue.target.iceberg.catalog import IcebergTable
from strata_glue.target.iceberg.history import Snapshot
from strata_glue.target.iceberg.lake import LakeMetadata
from strata_glue.target.iceberg.sail import SailTables
from strata_glue.target.parquet.orphans import attempts_in


def clean_table(store: Store, table: IcebergTable) -> int:
    """Removes what killed attempts left; answers of how many. The caller holds the lake's lock, so nobody is alive.

    Raises `DatasetError` (`ENGINE_CANNOT`) for a table outside of a lake: only the next run of its dataset can tell.
    """
    store = _lake(store, table)
    attempts = attempts_in(survey(store, table.location))
    for name in attempts:
        store.delete_tree(f"{table.location}{ATTEMPTS}{name}/")
    branches = LakeMetadata(store).remove_branches(table)
    SailTables(store).clean_up(table)
    return max(len(attempts), branches) + LakeMetadata(store).remove_unfinished(table)


def restore_table(store: Store, table: IcebergTable, generation: int) -> tuple[int, int | None]:
    """Makes a generation's snapshot the current one; answers its number and files. Raises `DatasetError`."""
    lake = LakeMetadata(_lake(store, table))
    base = lake.history(table)
    known = {each.generation: each for each in base.published() if each.generation} if base else {}
    if base is None or generation not in known:
        there = ", ".join(str(each) for each in known) or "none"
        raise DatasetError(
            "GENERATION_UNKNOWN", f"generation {generation} of {table.location} has no snapshot; existing: {there}"
        )
    lake.roll_back(table, base, known[generation].id)
    return generation, known[generation].version().files


def generations_of(store: Store, table: IcebergTable) -> list[dict[str, Any]]:
    """Generations that can be gone back to, newest first, the current one before all others. Raises `DatasetError`."""
    base = LakeMetadata(_lake(store, table)).history(table)
    if base is None or base.current is None:
        return []
    now = base.current
    others = [each for each in reversed(base.published()) if each.generation and each.id != now.id]
    return [_told(each) for each in (now, *others)]


def _told(snapshot: Snapshot) -> dict[str, Any]:
    version = snapshot.version()
    time = datetime.fromtimestamp(snapshot.time, timezone.utc).isoformat(timespec="milliseconds")
    return {
        "generation": version.generation,
        "time": time.replace("+00:00", "Z"),
        "execution": snapshot.execution,
        "rows": version.rows,
        "files": version.files,
    }


def _lake(store: Store, table: IcebergTable) -> LocalStore:
    if isinstance(store, LocalStore):
        return store
    raise DatasetError(
        "ENGINE_CANNOT",
        f"{table.database}.{table.name} is an Iceberg table in the Glue catalog: its orphan files are removed by the next run of its "
        "dataset; to roll it back with Spark, see docs/publish.md",
    )
