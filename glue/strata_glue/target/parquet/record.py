"""The commit record: what a target consists of, as one small file (docs/publish.md)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from strata_glue.contract import CommitRecord, Generation, RecordFile
from strata_glue.store.base import OWN_FOLDER, DataFile, Survey
from strata_glue.target.attempt import Version

RECORD_PATH = f"{OWN_FOLDER}/commit.json"
KEPT_FOLDER = f"{OWN_FOLDER}/kept/"
"""Files that left the target's content but belong to a kept generation."""

STAYS = ("append", "replace_partitions")
"""Write modes after which files of the content before are part of the new one."""

RETIRED = "retired"
"""Write mode of a record whose content an Iceberg table has replaced: it is not read or added to any more."""

EXECUTIONS_REMEMBERED = 4000
"""Executions that a record knows to have committed: more than the days of the longest backfill (3,660, cli/each.ts), so
that repeating it adds nothing twice. A redrive comes within 14 days (Step Functions), so long before."""


@dataclass(frozen=True, slots=True)
class Record(CommitRecord):
    """The content of `_strata/commit.json`."""

    @property
    def rows(self) -> int:
        return sum(file.rows for file in self.files)

    @property
    def bytes(self) -> int:
        return sum(file.bytes for file in self.files)

    @property
    def rows_of_last_run(self) -> int | None:
        """Rows that the last commit wrote, which need not be all that it left; None if its files cannot be identified any more."""
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


NOTHING = Record(
    generation=0,
    published=False,
    attempt="",
    execution="",
    pipeline="",
    stage="",
    dataset="",
    time="",
    write="",
    files=(),
    schema=(),
    partition_by=(),
    fingerprints={},
    executions=(),
    drops=(),
    keep=0,
    kept=(),
    kept_drops=(),
)
"""A record of no content: others are made from it by `replace`."""


def located(file: RecordFile, there: Survey) -> DataFile | None:
    """A record's file where it is now: at its own path, or where the engine wrote it. None if it is at neither, or has another
    size."""
    places = (there.by_path.get(place) for place in (file.path, file.staged) if place)
    return next((found for found in places if found is not None and found.size == file.bytes), None)


@dataclass(frozen=True)
class StoredRecord:
    """A record as it was read: the tag is what a conditional write of its successor names."""

    record: Record
    tag: str
