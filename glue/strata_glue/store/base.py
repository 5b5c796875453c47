"""The store's interface, and what is the same in both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO, Protocol

OWN_FOLDER = "_strata"
"""The job's own places below a target. Spark and Athena skip names that start with `_`, but not `_x=1`: no `=` below it."""


@dataclass(frozen=True)
class DataFile:
    """A visible Parquet file of a location."""

    path: str
    """Relative to the location, with `/`."""
    size: int
    """Bytes."""


class Store(Protocol):
    """Files by location (`s3://<bucket>/<prefix>/`). Every method is safe to call from several threads."""

    def exists(self, location: str) -> bool:
        """True if anything at all lies below the location."""

    def data_files(self, location: str) -> list[DataFile]:
        """Visible Parquet files, sorted by path: directly in the location, or below partition folders `k=v`."""

    def open(self, location: str, path: str) -> BinaryIO:
        """A file for reading, seekable."""

    def put(self, location: str, path: str, content: bytes) -> None:
        """Writes a whole file."""

    def move_in(self, source: str, target: str, names: dict[str, str]) -> None:
        """Makes files of `source` (paths: keys) files of `target` (paths: values); the last byte is there when it returns."""

    def delete(self, location: str, paths: list[str]) -> None:
        """Removes files; those that are gone already are no mistake."""

    def folders(self, location: str) -> list[str]:
        """Names of the folders directly in a location, sorted."""

    def delete_tree(self, location: str) -> None:
        """Removes everything below a location, hidden files too."""

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
    return _is_visible(name) and all("=" in each and _is_visible(each) for each in folders)


def _is_visible(name: str) -> bool:
    return bool(name) and not name.startswith(("_", ".")) and not name.endswith("._COPYING_")
