"""From a committed record to the target's folder: copies, deletes, and the mark that they are done.

Every step can be repeated, by anyone and at any time (glue/strata_glue/attempt.py says why), so whoever finds a record
that is committed and not published finishes it.
"""

from __future__ import annotations

from strata_glue.errors import DatasetError
from strata_glue.record import KEPT_FOLDER, RECORD_PATH, Record, StoredRecord, read_record, to_json
from strata_glue.steps import step
from strata_glue.store import Conflict, Exchange, Store


def finish(store: Store, target: str, stored: StoredRecord) -> Record:
    """Publishes a committed record; answers the record that then stands, which is a later one if somebody else committed.

    Raises `DatasetError` (`TARGET_DAMAGED`) if a file of the record is nowhere to be found.
    """
    for _ in range(8):
        if stored.record.published:
            return stored.record
        try:
            return _publish(store, target, stored)
        except (Conflict, FileNotFoundError) as problem:
            now = read_record(store, target)
            if now is None or now.tag == stored.tag:
                raise DatasetError(
                    "TARGET_DAMAGED", f"{target} cannot be published: {_missing(problem)}; see docs/publish.md"
                ) from None
            stored = now
    raise DatasetError("TARGET_CHANGED", f"{target} is being written by several others at once")


def _publish(store: Store, target: str, stored: StoredRecord) -> Record:
    record = stored.record
    done = record.as_published()
    copies = {file.staged: file.path for file in record.files if file.staged is not None}
    kept = _kept_copies(record)
    gone = (*record.drops, *(KEPT_FOLDER + path for path in record.kept_drops))
    change = Exchange({**kept, **copies}, gone, (RECORD_PATH, to_json(done), stored.tag), attempt_folder(record))
    if store.exchange(target, change):
        return done
    store.copy(target, kept)
    store.copy(target, copies)
    step("copied all")
    store.delete(target, list(gone))
    step("dropped")
    # Only now: a record that says published must not need anybody any more.
    store.put_if(target, RECORD_PATH, to_json(done), stored.tag)
    return done


def attempt_folder(record: Record) -> str:
    """Where a record's new files were written, relative to the target; ends in `/`."""
    return f"_strata/attempts/{record.attempt}/"


def _kept_copies(record: Record) -> dict[str, str]:
    """Files that leave the content but belong to a kept generation, with the place where they are kept."""
    needed = {file.path for generation in record.kept for file in generation.files}
    return {path: KEPT_FOLDER + path for path in record.drops if path in needed}


def _missing(problem: Exception) -> str:
    return f"{problem.filename or problem} is gone" if isinstance(problem, FileNotFoundError) else str(problem)
