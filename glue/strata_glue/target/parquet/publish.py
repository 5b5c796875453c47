"""From a committed record to the target's folder: copies, deletes, and the mark that they are done.

Every writer can repeat every step at any time (target/parquet/attempt.py explains why), and finishes each committed record
that it finds not published.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from strata_glue.errors import DatasetError
from strata_glue.fail_points import fail_point
from strata_glue.store import Conflict, Store, Survey, Swap, survey
from strata_glue.target.attempt import ATTEMPTS
from strata_glue.target.parquet.generations import kept_copies
from strata_glue.target.parquet.orphans import is_our_name
from strata_glue.target.parquet.record import KEPT_FOLDER, RECORD_PATH, RETIRED, Record, StoredRecord
from strata_glue.target.parquet.record_file import RecordBroken, read_record, to_json
from strata_glue.target.parquet.remedies import REPLACE_ONCE, for_damage, for_record

TRIES = 8
"""Most changes by other writers that are followed: each try reads the record again."""


@dataclass(frozen=True)
class Settled:
    """A target between two attempts."""

    there: Survey
    """Listed before the record was read (target/parquet/attempt.py explains why)."""
    stored: StoredRecord | None
    damage: DatasetError | None = None
    """Why the content is damaged: it cannot be published, a published file is lost, it is retired, or its record is missing
    or unreadable (`RecordBroken`)."""


def settle(store: Store, target: str) -> Settled:
    """Finishes what is committed, until a listing and the record that is read after it match.

    Raises `DatasetError` (`TARGET_CHANGED`) if other writers change it at each try.
    """
    damage: DatasetError | None = None
    doubted: str | None = None
    for _ in range(TRIES):
        there = survey(store, target)
        try:
            stored = read_record(store, target)
        except RecordBroken as broken:
            return Settled(there, None, broken)
        if stored is None:
            return Settled(there, stored, _without_record(store, target, there))
        if stored.record.write == RETIRED:
            return Settled(there, stored, retired(target))
        if stored.record.published:
            loss = _loss(store, target, there, stored.record)
            # The listing may be older than a commit. One that began when this record was current is trusted.
            if loss is None or stored.tag == doubted:
                return Settled(there, stored, loss)
            doubted = stored.tag
            continue
        if damage is not None:
            return Settled(there, stored, damage)
        try:
            finish(store, target, stored)
        except DatasetError as error:
            if error.kind != "TARGET_DAMAGED":
                raise
            damage = error
    raise _busy(target)


def finish(store: Store, target: str, stored: StoredRecord) -> Record:
    """Publishes a committed record; returns the current record, which is a later one if another writer has committed.

    Raises `DatasetError` (`TARGET_DAMAGED`) if a file of the record is missing.
    """
    for _ in range(TRIES):
        if stored.record.published:
            return stored.record
        try:
            return _publish(store, target, stored)
        except (Conflict, FileNotFoundError) as problem:
            now = read_record(store, target)
            # A conflict over an unchanged record is a concurrent write of the same (S3's 409): the next try reads it.
            if now is None or (now.tag == stored.tag and isinstance(problem, FileNotFoundError)):
                raise DatasetError(
                    "TARGET_DAMAGED",
                    f"{target} is committed but cannot be promoted: {_missing(problem)}; "
                    f"{for_damage(store, stored.record, survey(store, target))}",
                ) from None
            stored = now
    raise _busy(target)


def _publish(store: Store, target: str, stored: StoredRecord) -> Record:
    record = stored.record
    done = record.as_published()
    copies = {file.staged: file.path for file in record.files if file.staged is not None}
    kept = kept_copies(store, target, record)
    gone = (*record.drops, *(KEPT_FOLDER + path for path in record.kept_drops))
    change = Swap({**kept, **copies}, gone, (RECORD_PATH, to_json(done), stored.tag), f"{ATTEMPTS}{record.attempt}/")
    if store.swap(target, change):
        return done
    store.copy(target, kept)
    store.copy(target, copies)
    fail_point("copied all")
    store.delete(target, list(gone))
    fail_point("dropped")
    # Last, since a published record must need no other step.
    store.put_if(target, RECORD_PATH, to_json(done), stored.tag)
    return done


def retire(store: Store, target: str, attempt: str) -> None:
    """Notes that an Iceberg table has replaced the content of a record. Its files stay where they are.

    Raises `DatasetError` (`TARGET_CHANGED`) if other writers change it at each try.
    """
    for _ in range(TRIES):
        stored = read_record(store, target)
        if stored is None or stored.record.write == RETIRED:
            return
        # A new generation, so that an earlier attempt can no longer commit.
        done = replace(stored.record, generation=stored.record.generation + 1, attempt=attempt, write=RETIRED)
        try:
            store.put_if(target, RECORD_PATH, to_json(done), stored.tag)
            return
        except Conflict:
            continue
    raise _busy(target)


def retired(target: str) -> DatasetError:
    """The error of a reader or writer that needs the content of a retired record."""
    return DatasetError(
        "TARGET_LAYOUT",
        f"{target} became an Iceberg table, and its Parquet files are older: "
        "give the dataset that writes it another target, or drop the table, remove its files from the target, and "
        f"{REPLACE_ONCE}",
    )


def _loss(store: Store, target: str, there: Survey, record: Record) -> DatasetError | None:
    """What is wrong with the first damaged file of a published record; None if there is none."""
    sizes = {file.path: file.size for file in there.data}
    lost = next((file for file in record.files if sizes.get(file.path) != file.bytes), None)
    if lost is None:
        return None
    found = sizes.get(lost.path)
    how = "is gone" if found is None else f"has {found} bytes instead of {lost.bytes}"
    return DatasetError(
        "TARGET_DAMAGED",
        f"{target}{lost.path} {how}, but belongs to generation {record.generation}: {for_damage(store, record, there)}",
    )


def _without_record(store: Store, target: str, there: Survey) -> DatasetError | None:
    """The damage where Strata's files have no record: they were content. None if there are no such files."""
    ours = [file.path for file in there.data if is_our_name(file.path)]
    if not ours or there.has_table:
        return None
    return DatasetError(
        "TARGET_DAMAGED",
        f"the commit record of {target} is missing, but {len(ours)} of its files (the first: {ours[0]}) exist: "
        f"{for_record(store)}",
    )


def _busy(target: str) -> DatasetError:
    return DatasetError("TARGET_CHANGED", f"{target} is being changed by several other writers: run it again")


def _missing(problem: Exception) -> str:
    return f"{problem.filename or problem} is gone" if isinstance(problem, FileNotFoundError) else str(problem)
