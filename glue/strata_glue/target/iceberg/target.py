"""A target that is an Iceberg table. Recovery works in a lake only, and without an engine, since only metadata changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

from strata_glue.errors import DatasetError
from strata_glue.store import Store, survey
from strata_glue.store.local import LocalStore
from strata_glue.target.attempt import Attempt, Origin, remove_attempts
from strata_glue.target.iceberg.catalog import IcebergTable
from strata_glue.target.iceberg.history import Snapshot
from strata_glue.target.iceberg.lake import LakeMetadata
from strata_glue.target.iceberg.sail import SailTables
from strata_glue.target.iceberg.tables import Tables
from strata_glue.target.parquet.orphans import attempts_in
from strata_glue.target.target import Recovered, Target


class IcebergTarget(Target):
    """A table. `tables`: opens the engine's way to it, which only `begin` needs."""

    def __init__(self, store: Store, table: IcebergTable, tables: Callable[[], Tables] | None) -> None:
        super().__init__(store, table.location)
        self._table, self._tables = table, tables

    def begin(self, origin: Origin) -> Attempt:
        from strata_glue.target.iceberg.attempt import IcebergAttempt  # imports pyarrow, which recovery does without

        if self._tables is None:
            raise RuntimeError("only an engine writes a table")
        return IcebergAttempt.begin(self.store, self._tables(), self._table, origin)

    def recover(self, dataset: str) -> Recovered:
        removed = self._clean_up()
        now = next(iter(self._generations()), {})
        action = "cleaned" if removed else "nothing"
        return Recovered(dataset, self.location, action, now.get("generation"), now.get("files"), removed)

    def restore(self, dataset: str, generation: int) -> Recovered:
        removed = self._clean_up()
        lake = LakeMetadata(self._lake())
        base = lake.history(self._table)
        known = {each.generation: each for each in base.published() if each.generation} if base else {}
        if base is None or generation not in known:
            there = ", ".join(str(each) for each in known) or "none"
            raise DatasetError(
                "GENERATION_UNKNOWN", f"generation {generation} of {self.location} has no snapshot; existing: {there}"
            )
        lake.roll_back(self._table, base, known[generation].id)
        files = known[generation].version().files
        return Recovered(dataset, self.location, "rolled_back", generation, files, removed)

    def rebuild(self, dataset: str, accept: bool) -> Recovered:
        """The table's metadata lists its content, so the files give nothing to rebuild it from."""
        return self.recover(dataset) if accept else self.generations(dataset)

    def generations(self, dataset: str) -> Recovered:
        return Recovered(dataset, self.location, "listed", generations=self._generations())

    def _clean_up(self) -> int:
        """Removes the orphan files of killed attempts; returns of how many. The caller holds the lake's lock: none is alive."""
        store = self._lake()
        attempts = attempts_in(survey(store, self.location))
        remove_attempts(store, self.location, attempts)
        branches = LakeMetadata(store).remove_branches(self._table)
        SailTables(store).clean_up(self._table)
        return max(len(attempts), branches) + LakeMetadata(store).remove_unfinished(self._table)

    def _generations(self) -> list[dict[str, Any]]:
        """The current generation, then those that can be restored, newest first."""
        base = LakeMetadata(self._lake()).history(self._table)
        if base is None or base.current is None:
            return []
        now = base.current
        others = [each for each in reversed(base.published()) if each.generation and each.id != now.id]
        return [_as_json(each) for each in (now, *others)]

    def _lake(self) -> LocalStore:
        """The store. Raises `DatasetError` (`ENGINE_CANNOT`) on AWS, where only the next run of the dataset can clean up."""
        if isinstance(self.store, LocalStore):
            return self.store
        raise DatasetError(
            "ENGINE_CANNOT",
            f"{self._table.database}.{self._table.name} is an Iceberg table in the Glue catalog: its orphan files are removed "
            "by the next run of its dataset; to roll it back with Spark, see docs/publish.md",
        )


def _as_json(snapshot: Snapshot) -> dict[str, Any]:
    version = snapshot.version()
    time = datetime.fromtimestamp(snapshot.time, timezone.utc).isoformat(timespec="milliseconds")
    return {
        "generation": version.generation,
        "time": time.replace("+00:00", "Z"),
        "execution": snapshot.execution,
        "rows": version.rows,
        "files": version.files,
    }
