"""One try at one target, whatever its format."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from types import TracebackType
from typing import TYPE_CHECKING

from strata_glue.contract import Column, PublishSettings, RecordFile
from strata_glue.engine.failure import failure_of
from strata_glue.errors import DatasetError
from strata_glue.store import DataFile, Store
from strata_glue.store.base import OWN_FOLDER, is_data_path

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.types import StructType

ATTEMPTS = f"{OWN_FOLDER}/attempts/"
"""Where each attempt has a folder of its own, relative to the target."""


class State(Enum):
    """How far an attempt is: which of its files may be needed, and by whom."""

    BEGUN = "nothing of it is written"
    STAGED = "its folder may hold files, which no reader lists"
    COMMITTING = "its commit may have arrived, even if the answer is an error"
    COMMITTED = "its rows are the target's content"
    ABANDONED = "its files are removed, or orphans"


@dataclass(frozen=True)
class Origin:
    """The writer, as the record and the ledger name it."""

    pipeline: str
    stage: str
    dataset: str
    execution: str
    attempt: str
    """Unique, and safe in a file's name."""

    @property
    def key(self) -> str:
        """The execution as a record remembers it: its name is unique in its pipeline only. Empty without a name."""
        return f"{self.pipeline}/{self.execution}" if self.execution else ""


@dataclass(frozen=True)
class Version:
    """What a target is, for those who ask in numbers: its events, the ledger, `skip_unchanged`."""

    generation: int | None
    """Number of Strata's commits; None for an Iceberg snapshot of another writer."""
    rows: int | None
    bytes: int | None
    files: int | None
    fingerprints: Mapping[str, str]
    rows_of_last_run: int | None = None
    """Rows that the last commit wrote, which the target may have more of; None if unknown."""
    snapshot: str | None = None
    """An Iceberg snapshot's id: 64 bits, so as text (a JSON number may be rounded by its reader)."""


@dataclass(frozen=True)
class Staged:
    """An attempt's rows in files, under the names that they will have."""

    files: tuple[RecordFile, ...]
    schema: tuple[Column, ...]
    partition_by: tuple[str, ...]
    read: Callable[[SparkSession], DataFrame]
    """The rows as they were written: a DataFrame over exactly the files."""

    @property
    def rows(self) -> int:
        return sum(file.rows for file in self.files)


class PublishInterrupted(DatasetError):
    """A dataset's content is committed, but the store interrupted its promotion."""

    def __init__(self, target: str, version: Version, error: Exception) -> None:
        reason = failure_of(error, "").message
        super().__init__(
            "PUBLISH_INTERRUPTED",
            f"generation {version.generation} of {target} is committed, but the store interrupted its promotion: {reason}; "
            "Strata already reads it, other readers will after the next run of the dataset or `strata recover`",
        )
        self.version = version
        """The current version."""


class Attempt(ABC):
    """Begun by its target's `begin`; ends by a commit, or abandoned.

    `with attempt:` surrounds writing, checking and committing its files. An exception that leaves the block before the
    commit abandons the attempt, and becomes `TARGET_CHANGED` if another writer's commit removed the files.
    """

    keeps_intervals = True
    """True if intervals land as the numbers that Spark stores for them."""

    def __init__(self, store: Store, target: str, origin: Origin, earlier_attempts: tuple[str, ...]) -> None:
        self.store, self.target, self.origin = store, target, origin
        self.folder = f"{ATTEMPTS}{origin.attempt}/"
        """Relative to the target."""
        self.state = State.BEGUN
        self._earlier_attempts = earlier_attempts
        """Attempts that had a folder when this one began."""
        self._written: list[str] | None = None
        """What the last listing of the folder found; `clean_up` needs no other."""

    @property
    def location(self) -> str:
        """The attempt's own folder, as a location: new, and no reader lists it."""
        return f"{self.target}{self.folder}"

    def put(self, name: str, content: bytes) -> None:
        """Writes the attempt's only file."""
        self._written = [name]
        self.store.put(self.location, name, content)

    def written(self) -> list[DataFile]:
        """The attempt's visible files, by one listing, after the engine has written them."""
        listed = self.store.list(self.location)
        self._written = [file.path for file in listed]
        return [file for file in listed if is_data_path(file.path)]

    @abstractmethod
    def current_version(self) -> Version | None:
        """The version that was current when the attempt began."""

    @abstractmethod
    def is_whole(self) -> bool:
        """True if that version was committed by Strata, and its files were all there."""

    @abstractmethod
    def committed_before(self) -> Version | None:
        """The current version, if this execution has committed here: repeating it must not do it twice."""

    @abstractmethod
    def check(self, schema: StructType, settings: PublishSettings) -> None:
        """Refuses a result that cannot become the target's content, or part of it. Raises `DatasetError`."""

    def layout(self, settings: PublishSettings) -> PublishSettings:
        """How the attempt's files are to be written: as the target's, unless its format divides rows itself."""
        return settings

    @abstractmethod
    def commit_staged(
        self, staged: Staged, settings: PublishSettings, fingerprints: dict[str, str], session: SparkSession
    ) -> Version:
        """Makes the staged rows the target's content, or part of it; returns the version that is then current. Raises `DatasetError`."""

    @abstractmethod
    def overtaken(self) -> DatasetError | None:
        """The error of a writer that can no longer commit, since another one has since this attempt began."""

    @abstractmethod
    def abandon(self) -> None:
        """Removes the attempt's files, unless a commit may need them. Raises nothing, so that the first error is reported."""

    def __enter__(self) -> Attempt:
        self.state = State.STAGED
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        if problem is None or self.state is State.COMMITTED:
            return
        overtaken = self._why_overtaken(problem)
        self.abandon()
        if overtaken is not None:
            raise overtaken from problem

    def _why_overtaken(self, problem: BaseException) -> DatasetError | None:
        """If another writer's commit removed this attempt's files, that is the error, and not what the engine makes of it."""
        if isinstance(problem, DatasetError) or not isinstance(problem, Exception):
            return None
        with suppress(Exception):  # the first problem is the one to report
            return self.overtaken()
        return None

    def _remove_folders(self) -> None:
        """Removes the attempt's folder, and those of attempts that began before its commit: they can no longer commit."""
        self.store.delete_tree(self.location, self._written)
        remove_attempts(self.store, self.target, self._earlier_attempts)


def remove_attempts(store: Store, target: str, names: Iterable[str]) -> None:
    """Removes the folders of attempts that can no longer commit."""
    for name in names:
        store.delete_tree(f"{target}{ATTEMPTS}{name}/")


def say_waste(target: str, error: Exception) -> None:
    """Warns of orphan files that the store refused to remove; the content does not change."""
    what = failure_of(error, "").message
    print(f"{target}{ATTEMPTS} has orphan files of an attempt until the next commit: {what}", file=sys.stderr)
