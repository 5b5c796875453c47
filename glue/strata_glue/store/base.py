"""The store's interface, and what both implementations share."""

from __future__ import annotations

import builtins
import re
from dataclasses import dataclass
from functools import cached_property
from typing import BinaryIO, Protocol

OWN_FOLDER = "_strata"
"""The job's own folder below a target. Spark and Athena skip names that start with `_`, but not `_x=1`: no `=` below it."""


_TABLE_METADATA = re.compile(r"metadata/[^/]+\.metadata\.json")


class Conflict(Exception):
    """An object is not what a conditional write expected: another writer changed it."""


class NoFile(OSError):
    """Something else is where a file is expected: reading a pipe would block for ever. S3 has no such objects."""

    def __init__(self, path: object, what: str) -> None:
        super().__init__(f"{path} {what}: remove it")
        self.what = what
        """For example `is a named pipe, not a file`."""


@dataclass(frozen=True)
class DataFile:
    """A file of a location."""

    path: str
    """Relative to the location, with `/`."""
    size: int
    """Bytes."""
    tag: str = ""
    """Changes whenever the file's content does (S3: ETag; local: time of change and inode)."""


@dataclass(frozen=True)
class Survey:
    """Everything below a location, from one listing."""

    data: tuple[DataFile, ...]
    """Visible Parquet files, sorted by path: directly in the location, or below partition folders `k=v`."""
    own: tuple[DataFile, ...]
    """Files below `_strata/`, with their whole path."""
    has_table: bool = False
    """True if there is metadata of an Iceberg table, which is all that a listing shows of one."""

    @cached_property
    def by_path(self) -> dict[str, DataFile]:
        """All of these files by their paths."""
        return {file.path: file for file in (*self.data, *self.own)}


@dataclass(frozen=True)
class Stored:
    """An object's content, and the tag that a conditional write of it names."""

    content: bytes
    tag: str


@dataclass(frozen=True)
class Swap:
    """A change of a target's files that a store may be able to make atomically. Paths are relative to the target."""

    copies: dict[str, str]
    """Existing file → its new name."""
    drops: tuple[str, ...]
    """Files to remove."""
    record: tuple[str, bytes, str]
    """Path, new content and expected tag of the record, which is replaced together with the files."""
    attempt: str
    """Folder to remove, ending in `/`: the attempt whose files are copied."""


class Store(Protocol):
    """Files by location (`s3://<bucket>/<prefix>/`). Every method is safe to call from several threads."""

    def exists(self, location: str) -> bool:
        """True if anything at all is below the location."""

    def list(self, location: str) -> builtins.list[DataFile]:
        """Everything below a location, hidden files too, by one listing, sorted by path."""

    def open(self, location: str, path: str) -> BinaryIO:
        """A file for reading, seekable. Raises `FileNotFoundError`."""

    def put(self, location: str, path: str, content: bytes) -> None:
        """Writes a file atomically: a reader never sees a part of it."""

    def get(self, location: str, path: str) -> Stored | None:
        """An object with its tag; None if it is not there."""

    def put_if(self, location: str, path: str, content: bytes, tag: str | None) -> str:
        """Writes an object if it still has `tag` (None: if it does not exist), and returns the new tag. Raises `Conflict`."""

    def copy(self, location: str, names: dict[str, str]) -> None:
        """Copies files inside a location (from: to). A missing source whose copy exists was copied before and is skipped.
        Raises `FileNotFoundError` where both are missing."""

    def swap(self, location: str, change: Swap) -> bool:
        """Makes a change atomically for every reader; False, with nothing done, where the file system cannot.
        Raises `Conflict` if the record is not the expected one."""

    def delete(self, location: str, paths: builtins.list[str]) -> None:
        """Removes files; missing ones are skipped."""

    def delete_tree(self, location: str, known: builtins.list[str] | None = None) -> None:
        """Removes everything below a location, hidden files too. `known`: a listing of it, if the caller has one."""

    def engine_path(self, location: str, path: str = "") -> str:
        """The path or URI that the engine reads or writes."""

    def read_text(self, address: str) -> str:
        """The text of one object, by its URI."""


def split(location: str) -> tuple[str, str]:
    """`s3://bucket/a/b/` → `("bucket", "a/b/")`."""
    bucket, _, path = location.removeprefix("s3://").partition("/")
    return bucket, path


def is_data_path(path: str) -> bool:
    """True for a path that Spark reads as data: a visible name, in partition folders `k=v` only."""
    *folders, name = path.split("/")
    return is_visible(name) and all("=" in each and is_visible(each) for each in folders)


def leads_out(path: str) -> bool:
    """True for a path that leads out of its location, or is empty."""
    return any(part in ("", ".", "..") or "\0" in part for part in path.split("/"))


def passed_over(path: str) -> str | None:
    """The folder because of which Spark skips a visible file: one that is not a partition `k=v`; None for other files."""
    folders = path.split("/")[:-1]
    if not all(is_visible(each) for each in path.split("/")):
        return None
    index = next((index for index, each in enumerate(folders) if "=" not in each), None)
    return None if index is None else "/".join(folders[: index + 1])


def survey(store: Store, location: str) -> Survey:
    """The files of a target: those that Spark reads as data, and the job's own."""
    files = store.list(location)
    return Survey(
        tuple(file for file in files if is_data_path(file.path)),
        tuple(file for file in files if file.path.startswith(f"{OWN_FOLDER}/")),
        any(_TABLE_METADATA.fullmatch(file.path) for file in files),
    )


def is_visible(name: str) -> bool:
    """True for names that Spark reads. Hadoop's file systems on S3 hide their markers of folders, too (docs/engines.md)."""
    hidden = (
        (name.startswith("_") and "=" not in name) or name.startswith(".") or name.endswith(("._COPYING_", "_$folder$"))
    )
    return bool(name) and not hidden
