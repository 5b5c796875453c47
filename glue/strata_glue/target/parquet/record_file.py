"""The commit record as a file: JSON of a versioned format (docs/publish.md)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from strata_glue.engine.spark.columns import Column
from strata_glue.errors import DatasetError
from strata_glue.store import Store, Stored
from strata_glue.store.base import leads_out
from strata_glue.target.attempt import RecordFile
from strata_glue.target.parquet.record import RECORD_PATH, Generation, Record, StoredRecord
from strata_glue.target.parquet.record_fields import NotARecord, items, map_of_texts, parsed, text, texts, truth, whole
from strata_glue.target.parquet.remedies import for_record

RECORD_VERSION = 1
"""Version of the record's format; grows whenever a reader of older records would misread newer ones."""


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
        """Executions that it still tells to have committed."""


def read_record(store: Store, target: str) -> StoredRecord | None:
    """A target's record; None if it has none. Raises `DatasetError` for one that this version does not understand."""
    stored = store.get(target, RECORD_PATH)
    if stored is None:
        return None
    try:
        record = from_json(stored.content, target)
        strange = next(filter(leads_out, _paths(record)), None)
    except NotARecord as error:
        raise RecordBroken(store, target, stored, f"is not a valid commit record: {error}") from None
    if strange is not None:
        raise RecordBroken(store, target, stored, f"names the file {strange!r}, which is outside its target")
    return StoredRecord(record, stored.tag)


def to_json(record: Record) -> bytes:
    """A record as text, the same for equal records."""
    value = {
        "strata": RECORD_VERSION,
        "generation": record.generation,
        "published": record.published,
        "attempt": record.attempt,
        "execution": record.execution,
        "pipeline": record.pipeline,
        "stage": record.stage,
        "dataset": record.dataset,
        "time": record.time,
        "write": record.write,
        "files": [_file(file) for file in record.files],
        "rows": record.rows,
        "bytes": record.bytes,
        "schema": [{"name": column.name, "type": column.type} for column in record.schema],
        "partition_by": list(record.partition_by),
        "fingerprints": dict(record.fingerprints),
        "executions": list(record.executions),
        "drops": list(record.drops),
        "keep": record.keep,
        "kept": [_generation(each) for each in record.kept],
        "kept_drops": list(record.kept_drops),
    }
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def from_json(content: bytes, target: str) -> Record:
    """Reads a record. Raises `DatasetError` (`RECORD_NEWER`), or `NotARecord`."""
    value = parsed(content)
    version = whole(value, "strata")
    if version == RECORD_VERSION:
        return _record(value)
    if version < RECORD_VERSION:
        raise NotARecord(f'there is no format {version}, which its "strata" says')
    raise DatasetError(
        "RECORD_NEWER",
        f"{target}{RECORD_PATH} has format {version}, but this version of Strata reads {RECORD_VERSION}: use the version that wrote it",
    )


def _paths(record: Record) -> Iterator[str]:
    """Every path below the target that somebody who goes by the record reads, writes or removes."""
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


def _record(value: Any) -> Record:
    return Record(
        generation=whole(value, "generation"),
        published=truth(value, "published"),
        attempt=text(value, "attempt"),
        execution=text(value, "execution"),
        pipeline=text(value, "pipeline"),
        stage=text(value, "stage"),
        dataset=text(value, "dataset"),
        time=text(value, "time"),
        write=text(value, "write"),
        files=tuple(_read_file(each) for each in items(value, "files")),
        schema=_read_schema(value),
        partition_by=texts(value, "partition_by"),
        fingerprints=map_of_texts(value, "fingerprints"),
        executions=texts(value, "executions"),
        drops=texts(value, "drops"),
        keep=whole(value, "keep"),
        kept=tuple(_read_generation(each) for each in items(value, "kept")),
        kept_drops=texts(value, "kept_drops"),
    )


def _file(file: RecordFile) -> dict[str, Any]:
    staged = {} if file.staged is None else {"staged": file.staged}
    return {"path": file.path, "rows": file.rows, "bytes": file.bytes, **staged}


def _read_file(value: Any) -> RecordFile:
    staged = text(value, "staged") if isinstance(value, dict) and value.get("staged") is not None else None
    return RecordFile(text(value, "path"), whole(value, "rows"), whole(value, "bytes"), staged)


def _read_schema(value: Any) -> tuple[Column, ...]:
    return tuple(Column(text(each, "name"), text(each, "type")) for each in items(value, "schema"))


def _generation(each: Generation) -> dict[str, Any]:
    return {
        "generation": each.generation,
        "time": each.time,
        "execution": each.execution,
        "files": [_file(file) for file in each.files],
        "schema": [{"name": column.name, "type": column.type} for column in each.schema],
        "partition_by": list(each.partition_by),
    }


def _read_generation(value: Any) -> Generation:
    return Generation(
        whole(value, "generation"),
        text(value, "time"),
        text(value, "execution"),
        tuple(_read_file(each) for each in items(value, "files")),
        _read_schema(value),
        texts(value, "partition_by"),
    )
