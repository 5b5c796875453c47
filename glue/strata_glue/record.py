"""The commit record: what a target consists of, as one small file (docs/publish.md)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from strata_glue.errors import DatasetError
from strata_glue.store import Store
from strata_glue.store.base import OWN_FOLDER

RECORD_VERSION = 1
"""Version of the record's format; grows whenever a reader of older records would misread newer ones."""

RECORD_PATH = f"{OWN_FOLDER}/commit.json"
KEPT_FOLDER = f"{OWN_FOLDER}/kept/"
"""Files that left the target's content but belong to a kept generation."""

STAYS = ("append", "replace_partitions")
"""Write modes after which files of the content before are part of the new one."""

EXECUTIONS_REMEMBERED = 4000
"""Executions that a record knows to have committed: more than the days of the longest backfill (3,660, cli/each.ts), so
that repeating it adds nothing twice. A redrive comes within 14 days (Step Functions), so long before."""


@dataclass(frozen=True)
class Column:
    """A column of the target: its name and Spark type (`decimal(10,2)`)."""

    name: str
    type: str


@dataclass(frozen=True)
class RecordFile:
    """A file of the target's content."""

    path: str
    """Relative to the target."""
    rows: int
    bytes: int
    staged: str | None = None
    """Where it also lies while the record is not published, relative to the target."""


@dataclass(frozen=True)
class Standing:
    """What a target is, for those who ask in numbers: its events, the ledger, `skip_unchanged`."""

    generation: int | None
    """Number of Strata's commits; None for an Iceberg snapshot of somebody else."""
    rows: int | None
    bytes: int | None
    files: int | None
    fingerprints: Mapping[str, str]
    rows_of_last_run: int | None = None
    """Rows that the last commit wrote, which need not be all that it left; None where nobody knows."""
    snapshot: str | None = None
    """An Iceberg snapshot's id: 64 bits, so as text (a JSON number may be rounded by its reader)."""


@dataclass(frozen=True)
class Generation:
    """An earlier content that can be gone back to."""

    generation: int
    time: str
    execution: str
    files: tuple[RecordFile, ...]
    schema: tuple[Column, ...]
    partition_by: tuple[str, ...]


@dataclass(frozen=True)
class Record:
    """The content of `_strata/commit.json`."""

    generation: int
    published: bool
    attempt: str
    execution: str
    pipeline: str
    stage: str
    dataset: str
    time: str
    write: str
    files: tuple[RecordFile, ...]
    schema: tuple[Column, ...]
    partition_by: tuple[str, ...] = ()
    fingerprints: Mapping[str, str] = field(default_factory=dict)
    executions: tuple[str, ...] = ()
    drops: tuple[str, ...] = ()
    """Files of the content before that publishing deletes."""
    keep: int = 0
    kept: tuple[Generation, ...] = ()
    """Earlier generations, newest first."""
    kept_drops: tuple[str, ...] = ()
    """Files of generations that are kept no longer, to be deleted by publishing."""

    @property
    def rows(self) -> int:
        return sum(file.rows for file in self.files)

    @property
    def bytes(self) -> int:
        return sum(file.bytes for file in self.files)

    @property
    def rows_of_last_run(self) -> int | None:
        """Rows that the last commit wrote, which need not be all that it left; None if its files cannot be told any more."""
        if self.write not in STAYS:
            return self.rows
        own = [file.rows for file in self.files if file.path.endswith(f"-{self.attempt}.parquet")]
        return sum(own) if own else None

    def standing(self) -> Standing:
        """The record in numbers."""
        return Standing(
            generation=self.generation,
            rows=self.rows,
            bytes=self.bytes,
            files=len(self.files),
            fingerprints=dict(self.fingerprints),
            rows_of_last_run=self.rows_of_last_run,
        )

    def as_published(self) -> Record:
        """The same content, once copies and deletes are done."""
        files = tuple(replace(file, staged=None) for file in self.files)
        return replace(self, published=True, files=files, drops=(), kept_drops=())

    def as_generation(self) -> Generation:
        """What is kept of it when it is replaced."""
        files = tuple(replace(file, staged=None) for file in self.files)
        return Generation(self.generation, self.time, self.execution, files, self.schema, self.partition_by)


@dataclass(frozen=True)
class StoredRecord:
    """A record as it was read: the tag is what a conditional write of its successor names."""

    record: Record
    tag: str


def read_record(store: Store, target: str) -> StoredRecord | None:
    """A target's record; None if it has none. Raises `DatasetError` for one that this version does not understand."""
    stored = store.get(target, RECORD_PATH)
    return None if stored is None else StoredRecord(from_json(stored.content, target), stored.tag)


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
    """Reads a record. Raises `DatasetError` (`RECORD_BROKEN`, `RECORD_NEWER`)."""
    try:
        value = json.loads(content)
        version = value["strata"]
        if version == RECORD_VERSION:
            return _record(value)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DatasetError(
            "RECORD_BROKEN",
            f"{target}{RECORD_PATH} is no commit record ({type(error).__name__}): restore an earlier version of that object",
        ) from None
    raise DatasetError(
        "RECORD_NEWER",
        f"{target}{RECORD_PATH} has format {version}, and this version of Strata reads {RECORD_VERSION}: use the version that wrote it",
    )


def _record(value: Any) -> Record:
    return Record(
        generation=int(value["generation"]),
        published=bool(value["published"]),
        attempt=str(value["attempt"]),
        execution=str(value["execution"]),
        pipeline=str(value["pipeline"]),
        stage=str(value["stage"]),
        dataset=str(value["dataset"]),
        time=str(value["time"]),
        write=str(value["write"]),
        files=tuple(_read_file(each) for each in value["files"]),
        schema=_read_schema(value["schema"]),
        partition_by=tuple(value["partition_by"]),
        fingerprints=dict(value["fingerprints"]),
        executions=tuple(value["executions"]),
        drops=tuple(value["drops"]),
        keep=int(value["keep"]),
        kept=tuple(_read_generation(each) for each in value["kept"]),
        kept_drops=tuple(value["kept_drops"]),
    )


def _file(file: RecordFile) -> dict[str, Any]:
    staged = {} if file.staged is None else {"staged": file.staged}
    return {"path": file.path, "rows": file.rows, "bytes": file.bytes, **staged}


def _read_file(value: Any) -> RecordFile:
    return RecordFile(str(value["path"]), int(value["rows"]), int(value["bytes"]), value.get("staged"))


def _read_schema(value: Any) -> tuple[Column, ...]:
    return tuple(Column(str(each["name"]), str(each["type"])) for each in value)


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
        int(value["generation"]),
        str(value["time"]),
        str(value["execution"]),
        tuple(_read_file(each) for each in value["files"]),
        _read_schema(value["schema"]),
        tuple(value["partition_by"]),
    )
