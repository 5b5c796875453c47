"""`strata recover --rebuild`: makes a target's existing files its content, and accepts the loss of the others.

With a readable record, the content is those of the record's files that exist. Without one it is every file that Strata
named; which generation each belonged to is unknown, so all of them are listed first.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from typing import Any

import pyarrow.parquet as parquet

from strata_glue.contract import Column, RecordFile
from strata_glue.engine.spark.footers import columns_of
from strata_glue.engine.spark.types import name_of
from strata_glue.errors import DatasetError
from strata_glue.fail_points import fail_point
from strata_glue.store import Conflict, DataFile, Store, Survey, survey
from strata_glue.target.attempt import ATTEMPTS, remove_attempts
from strata_glue.target.parquet.attempt import target_changed
from strata_glue.target.parquet.orphans import is_our_name, kept_waste
from strata_glue.target.parquet.partitions import partition_type, values_of
from strata_glue.target.parquet.publish import finish, retired
from strata_glue.target.parquet.record import NOTHING, RECORD_PATH, RETIRED, Record, StoredRecord, located
from strata_glue.target.parquet.record_file import RecordBroken, read_record, to_json


@dataclass(frozen=True)
class Rebuilding:
    """What a rebuild does: reported before it and after it."""

    takes: tuple[RecordFile, ...]
    """Files that are the content."""
    gives_up: tuple[dict[str, Any], ...]
    """`file`, `why`, and `rows` if known. Those that exist are deleted."""
    leaves: tuple[str, ...]
    """Files of other writers, which stay and are not read."""
    removes: tuple[str, ...]
    """Orphans: attempts, and files that belong to no generation."""
    known: bool
    """True if the record could be read, so that executions and kept generations stay."""
    record: Record | None
    """The record to write; None if nothing has to be done."""
    generation: int | None = None
    """The generation of the record that could be read."""


def plan_rebuild(store: Store, dataset: str, target: str) -> tuple[Rebuilding, str | None]:
    """What a rebuild would do, and the tag of the record that it is based on. Changes nothing. Raises `DatasetError`."""
    there = survey(store, target)
    try:
        stored = read_record(store, target)
    except RecordBroken as broken:
        return _from_files(store, dataset, target, there, broken), broken.tag
    if stored is None:
        return _from_files(store, dataset, target, there, None), None
    if stored.record.write == RETIRED:
        raise retired(target)
    return _from_record(target, there, stored), stored.tag


def rebuild(store: Store, dataset: str, target: str) -> tuple[Rebuilding, Record | None]:
    """Does it if the record has not changed meanwhile. Raises `DatasetError` (`TARGET_CHANGED`)."""
    done, tag = plan_rebuild(store, dataset, target)
    if done.record is None:
        return done, None
    fail_point("rebuilding")
    try:
        new = store.put_if(target, RECORD_PATH, to_json(done.record), tag)
    except Conflict:
        raise target_changed(target, _readable(store, target)) from None
    fail_point("rebuilt")
    record = finish(store, target, StoredRecord(done.record, new))
    aside = [*done.removes, *(file.staged for file in done.takes if file.staged is not None)]
    attempts = {path.split("/")[2] for path in aside if path.startswith(ATTEMPTS)}
    remove_attempts(store, target, sorted(attempts))
    return done, record


def _from_record(target: str, there: Survey, stored: StoredRecord) -> Rebuilding:
    record = stored.record
    takes, gives_up = [], []
    for file in record.files:
        found = located(file, there)
        if found is not None:
            takes.append(file if found.path != file.path else replace(file, staged=None))
        else:
            other = there.by_path.get(file.path) or there.by_path.get(file.staged or "")
            why = "it is gone" if other is None else f"it has {other.size} bytes instead of {file.bytes}"
            gives_up.append({"file": file.path, "rows": file.rows, "why": why})
    known = {file.path for file in record.files}
    orphans = [file.path for file in there.data if file.path not in known and is_our_name(file.path)]
    leaves = [file.path for file in there.data if file.path not in known and not is_our_name(file.path)]
    removes = [*sorted(orphans), *sorted(kept_waste(there, record)), *sorted(_attempt_files(there, takes))]
    drops = [*record.drops, *orphans, *(each["file"] for each in gives_up if each["file"] in there.by_path)]
    new = None
    if gives_up:
        new = replace(_as_new(record, record.generation, takes, drops), kept_drops=record.kept_drops)
    return Rebuilding(tuple(takes), tuple(gives_up), tuple(leaves), tuple(removes), True, new, record.generation)


def _from_files(store: Store, dataset: str, target: str, there: Survey, broken: RecordBroken | None) -> Rebuilding:
    ours = [file for file in there.data if is_our_name(file.path)]
    leaves = tuple(file.path for file in there.data if not is_our_name(file.path))
    if there.has_table:
        raise DatasetError(
            "TARGET_LAYOUT", f"{target} is an Iceberg table, which needs no rebuild: its metadata lists its content"
        )
    if not ours and broken is None:
        raise DatasetError(
            "TARGET_EMPTY", f"{target} has neither a commit record nor a file of Strata's: nothing to rebuild"
        )
    with ThreadPoolExecutor(16) as pool:
        read = list(pool.map(lambda file: _footer(store, target, file), ours))
    takes, gives_up = [], []
    columns: dict[tuple[Column, ...], str] = {}
    for file, footer in zip(ours, read, strict=True):
        if isinstance(footer, str):
            gives_up.append({"file": file.path, "why": footer})
            continue
        takes.append(RecordFile(file.path, footer[0], file.size))
        columns.setdefault(footer[1], file.path)
    if len(columns) > 1:
        first, second = list(columns.values())[:2]
        raise DatasetError(
            "RESULT_COLUMNS",
            f"{target}: the columns of {first} and {second} differ, so they belong to different generations: move the files "
            "of one of them away, then rebuild",
        )
    names, partitions = _partitions([file.path for file in takes])
    now = replace(
        NOTHING,
        generation=broken.generation if broken else 0,
        dataset=dataset,
        schema=(*next(iter(columns), ()), *partitions),
        partition_by=names,
        executions=broken.executions if broken else (),
    )
    drops = [each["file"] for each in gives_up]
    removes = [*sorted(kept_waste(there, now)), *sorted(_attempt_files(there, []))]
    new = _as_new(now, now.generation, takes, drops)
    return Rebuilding(tuple(takes), tuple(gives_up), leaves, tuple(removes), False, new)


def _as_new(base: Record, generation: int, takes: Sequence[RecordFile], drops: Sequence[str]) -> Record:
    """A commit of these files. Without fingerprints, so that the next run does not skip it as unchanged."""
    return replace(
        base,
        generation=generation + 1,
        published=False,
        attempt=f"recover-{uuid.uuid4().hex[:12]}",
        execution="",
        time=datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        write="rebuild",
        files=tuple(takes),
        fingerprints={},
        drops=tuple(sorted(set(drops))),
    )


def _footer(store: Store, target: str, file: DataFile) -> tuple[int, tuple[Column, ...]] | str:
    """Rows and columns of a file; or why it cannot be read."""
    try:
        with store.open(target, file.path) as stream:
            metadata = parquet.read_metadata(stream)
        return metadata.num_rows, tuple(Column(each.name, name_of(each.type)) for each in columns_of(metadata))
    except FileNotFoundError:
        raise target_changed(target, _readable(store, target)) from None
    except Exception as error:  # pyarrow raises several classes for a file that is not Parquet
        if isinstance(error, OSError) and error.errno is not None:
            raise
        return f"it is not a readable Parquet file ({' '.join(str(error).split())[:100]})"


def _partitions(paths: Sequence[str]) -> tuple[tuple[str, ...], list[Column]]:
    """Names and columns of the partition folders."""
    values = [values_of(path) for path in paths]
    names = tuple(dict.fromkeys(name for each in values for name in each))
    return names, [Column(name, name_of(partition_type([each.get(name) for each in values], None))) for name in names]


def _attempt_files(there: Survey, takes: Sequence[RecordFile]) -> list[str]:
    """Files of attempts that are not content."""
    staged = {file.staged for file in takes}
    return [file.path for file in there.own if file.path.startswith(ATTEMPTS) and file.path not in staged]


def _readable(store: Store, target: str) -> StoredRecord | None:
    try:
        return read_record(store, target)
    except DatasetError:
        return None
