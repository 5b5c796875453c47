"""The commit record: what a target consists of, as one small file (docs/publish.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from strata_glue.engine.spark.columns import Column
from strata_glue.store.base import OWN_FOLDER
from strata_glue.target.attempt import RecordFile, Version

RECORD_PATH = f"{OWN_FOLDER}/commit.json"
KEPT_FOLDER = f"{OWN_FOLDER}/kept/"
"""Files that left the target's content but belong to a kept generation."""

STAYS = ("append", "replace_partitions")
"""Write modes after which files of the content before are part of the new one."""

RETIRED = "retired"
"""Write mode of a record whose content an Iceberg table has replaced: nobody reads it or adds to it any more."""

EXECUTIONS_REMEMBERED = 4000
"""Executions that a record knows to have committed: more than the days of the longest backfill (3,660, cli/each.ts), so
that repeating it adds nothing twice. A redrive comes within 14 days (Step Functions), so long before."""


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

    def version(self) -> Version:
        """The record in numbers."""
        return Version(
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
