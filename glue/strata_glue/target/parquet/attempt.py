"""One try at one target: begin, and one conditional write that makes its files the content (docs/publish.md).

Why it is safe without a lease, a clock or a lock, for however long a writer sleeps:

- Names of files are unique to an attempt and never used again. Deleting a file that a record dropped, and copying one
  that it names, can be repeated by anyone at any time.
- Nothing of an attempt lies where others look before its record is written. So a file that is listed *before* the
  record is read, bears one of our names and is not in the record, is old: it can be deleted.
- An attempt's folder is removed by others only after they committed: whoever began before can then no longer commit.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import datetime, timezone

from strata_glue.engine.failure import failure_of
from strata_glue.engine.spark.columns import Column
from strata_glue.errors import DatasetError
from strata_glue.steps import step
from strata_glue.store import Conflict, DataFile, Store
from strata_glue.target.parquet.generations import kept_after
from strata_glue.target.parquet.leftovers import (
    ATTEMPTS,
    attempts_in,
    kept_waste,
    strays,
)
from strata_glue.target.parquet.publish import finish, settle
from strata_glue.target.parquet.record import (
    EXECUTIONS_REMEMBERED,
    STAYS,
    Record,
    RecordFile,
    Standing,
    StoredRecord,
)
from strata_glue.target.parquet.record import RECORD_PATH as RECORD
from strata_glue.target.parquet.record_file import RecordBroken, read_record, to_json
from strata_glue.target.parquet.staging import Staging


@dataclass(frozen=True)
class Origin:
    """Who writes: what a record and the ledger say of it."""

    pipeline: str
    stage: str
    dataset: str
    execution: str
    attempt: str
    """Unique, and safe in a file's name."""

    @property
    def key(self) -> str:
        """What a record remembers: names of executions are unique in their pipeline only. Empty without a name."""
        return f"{self.pipeline}/{self.execution}" if self.execution else ""


@dataclass(frozen=True)
class NewContent:
    """What an attempt wants the target to be."""

    write: str
    """`replace`, `append`, `replace_partitions` or `restore`."""
    files: tuple[RecordFile, ...]
    """The attempt's own, each with `staged`."""
    schema: tuple[Column, ...]
    partition_by: tuple[str, ...]
    fingerprints: dict[str, str]
    keep: int


class PublishInterrupted(DatasetError):
    """A dataset's content is committed, and the store stopped its publishing."""

    def __init__(self, target: str, record: Record, error: Exception) -> None:
        reason = failure_of(error, "").message
        super().__init__(
            "PUBLISH_INTERRUPTED",
            f"generation {record.generation} of {target} is committed, and the store stopped its publishing: {reason}; "
            "Strata reads it already, others do when the dataset or `strata recover` runs",
        )
        self.standing = record.standing()
        """What stands now."""


class Attempt(Staging):
    """Begun by `begin`; ends by `commit` and `tidy`, or by `abandon`."""

    def __init__(
        self,
        store: Store,
        target: str,
        origin: Origin,
        base: StoredRecord | None,
        found: tuple[DataFile, ...],
        leftovers: tuple[str, ...],
        damage: DatasetError | None = None,
        has_table: bool = False,
    ) -> None:
        super().__init__(store, target, origin.attempt)
        self.origin = origin
        self.base = base
        """The record that the attempt started from."""
        self.found = found
        """Visible files at the beginning: the content where there was no record, and what others put there."""
        self.damage = damage
        """Why the content that the attempt started from is not whole; it can then only be replaced."""
        self.has_table = has_table
        """True if an Iceberg table lies in the target."""
        self._leftovers = leftovers
        self._may_stand = False

    @staticmethod
    def begin(store: Store, target: str, origin: Origin) -> Attempt:
        """Finishes what an earlier attempt left, and notes what this one starts from: one listing, one record."""
        now = settle(store, target)
        there, stored, whole = now.there, now.stored, now.damage is None
        found = there.data
        if stored is not None and whole:
            waste = strays(found, stored.record)
            store.delete(target, sorted(waste | kept_waste(there, stored.record)))
            found = tuple(file for file in found if file.path not in waste)
        leftovers = attempts_in(there)
        if stored is not None and whole and stored.record.attempt in leftovers:
            # Killed when it was done but for this. Folders of others may belong to somebody who is alive.
            store.delete_tree(f"{target}{ATTEMPTS}{stored.record.attempt}/")
            leftovers.remove(stored.record.attempt)
        step("begun")
        return Attempt(store, target, origin, stored, found, tuple(sorted(leftovers)), now.damage, there.has_table)

    def committed_before(self) -> Standing | None:
        """What stands, if this execution has committed here: repeating it must not do it twice."""
        if self.base is None or self.damage is not None or not self.origin.key:
            return None
        return self.standing() if self.origin.key in self.base.record.executions else None

    def stands_whole(self) -> bool:
        """True if there is a record, and its files lay there as it says when the attempt began."""
        return self.base is not None and self.damage is None

    def standing(self) -> Standing | None:
        """What stood when the attempt began."""
        return self.base.record.standing() if self.base else None

    def overtaken(self) -> DatasetError | None:
        """What a writer hears that cannot commit any more, since somebody else has since the attempt began."""
        now = read_record(self.store, self.target)
        if _identity(now) == _identity(self.base) or (now is not None and now.record.attempt == self.origin.attempt):
            return None
        return target_changed(self.target, now)

    def commit(self, content: NewContent) -> Record:
        """Makes the files the target's content, and publishes it.

        Raises `DatasetError`: `TARGET_CHANGED` if somebody else won, `PUBLISH_INTERRUPTED` if it is committed and could
        not be published.
        """
        record = self._record(content)
        step("committing")
        record = self._write(record)
        step("committed")
        try:
            finish(self.store, self.target, self._own_record())
        except DatasetError:
            raise
        except Exception as error:
            raise PublishInterrupted(self.target, record, error) from error
        step("published")
        self.tidy()
        return record

    def tidy(self) -> None:
        """Removes the attempt's folder and those of attempts that began before it committed: they cannot commit any more.

        What a store refuses here is waste, which goes with the next commit; the content stands.
        """
        try:
            self.store.delete_tree(self.location, self._written)
            for name in self._leftovers:
                self.store.delete_tree(f"{self.target}{ATTEMPTS}{name}/")
        except Exception as error:
            say_waste(self.target, error)
        step("tidied")

    def abandon(self) -> None:
        """Removes the attempt's own folder only; not if its record may stand: the content could be nowhere else yet.

        Raises nothing: why the attempt ends is what is to be told.
        """
        try:
            if not self._may_stand:
                self.store.delete_tree(self.location)
        except Exception as error:
            say_waste(self.target, error)

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
        """Which files of the content before go, and which stay in it."""
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
        # Whatever else is visible in the folder is part of the old content for those who list it.
        return tuple(sorted({*(file.path for file in before), *(file.path for file in self.found)})), ()

    def _write(self, record: Record) -> Record:
        tag = self.base.tag if self.base else self.damage.tag if isinstance(self.damage, RecordBroken) else None
        self._may_stand = True  # from here on an error may hide that the write arrived
        for _ in range(8):
            try:
                self.store.put_if(self.target, RECORD, to_json(record), tag)
                return record
            except Conflict:
                now = read_record(self.store, self.target)
                if now is not None and self._holds(now.record):
                    return now.record  # it was ours: the answer to the first request was lost, and the request repeated
                if now is None or _identity(now) != _identity(self.base):
                    self._may_stand = False
                    raise target_changed(self.target, now) from None
                tag = now.tag  # the same generation, published meanwhile
        raise target_changed(self.target, read_record(self.store, self.target))

    def _holds(self, record: Record) -> bool:
        """True for this attempt's record, and for one that somebody made upon it, or upon a commit of the same execution."""
        before = self.base.record.executions if self.base else ()
        key = self.origin.key
        return record.attempt == self.origin.attempt or bool(key and key in record.executions and key not in before)

    def _own_record(self) -> StoredRecord:
        now = read_record(self.store, self.target)
        if now is None:
            raise target_changed(self.target, None)
        return now


def target_changed(target: str, now: StoredRecord | None) -> DatasetError:
    """What a writer hears that lost."""
    who = (
        f"execution {now.record.execution or 'without a name'} committed generation {now.record.generation}"
        if now
        else "its record is gone"
    )
    return DatasetError(
        "TARGET_CHANGED",
        f"{target} changed while this attempt ran: {who}; nothing of this attempt was kept, run it again",
    )


def say_waste(target: str, error: Exception) -> None:
    """Tells of what a store refused that changes no content."""
    what = failure_of(error, "").message
    print(f"{target}{ATTEMPTS} keeps an attempt's files until the next commit: {what}", file=sys.stderr)


def folder_of(path: str) -> str:
    """The partition folder of a file; empty directly in the target."""
    return path.rpartition("/")[0]


def _identity(stored: StoredRecord | None) -> tuple[int, str] | None:
    return None if stored is None else (stored.record.generation, stored.record.attempt)
