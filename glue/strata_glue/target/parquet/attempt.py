"""One try at a folder of Parquet files: begin, and one conditional write that makes its files the content (docs/publish.md).

Why it is safe without a lease, a clock or a lock, for however long a writer sleeps:

- Names of files are unique to an attempt and never reused. Deleting a file that a record dropped, and copying one that it
  names, can be repeated by every writer at any time.
- No file of an attempt is where readers look before its record is written. So a file that is listed *before* the record is
  read, has one of Strata's names and is not in the record, is old: it can be deleted.
- Other writers remove an attempt's folder only after their own commit: an earlier attempt can then no longer commit.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from strata_glue.contract import Column, PublishSettings, RecordFile
from strata_glue.engine.spark.columns import columns_of
from strata_glue.errors import DatasetError
from strata_glue.fail_points import fail_point
from strata_glue.store import Conflict, DataFile, Store
from strata_glue.target.attempt import (
    Attempt,
    Origin,
    PublishInterrupted,
    Staged,
    State,
    Version,
    remove_attempts,
    say_waste,
)
from strata_glue.target.parquet.columns import check_same_columns, check_same_partitions
from strata_glue.target.parquet.generations import kept_after
from strata_glue.target.parquet.orphans import attempts_in, kept_waste, orphan_files
from strata_glue.target.parquet.publish import finish, settle
from strata_glue.target.parquet.record import EXECUTIONS_REMEMBERED, RECORD_PATH, STAYS, Record, StoredRecord
from strata_glue.target.parquet.record_file import RecordBroken, read_record, to_json
from strata_glue.target.parquet.remedies import REPLACE_ONCE

if TYPE_CHECKING:
    from pyspark.sql import SparkSession
    from pyspark.sql.types import StructType


@dataclass(frozen=True)
class NewContent:
    """The content that an attempt commits."""

    write: str
    """`replace`, `append`, `replace_partitions` or `restore`."""
    files: tuple[RecordFile, ...]
    """The attempt's own, each with `staged`."""
    schema: tuple[Column, ...]
    partition_by: tuple[str, ...]
    fingerprints: dict[str, str]
    keep: int


class ParquetAttempt(Attempt):
    """Begun by `begin`; ends by `commit` and `clean_up`, or by `abandon`."""

    def __init__(
        self,
        store: Store,
        target: str,
        origin: Origin,
        base: StoredRecord | None,
        found: tuple[DataFile, ...],
        earlier_attempts: tuple[str, ...],
        damage: DatasetError | None = None,
        has_table: bool = False,
    ) -> None:
        super().__init__(store, target, origin, earlier_attempts)
        self.base = base
        """The record that the attempt started from."""
        self.found = found
        """Visible files at the beginning: the content if there was no record, and files of other writers."""
        self.damage = damage
        """Why the content that the attempt started from is damaged; it can then only be replaced."""
        self.has_table = has_table
        """True if there is an Iceberg table in the target."""

    @staticmethod
    def begin(store: Store, target: str, origin: Origin) -> ParquetAttempt:
        """Finishes an earlier attempt that was interrupted, and notes what this one starts from: one listing, one record."""
        now = settle(store, target)
        there, stored, whole = now.there, now.stored, now.damage is None
        found = there.data
        if stored is not None and whole:
            waste = orphan_files(found, stored.record)
            store.delete(target, sorted(waste | kept_waste(there, stored.record)))
            found = tuple(file for file in found if file.path not in waste)
        earlier_attempts = attempts_in(there)
        if stored is not None and whole and stored.record.attempt in earlier_attempts:
            # Its attempt was killed just before this. Other folders may belong to attempts that are running.
            remove_attempts(store, target, [stored.record.attempt])
            earlier_attempts.remove(stored.record.attempt)
        fail_point("begun")
        return ParquetAttempt(
            store, target, origin, stored, found, tuple(sorted(earlier_attempts)), now.damage, there.has_table
        )

    def committed_before(self) -> Version | None:
        if self.base is None or self.damage is not None or not self.origin.key:
            return None
        return self.current_version() if self.origin.key in self.base.record.executions else None

    def is_whole(self) -> bool:
        return self.base is not None and self.damage is None

    def current_version(self) -> Version | None:
        return self.base.record.version() if self.base else None

    def overtaken(self) -> DatasetError | None:
        now = read_record(self.store, self.target)
        if _identity(now) == _identity(self.base) or (now is not None and now.record.attempt == self.origin.attempt):
            return None
        return target_changed(self.target, now)

    def check(self, schema: StructType, settings: PublishSettings) -> None:
        if settings.write not in STAYS:
            return
        if self.damage is not None:
            raise self.damage
        base = self.base.record if self.base else None
        if base is None and self.found:
            raise DatasetError(
                "TARGET_LAYOUT",
                f"{self.target} has files that Strata did not write, so `{settings.write}` cannot keep them: "
                f"give it another target, or {REPLACE_ONCE}",
            )
        if base is None or not base.files:
            return
        check_same_partitions(self.target, base.partition_by, settings.partition_by)
        check_same_columns(columns_of(schema), base.schema)

    def commit_staged(
        self, staged: Staged, settings: PublishSettings, fingerprints: dict[str, str], session: SparkSession
    ) -> Version:
        content = NewContent(
            settings.write, staged.files, staged.schema, staged.partition_by, fingerprints, settings.keep
        )
        return self.commit(content).version()

    def commit(self, content: NewContent) -> Record:
        """Makes the files the target's content, and publishes it.

        Raises `DatasetError`: `TARGET_CHANGED` if another writer committed first, `PUBLISH_INTERRUPTED` if it is committed
        and could not be published.
        """
        record = self._record(content)
        fail_point("committing")
        record = self._write(record)
        self.state = State.COMMITTED
        fail_point("committed")
        try:
            finish(self.store, self.target, self._own_record())
        except DatasetError:
            raise
        except Exception as error:
            raise PublishInterrupted(self.target, record.version(), error) from error
        fail_point("published")
        self.clean_up()
        return record

    def clean_up(self) -> None:
        """Removes the attempt's folder and those of attempts that began before it committed: they cannot commit any more.

        What a store refuses here is waste, which goes with the next commit; the content stays.
        """
        try:
            self._remove_folders()
        except Exception as error:
            say_waste(self.target, error)
        fail_point("cleaned up")

    def abandon(self) -> None:
        """Removes the attempt's own folder, unless its record may be current: the folder may have the only copy of its files."""
        if self.state in (State.COMMITTING, State.COMMITTED):
            return
        try:
            self.store.delete_tree(self.location)
        except Exception as error:
            say_waste(self.target, error)
        self.state = State.ABANDONED

    def _record(self, content: NewContent) -> Record:
        base = self.base.record if self.base else None
        before = base.files if base else ()
        dropped, retained = self._divide(content, before)
        files = (*retained, *content.files)
        kept, kept_drops = kept_after(base, content.keep, self.damage is None)
        broken = self.damage if isinstance(self.damage, RecordBroken) else None
        before_it = base.executions if base else broken.executions if broken else ()
        generation = base.generation if base else broken.generation if broken else 0
        executions = tuple(dict.fromkeys((*before_it, self.origin.key))) if self.origin.key else before_it
        return Record(
            generation=generation + 1,
            published=False,
            attempt=self.origin.attempt,
            execution=self.origin.execution,
            pipeline=self.origin.pipeline,
            stage=self.origin.stage,
            dataset=self.origin.dataset,
            time=datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            write=content.write,
            files=files,
            schema=content.schema,
            partition_by=content.partition_by,
            fingerprints=content.fingerprints,
            executions=executions[-EXECUTIONS_REMEMBERED:],
            drops=dropped,
            keep=content.keep,
            kept=kept,
            kept_drops=kept_drops,
        )

    def _divide(
        self, content: NewContent, before: tuple[RecordFile, ...]
    ) -> tuple[tuple[str, ...], tuple[RecordFile, ...]]:
        """Which files of the previous content are dropped, and which are retained."""
        if self.damage is not None and content.write in STAYS:
            raise self.damage
        if content.write == "append":
            return (), before
        if content.write == "replace_partitions":
            replaced = {folder_of(file.path) for file in content.files}
            gone = tuple(file.path for file in before if folder_of(file.path) in replaced)
            return gone, tuple(file for file in before if folder_of(file.path) not in replaced)
        if content.write not in ("replace", "restore"):
            raise ValueError(f"write mode {content.write}")
        # Readers that list the folder take every visible file for content.
        return tuple(sorted({*(file.path for file in before), *(file.path for file in self.found)})), ()

    def _write(self, record: Record) -> Record:
        tag = self.base.tag if self.base else self.damage.tag if isinstance(self.damage, RecordBroken) else None
        self.state = State.COMMITTING  # from here on an error may hide that the write arrived
        for _ in range(8):
            try:
                self.store.put_if(self.target, RECORD_PATH, to_json(record), tag)
                return record
            except Conflict:
                now = read_record(self.store, self.target)
                if now is not None and self._holds(now.record):
                    return now.record  # it is this attempt's: the first response was lost, and the request repeated
                if now is None or _identity(now) != _identity(self.base):
                    self.state = State.STAGED
                    raise target_changed(self.target, now) from None
                tag = now.tag  # the same generation, published meanwhile
        raise target_changed(self.target, read_record(self.store, self.target))

    def _holds(self, record: Record) -> bool:
        """True for this attempt's record, and for a later one that is based on it or on a commit of the same execution."""
        before = self.base.record.executions if self.base else ()
        key = self.origin.key
        return record.attempt == self.origin.attempt or bool(key and key in record.executions and key not in before)

    def _own_record(self) -> StoredRecord:
        now = read_record(self.store, self.target)
        if now is None:
            raise target_changed(self.target, None)
        return now


def target_changed(target: str, now: StoredRecord | None) -> DatasetError:
    """The error of a writer that another one preceded."""
    who = (
        f"execution {now.record.execution or 'without a name'} committed generation {now.record.generation}"
        if now
        else "its record is missing"
    )
    return DatasetError(
        "TARGET_CHANGED",
        f"{target} changed during this attempt: {who}; nothing of this attempt was committed, run it again",
    )


def folder_of(path: str) -> str:
    """The partition folder of a file; empty directly in the target."""
    return path.rpartition("/")[0]


def _identity(stored: StoredRecord | None) -> tuple[int, str] | None:
    return None if stored is None else (stored.record.generation, stored.record.attempt)
