"""The commit record as a file: JSON of a versioned format (docs/publish.md)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from strata_glue.contract import RECORD_VERSION
from strata_glue.errors import DatasetError
from strata_glue.payload import PayloadError, as_json, read
from strata_glue.store import Store, Stored
from strata_glue.store.base import leads_out
from strata_glue.target.parquet.record import RECORD_PATH, Record, StoredRecord
from strata_glue.target.parquet.remedies import for_record


class RecordBroken(DatasetError):
    """A record that cannot be read."""

    def __init__(self, store: Store, target: str, stored: Stored, why: str) -> None:
        content, tag = stored.content, stored.tag
        reason = f"{target}{RECORD_PATH} {why}"
        super().__init__("RECORD_BROKEN", f"{reason}: {for_record(store)}")
        self.reason = reason
        """The message without its remedy."""
        self.tag = tag
        """What a conditional write in its place names."""
        words = content.decode("utf-8", "replace")
        self.generation = max((int(each) for each in re.findall(r'"generation":\s*(\d{1,15})', words)), default=0)
        """The highest that it speaks of: numbers are not used twice."""
        self.executions = _executions_in(words)
        """Executions that it still lists as committed."""


def read_record(store: Store, target: str) -> StoredRecord | None:
    """A target's record; None if it has none. Raises `DatasetError` for one that this version does not understand."""
    stored = store.get(target, RECORD_PATH)
    if stored is None:
        return None
    try:
        record = from_json(stored.content, target)
        strange = next(filter(leads_out, _paths(record)), None)
    except PayloadError as error:
        raise RecordBroken(store, target, stored, f"is not a valid commit record: {error}") from None
    if strange is not None:
        raise RecordBroken(store, target, stored, f"names the file {strange!r}, which is outside its target")
    return StoredRecord(record, stored.tag)


def to_json(record: Record) -> bytes:
    """A record as text, the same for equal records."""
    value = {**as_json(record), "rows": record.rows, "bytes": record.bytes}
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def from_json(content: bytes, target: str) -> Record:
    """Reads a record. Raises `DatasetError` (`RECORD_NEWER`), or `PayloadError`."""
    if not content.strip():
        raise PayloadError(["it is empty"])
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        raise PayloadError(["it is not JSON"]) from None
    version = value.get("strata") if isinstance(value, dict) else None
    if isinstance(value, dict) and version is None:
        raise PayloadError(["`strata` is missing"])
    if isinstance(version, (int, float)) and version > RECORD_VERSION:
        raise DatasetError(
            "RECORD_NEWER",
            f"{target}{RECORD_PATH} has format {version}, but this version of Strata reads {RECORD_VERSION}: "
            "use the version that wrote it",
        )
    return read(Record, value)


def _paths(record: Record) -> Iterator[str]:
    """Every path below the target that a reader or writer of the record reads, writes or removes."""
    for files in (record.files, *(each.files for each in record.kept)):
        yield from (file.path for file in files)
        yield from (file.staged for file in files if file.staged is not None)
    yield from record.drops
    yield from record.kept_drops
    if record.attempt:
        yield record.attempt


def _executions_in(words: str) -> tuple[str, ...]:
    """The list of executions, wherever it is in what is left of a record."""
    found = re.search(r'"executions":\s*(\[[^\[\]{}]*\])', words)
    try:
        names = json.loads(found[1]) if found else []
    except ValueError:
        return ()
    return tuple(name for name in names if isinstance(name, str))
