"""The store's interface, and what is the same in both."""

from __future__ import annotations

import builtins
import re
from dataclasses import dataclass
from typing import BinaryIO, Protocol

OWN_FOLDER = "_strata"
"""The job's own places below a target. Spark and Athena skip names that start with `_`, but not `_x=1`: no `=` below it."""


_TABLE_METADATA = re.compile(r"metadata/[^/]+\.metadata\.json")


class Conflict(Exception):
    """An object is not what a conditional write expected: somebody else wrote it."""


class NoFile(OSError):
    """Something else lies where a file is looked for: a pipe would be waited for without an end. S3 has no such things."""

    def __init__(self, path: object, what: str) -> None:
        super().__init__(f"{path} {what}: remove it")
        self.what = what
        """For example `is a named pipe, no file`."""


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
    """Visible Parquet files, sorted by path."""
    own: tuple[DataFile, ...]
    """Files below `_strata/`, with their whole path."""
    has_table: bool = False
    """True if metadata of an Iceberg table lies there, which is all that a listing can tell of one."""


@dataclass(frozen=True)
class Stored:
    """An object's content, and the tag that a conditional write of it names."""

    content: bytes
    tag: str


@dataclass(frozen=True)
class Swap:
    """A change of a target's files that a store may be able to make at once. Paths are relative to the target."""

    copies: dict[str, str]
    """Existing file → its new name."""
    drops: tuple[str, ...]
    """Files that go."""
    record: tuple[str, bytes, str]
    """Path, new content and expected tag of the record that is replaced with the files."""
    attempt: str
    """Folder that goes, ending in `/`: the attempt whose files are copied."""


class Store(Protocol):
    """Files by location (`s3://<bucket>/<prefix>/`). Every method is safe to call from several threads."""

    def exists(self, location: str) -> bool:
        """True if anything at all lies below the location."""

    def data_files(self, location: str) -> builtins.list[DataFile]:
        """Visible Parquet files, sorted by path: directly in the location, or below partition folders `k=v`."""

    def list(self, location: str) -> builtins.list[DataFile]:
        """Everything that lies below a location, hidden or not, by one listing, sorted by path."""

    def open(self, location: str, path: str) -> BinaryIO:
        """A file for reading, seekable. Raises `FileNotFoundError`."""

    def put(self, location: str, path: str, content: bytes) -> None:
        """Writes a whole file; a reader never sees a part of it."""

    def get(self, location: str, path: str) -> Stored | None:
        """An object with its tag; None if it is not there."""

    def put_if(self, location: str, path: str, content: bytes, tag: str | None) -> str:
        """Writes an object if it still has `tag` (None: if there is none), and answers the new tag. Raises `Conflict`."""

    def copy(self, location: str, names: dict[str, str]) -> None:
        """Copies files inside a location (from: to). A source that is gone while its copy is there is fine: it has been
        done before. Raises `FileNotFoundError` where both are missing."""

    def swap(self, location: str, change: Swap) -> bool:
        """Makes a change at once for every reader; False, with nothing done, where the system cannot.
        Raises `Conflict` if the record is not the expected one."""

    def delete(self, location: str, paths: builtins.list[str]) -> None:
        """Removes files; those that are gone already are no mistake."""

    def delete_tree(self, location: str, known: builtins.list[str] | None = None) -> None:
        """Removes everything below a location, hidden files too. `known`: a listing of it, where one was just made."""

    def engine_path(self, location: str, path: str = "") -> str:
        """What the engine is told to read or write."""

    def read_text(self, address: str) -> str:
        """The text of one object, by its whole address."""


def split(location: str) -> tuple[str, str]:
    """`s3://bucket/a/b/` → `("bucket", "a/b/")`."""
    bucket, _, path = location.removeprefix("s3://").partition("/")
    return bucket, path


def is_data_path(path: str) -> bool:
    """True for a path that Spark takes for data: a visible name, in no folder but partitions `k=v`."""
    *folders, name = path.split("/")
    return is_visible(name) and all("=" in each and is_visible(each) for each in folders)


def leads_out(path: str) -> bool:
    """True for a path that names no file below a location."""
    return any(part in ("", ".", "..") or "\0" in part for part in path.split("/"))


def passed_over(path: str) -> str | None:
    """The folder for which Spark passes over a visible file: one that is no partition `k=v`; None for all other files."""
    folders = path.split("/")[:-1]
    if not all(is_visible(each) for each in path.split("/")):
        return None
    index = next((index for index, each in enumerate(folders) if "=" not in each), None)
    return None if index is None else "/".join(folders[: index + 1])


def survey(store: Store, location: str) -> Survey:
    """What lies in a target: what Spark takes for data, and what is the job's own."""
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
