"""Iceberg tables on Sail, in a lake.

Sail 0.7 reads and writes Iceberg tables by path, and commits by itself: no properties, no condition, no replacement of
partitions. So it writes to a table beside: metadata that we make of the target's, in a folder of the attempt's own below
the target. What Sail adds there — data files, manifests, a snapshot — we take over into the target's next metadata
file, with our properties. That file is made by a hard link, which fails if the name is taken: the commit.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import time
import uuid
from functools import reduce
from pathlib import Path
from typing import Any

from strata_glue.errors import DatasetError
from strata_glue.iceberg.catalog import IcebergTable, folder_of
from strata_glue.iceberg.history import History
from strata_glue.iceberg.metadata import (
    adopted,
    beside,
    new_metadata,
    rolled_back,
    with_columns,
    with_partitions,
)
from strata_glue.iceberg.tables import Change, cannot, table_changed
from strata_glue.steps import step
from strata_glue.store.local import LocalStore

BESIDE = "sail"
"""Folder below a target of what Sail wrote, a folder an attempt; those whose snapshots were taken over stay."""

_VERSION = re.compile(r"v(\d+)\.metadata\.json")


class SailTables:
    """Tables of a lake, laid out as Iceberg's Hadoop catalog does: `metadata/v<n>.metadata.json`, the highest counts."""

    def __init__(self, store: LocalStore) -> None:
        self._store = store

    def history(self, table: IcebergTable) -> History | None:
        found = _newest(self._folder(table))
        return History(json.loads(found.read_text(encoding="utf-8"))) if found else None

    def read(self, table: IcebergTable, snapshot: int, session: Any) -> Any:
        folder = self._folder(table)
        return session.read.format("iceberg").option("snapshotId", str(snapshot)).load(str(folder))

    def commit(self, table: IcebergTable, base: History | None, change: Change, frame: Any, session: Any) -> None:
        folder = self._folder(table)
        before = _newest(folder)
        metadata = self._goal(folder, base, change, frame)
        if change.write in ("merge", "replace_partitions") and base is not None and base.current is not None:
            frame = _with_what_stays(self.read(table, base.current.id, session), frame, change)
        kept = base.current if base is not None and change.write == "append" else None
        shadow = folder / BESIDE / change.attempt
        _put_new(shadow / "metadata" / "v1.metadata.json", beside(metadata, kept.id if kept else None))
        _put_hint(shadow, 1)
        frame.select(*[f"`{name}`" for name in History(metadata).declared_columns()]).write.format("iceberg").mode(
            "append"
        ).save(str(shadow))
        step("branch written")
        written = json.loads((_newest(shadow) or shadow).read_text(encoding="utf-8"))
        done = adopted(metadata, written, change, base.current.id if base and base.current else None)
        self._publish(table, base, before, done)

    def roll_back(self, table: IcebergTable, base: History, snapshot: int) -> None:
        self._publish(table, base, _newest(self._folder(table)), rolled_back(base.metadata, snapshot))

    def abandon(self, table: IcebergTable, attempt: str) -> None:
        shutil.rmtree(self._folder(table) / BESIDE / attempt, ignore_errors=True)

    def tidy(self, table: IcebergTable) -> None:
        """Folders that no snapshot of the table came from."""
        history = self.history(table)
        folder = self._folder(table) / BESIDE
        used = {each.attempt for each in history.snapshots.values()} if history else set()
        for each in folder.iterdir() if folder.is_dir() else ():
            if each.name not in used:
                shutil.rmtree(each, ignore_errors=True)

    def _folder(self, table: IcebergTable) -> Path:
        """The table's folder. Sail 0.7 reads a path as a URL does: what it would take for something else is refused."""
        folder = folder_of(table, self._store)
        if not re.fullmatch(r"[\w/.=-]+", str(folder), re.ASCII):
            raise cannot("Sail", f"Iceberg tables in {folder} (only letters, digits and `/.=_-` in the path)")
        return folder

    def _goal(self, folder: Path, base: History | None, change: Change, frame: Any) -> dict[str, Any]:
        """The table's metadata with the columns and partitions that it is to have."""
        if base is None:
            return new_metadata(str(folder), frame.schema, change)
        if change.write != "replace":
            return base.metadata
        return with_partitions(with_columns(base, frame.schema), change.partition_by)

    def _publish(
        self, table: IcebergTable, base: History | None, before: Path | None, metadata: dict[str, Any]
    ) -> None:
        """Writes the next metadata file. Raises `DatasetError` (`TARGET_CHANGED`) if somebody else was first."""
        folder = self._folder(table)
        now = self.history(table)
        if (now.metadata if now else None) != (base.metadata if base else None):
            raise table_changed(table, now)
        version = _version(before) + 1 if before else 1
        if before is not None:
            entry = {"metadata-file": str(before), "timestamp-ms": int(time.time() * 1000)}
            metadata = {**metadata, "metadata-log": [*metadata.get("metadata-log", ()), entry]}
        if not _put_new(folder / "metadata" / f"v{version}.metadata.json", metadata):
            raise table_changed(table, self.history(table))
        _put_hint(folder, version)


def _with_what_stays(standing: Any, frame: Any, change: Change) -> Any:
    """The result, and those rows of the table that it does not replace: by key, or by partition."""
    names = change.merge_key if change.write == "merge" else change.partition_by
    replaced = frame.select(*[f"`{name}`" for name in names]).distinct()
    same = reduce(
        lambda one, other: one & other,
        [standing[f"`{name}`"].eqNullSafe(replaced[f"`{name}`"]) for name in names],
    )
    return standing.join(replaced, same, "left_anti").unionByName(frame)


def _newest(folder: Path) -> Path | None:
    found = [each for each in (folder / "metadata").glob("v*.metadata.json") if _VERSION.fullmatch(each.name)]
    return max(found, key=_version, default=None)


def _version(file: Path) -> int:
    found = _VERSION.fullmatch(file.name)
    return int(found.group(1)) if found else 0


def _put_new(file: Path, metadata: dict[str, Any]) -> bool:
    """Writes a whole file under a name that nobody has; False if somebody has."""
    file.parent.mkdir(parents=True, exist_ok=True)
    aside = file.with_name(f".{uuid.uuid4().hex}.tmp")
    aside.write_text(json.dumps(metadata), encoding="utf-8")
    try:
        os.link(aside, file)
    except FileExistsError:
        return False
    except OSError as error:
        raise DatasetError("ENGINE_CANNOT", f"the lake's file system has no hard links ({error.strerror})") from None
    finally:
        aside.unlink()
    return True


def _put_hint(folder: Path, version: int) -> None:
    """Where readers begin to look for the newest version; one that is behind costs them a look more."""
    aside = folder / "metadata" / f".{uuid.uuid4().hex}.tmp"
    aside.write_text(str(version))
    aside.replace(folder / "metadata" / "version-hint.text")
