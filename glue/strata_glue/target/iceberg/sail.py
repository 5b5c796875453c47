"""Iceberg tables on Sail, in a lake.

Sail 0.7 reads and writes Iceberg tables by path, and commits by itself: without properties, without a condition, and
without replacing partitions. So it writes to a copy: metadata that is made of the target's, in the attempt's own folder
below the target. What Sail adds there (data files, manifests, a snapshot) is added to the target's next metadata file, with
Strata's properties (lake.py).
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from strata_glue.fail_points import fail_point
from strata_glue.store.local import LocalStore
from strata_glue.target.iceberg.bounds import check_files
from strata_glue.target.iceberg.catalog import IcebergTable
from strata_glue.target.iceberg.history import History
from strata_glue.target.iceberg.lake import LakeMetadata, newest_file, put_new
from strata_glue.target.iceberg.metadata import Json, beside, layout_updates, new_table, snapshot_updates, updated
from strata_glue.target.iceberg.tables import Change, cannot, with_remaining_rows

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

BESIDE = "sail"
"""Folder below a target for what Sail writes, a folder an attempt; those whose snapshots are the table's stay."""


class SailTables:
    """Tables of a lake."""

    def __init__(self, store: LocalStore) -> None:
        self._store = store
        self._lake = LakeMetadata(store)

    def history(self, table: IcebergTable) -> History | None:
        return self._lake.history(table)

    def read(self, table: IcebergTable, snapshot: int, session: SparkSession) -> DataFrame:
        folder = self._folder(table)
        if check_files(self._store, table, self.history, snapshot):
            raise cannot("Sail", f"a read of {table.location}, where another writer deleted single rows")
        return session.read.format("iceberg").option("snapshotId", str(snapshot)).load(str(folder))

    def commit(
        self, table: IcebergTable, base: History | None, change: Change, frame: DataFrame, session: SparkSession
    ) -> None:
        folder = self._folder(table)
        current = base.current if base else None
        goal = History(self._goal(folder, base, change, frame))
        if change.write in ("merge", "replace_partitions") and current is not None:
            frame = with_remaining_rows(self.read(table, current.id, session), frame, change)
        kept = current.id if current is not None and change.write == "append" else None
        shadow = folder / BESIDE / change.attempt
        put_new(shadow, 1, beside(goal, kept, change.order))
        # The copy's sort order sorts the rows.
        _as_declared(frame, goal).write.format("iceberg").mode("append").save(str(shadow))
        fail_point("branch written")
        written = json.loads((newest_file(shadow) or shadow).read_text(encoding="utf-8"))
        adopted = snapshot_updates(goal.metadata, written, change, current.id if current else None)
        self._lake.publish(table, base, goal.metadata, adopted)

    def roll_back(self, table: IcebergTable, base: History, snapshot: int) -> None:
        self._lake.roll_back(table, base, snapshot)

    def abandon(self, table: IcebergTable, attempt: str) -> None:
        history = self.history(table)
        # If the error came after the commit, the folder has the table's rows.
        if history is None or all(each.attempt != attempt for each in history.snapshots.values()):
            shutil.rmtree(self._lake.folder(table) / BESIDE / attempt, ignore_errors=True)

    def clean_up(self, table: IcebergTable) -> None:
        """Removes folders that no snapshot of the table came from."""
        history = self.history(table)
        folder = self._lake.folder(table) / BESIDE
        used = {each.attempt for each in history.snapshots.values()} if history else set()
        for each in folder.iterdir() if folder.is_dir() else ():
            if each.name not in used:
                shutil.rmtree(each, ignore_errors=True)

    def _folder(self, table: IcebergTable) -> Path:
        """The table's folder. Sail 0.7 parses a path as a URL: paths that it would misread are refused."""
        folder = self._lake.folder(table)
        if not re.fullmatch(r"[\w/.=-]+", str(folder), re.ASCII):
            raise cannot("Sail", f"Iceberg tables in {folder} (only letters, digits and `/.=_-` in the path)")
        return folder

    def _goal(self, folder: Path, base: History | None, change: Change, frame: DataFrame) -> Json:
        """The table's metadata with its new columns and partitions."""
        if base is None:
            return updated(new_table(str(folder), frame.schema, change), [])
        now = History(updated(base.metadata, []))  # checked, and complete
        version = now.metadata["format-version"]
        if version != 2:
            raise cannot("Sail", f"writes to Iceberg tables of format version {version}")
        return (
            updated(now.metadata, layout_updates(now, frame.schema, change))
            if change.write == "replace"
            else now.metadata
        )


def _as_declared(frame: DataFrame, goal: History) -> DataFrame:
    """The frame with the table's columns in its order and types: Sail casts nothing by itself."""
    from pyspark.sql import functions as F

    return frame.select(*[F.col(f"`{each.name}`").cast(each.type).alias(each.name) for each in goal.declared_columns()])
