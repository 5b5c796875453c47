"""Metadata files of a table in a lake, laid out as Iceberg's Hadoop catalog does: `metadata/v<n>.metadata.json`, the highest counts.

The next one is made by a hard link, which fails if the name is taken. That is the commit, with no engine at all.
"""

from __future__ import annotations

import errno
import json
import os
import re
import uuid
from pathlib import Path

from strata_glue.errors import DatasetError
from strata_glue.fail_points import fail_point
from strata_glue.store.base import NoFile
from strata_glue.store.folder import open_file
from strata_glue.store.local import LocalStore
from strata_glue.target.iceberg.bounds import check_metadata
from strata_glue.target.iceberg.catalog import IcebergTable, folder_of
from strata_glue.target.iceberg.history import History
from strata_glue.target.iceberg.metadata import Json, branch_removals, roll_back_updates, updated
from strata_glue.target.iceberg.tables import BRANCH, table_changed

_UNFINISHED = re.compile(r"\.[0-9a-f]{32}\.tmp")
_VERSION = re.compile(r"v(\d+)\.metadata\.json")


class LakeMetadata:
    """Reads and moves on the metadata of a lake's tables."""

    def __init__(self, store: LocalStore) -> None:
        self._store = store

    def folder(self, table: IcebergTable) -> Path:
        """The table's folder."""
        return folder_of(table, self._store)

    def history(self, table: IcebergTable) -> History | None:
        """The current version; None if there is no such table. Raises `DatasetError` (`RECORD_BROKEN`)."""
        newest = newest_file(self.folder(table))
        if newest is None:
            return None
        history = _history_in(newest)
        check_metadata(self._store, table, history.metadata)
        return history

    def publish(self, table: IcebergTable, base: History | None, metadata: Json, updates: list[Json]) -> None:
        """Commits `metadata` after `updates`, if the current version still is `base`. Raises `DatasetError` (`TARGET_CHANGED`)."""
        folder, before = self.folder(table), base.file if base else None
        unfinished = self._unfinished(table)
        after = updated(metadata, updates, before)
        if newest_file(folder) != before or not put_new(folder, version_of(before) + 1 if before else 1, after):
            raise table_changed(table, self.history(table))
        for each in unfinished:  # their writers want this version's number at most, which is taken
            each.unlink(missing_ok=True)

    def roll_back(self, table: IcebergTable, base: History, snapshot: int) -> None:
        """Makes an earlier snapshot the current one. Raises `DatasetError` (`TARGET_CHANGED`)."""
        self.publish(table, base, base.metadata, roll_back_updates(base, snapshot))

    def remove_branches(self, table: IcebergTable) -> int:
        """Removes the branches of attempts that no longer run; returns how many."""
        base = self.history(table)
        names = [name for name in base.metadata.get("refs") or {} if name.startswith(BRANCH)] if base else []
        if base is not None and names:
            self.publish(table, base, base.metadata, branch_removals(names))
        return len(names)

    def remove_unfinished(self, table: IcebergTable) -> int:
        """Removes metadata files that killed attempts were writing; returns how many. No other writer may run."""
        found = self._unfinished(table)
        for each in found:
            each.unlink(missing_ok=True)
        return len(found)

    def _unfinished(self, table: IcebergTable) -> list[Path]:
        inside = self.folder(table) / "metadata"
        return [each for each in inside.glob(".*.tmp") if _UNFINISHED.fullmatch(each.name)]


def _history_in(file: Path) -> History:
    """A metadata file's content. Raises `DatasetError` (`RECORD_BROKEN`) if it cannot be read."""
    try:
        with open_file(file) as stream:
            metadata = json.load(stream)
        history = History({**metadata, "properties": dict(metadata.get("properties") or {})}, file)
        # Everything that is read of it later can be read.
        history.columns(), history.declared_columns(), history.partition_by(), history.next_generation()
        return history
    except Exception as error:  # JSON of any shape
        raise DatasetError(
            "RECORD_BROKEN",
            f"{file} cannot be read ({_why(error)}): restore it from a backup of the lake; without one, remove "
            f"it and version-hint.text next to it: {_without(file)}",
        ) from None


def _why(error: Exception) -> str:
    """Why a metadata file cannot be read."""
    if isinstance(error, NoFile):
        return error.what
    if isinstance(error, OSError):
        return error.strerror or "the file system refuses it"
    not_json = isinstance(error, (json.JSONDecodeError, UnicodeDecodeError, RecursionError))
    return "it is not JSON" if not_json else "it is not the metadata of a table"


def _without(file: Path) -> str:
    """The table's state without its newest metadata."""
    if any(each != file and version_of(each) for each in file.parent.iterdir()):
        return "the table then has the content before its last commit"
    return "the table is then gone, and the next run of its dataset creates one with only its own rows"


def newest_file(folder: Path) -> Path | None:
    """The current metadata file; None if there is no table."""
    found = [each for each in (folder / "metadata").glob("v*.metadata.json") if _VERSION.fullmatch(each.name)]
    return max(found, key=version_of, default=None)


def version_of(file: Path) -> int:
    """The number in a metadata file's name."""
    found = _VERSION.fullmatch(file.name)
    return int(found.group(1)) if found else 0


def put_new(folder: Path, version: int, metadata: Json) -> bool:
    """Writes a metadata file atomically under an unused number; False if the number is used."""
    inside = folder / "metadata"
    inside.mkdir(parents=True, exist_ok=True)
    aside = inside / f".{uuid.uuid4().hex}.tmp"
    try:
        aside.write_text(json.dumps(metadata), encoding="utf-8")
        fail_point("metadata written")
        os.link(aside, inside / f"v{version}.metadata.json")
    except (FileExistsError, FileNotFoundError):  # the writer that used the number may have removed this file, too
        return False
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EXDEV, errno.EMLINK):
            raise
        raise DatasetError("ENGINE_CANNOT", f"the lake's file system has no hard links ({error.strerror})") from None
    finally:
        aside.unlink(missing_ok=True)
    # Readers start here to find the newest one, and look further if it is behind. So a full disk fails nothing here: the
    # metadata is the table's already.
    try:
        aside.write_text(str(version))
        aside.replace(inside / "version-hint.text")
    except OSError:
        aside.unlink(missing_ok=True)
    return True
