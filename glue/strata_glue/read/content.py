"""What a location consists of for a reader: the files of its commit record, else what Spark would list."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from strata_glue.contract import Column
from strata_glue.engine.failure import failure_of
from strata_glue.errors import DatasetError
from strata_glue.store import Store, survey
from strata_glue.store.base import OWN_FOLDER, is_data_path, passed_over
from strata_glue.target.parquet.publish import finish, retired
from strata_glue.target.parquet.record import RETIRED, Record, StoredRecord, located
from strata_glue.target.parquet.record_file import read_record
from strata_glue.target.parquet.remedies import for_damage


@dataclass(frozen=True)
class ContentFile:
    """One file: where it is now, and its path in the published target, with the partition folders."""

    place: str
    """Where it is now, relative to the location."""
    path: str
    """Its path once it is published, relative to the location."""
    size: int
    rows: int | None
    """Known from a record only."""
    tag: str = ""


@dataclass(frozen=True)
class Content:
    """What a reader of a location reads: the complete content of one generation."""

    location: str
    files: tuple[ContentFile, ...]
    record: Record | None
    """None for files that Strata did not write."""
    passed_over: tuple[str, ...] = ()
    """Folders with visible files that are not partitions, if Strata did not write the files."""

    @property
    def schema(self) -> tuple[Column, ...] | None:
        """Columns in order; None where only the files know."""
        return self.record.schema if self.record and self.record.schema else None

    @property
    def partition_by(self) -> tuple[str, ...]:
        return self.record.partition_by if self.record else ()

    @property
    def rows(self) -> int | None:
        return self.record.rows if self.record else None


def read_content(store: Store, location: str, finishes: bool = True) -> Content:
    """A location's content. A committed record that is not published is published first if this job may; `finishes`: False
    for callers that only read.

    Raises `DatasetError`: `SOURCE_BROKEN` if a file of the record is gone or has another size, `TARGET_LAYOUT` if an
    Iceberg table has replaced it.
    """
    stored = read_record(store, location)
    if stored is None:
        there = store.list(location)
        files = [
            ContentFile(each.path, each.path, each.size, None, each.tag) for each in there if is_data_path(each.path)
        ]
        if not files or read_record(store, location) is None:
            folders = dict.fromkeys(folder for each in there if (folder := passed_over(each.path)))
            return Content(location, tuple(files), None, tuple(folders))
        stored = read_record(store, location)  # the first commit happened while the files were listed
    for _ in range(4):
        if stored is None:
            break
        if stored.record.write == RETIRED:
            raise retired(location)
        if finishes and not stored.record.published:
            stored = _finished(store, location, stored)
        content = _listed(store, location, stored.record)
        if content is not None:
            return content
        now = read_record(store, location)
        if now is None:
            break
        if now.tag == stored.tag and (damage := _damage(store, location, stored.record)):
            raise damage
        stored = now  # another generation was committed while the files were listed
    raise DatasetError("SOURCE_CHANGED", f"{location} changed during every attempt to read it")


def _finished(store: Store, location: str, stored: StoredRecord) -> StoredRecord:
    """Publishes it if possible. A job may have the right to read only, or a disk may be full: the committed files are then
    read where they are."""
    try:
        finish(store, location, stored)
    except DatasetError:
        raise
    except Exception as error:
        print(f"{location} is committed but not yet promoted: {failure_of(error, '').message}", file=sys.stderr)
    return read_record(store, location) or stored


def _listed(store: Store, location: str, record: Record) -> Content | None:
    """The record's files at their present paths; None if one is missing or has another size."""
    there = survey(store, location)
    files = []
    for file in record.files:
        found = located(file, there)
        if found is None:
            return None
        files.append(ContentFile(found.path, file.path, file.bytes, file.rows, found.tag))
    return Content(location, tuple(files), record)


def _damage(store: Store, location: str, record: Record) -> DatasetError | None:
    """What is wrong with the first damaged file; None if a second listing has them all."""
    there = survey(store, location)
    broken = next((file.path for file in record.files if located(file, there) is None), None)
    if broken is None:
        return None
    found = there.by_path.get(broken)
    how = f"has {found.size} bytes instead of the recorded" if found else "is gone, though recorded in"
    return DatasetError(
        "SOURCE_BROKEN",
        f"{location}{broken} {how} generation {record.generation} of {location}{OWN_FOLDER}/commit.json: "
        f"{for_damage(store, record, there)}",
    )
