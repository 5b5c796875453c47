"""Locations as folders of a lake: `s3://<bucket>/<prefix>/` is `<lake>/<bucket>/<prefix>/`."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import BinaryIO

from strata_glue.store.base import OWN_FOLDER, DataFile, is_data_path, split


class LocalStore:
    """A lake on a local disk."""

    def __init__(self, lake: str) -> None:
        self._lake = Path(lake).resolve()

    def exists(self, location: str) -> bool:
        folder = self._folder(location)
        return folder.is_dir() and any(folder.iterdir())

    def data_files(self, location: str) -> list[DataFile]:
        root = self._folder(location)
        files = []
        for folder, names, files_here in os.walk(root):
            inside = Path(folder).relative_to(root).as_posix()
            prefix = "" if inside == "." else f"{inside}/"
            names[:] = [name for name in names if is_data_path(f"{prefix}{name}/x")]
            files += [
                DataFile(prefix + name, (Path(folder) / name).stat().st_size)
                for name in files_here
                if is_data_path(prefix + name)
            ]
        return sorted(files, key=lambda file: file.path)

    def open(self, location: str, path: str) -> BinaryIO:
        return (self._folder(location) / path).open("rb")

    def put(self, location: str, path: str, content: bytes) -> None:
        file = self._folder(location) / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)

    def move_in(self, source: str, target: str, names: dict[str, str]) -> None:
        for old, new in names.items():
            file = self._folder(target) / new
            file.parent.mkdir(parents=True, exist_ok=True)
            (self._folder(source) / old).replace(file)

    def delete(self, location: str, paths: list[str]) -> None:
        root = self._folder(location)
        for path in paths:
            (root / path).unlink(missing_ok=True)
            _remove_checksum(root / path)
            _remove_empty((root / path).parent, root)

    def folders(self, location: str) -> list[str]:
        root = self._folder(location)
        return sorted(entry.name for entry in root.iterdir() if entry.is_dir()) if root.is_dir() else []

    def delete_tree(self, location: str) -> None:
        folder = self._folder(location)
        shutil.rmtree(folder, ignore_errors=True)
        if folder.parent.name == OWN_FOLDER:
            _remove_empty(folder.parent, folder.parent.parent)

    def engine_path(self, location: str, path: str = "") -> str:
        return str(self._folder(location) / path)

    def read_text(self, address: str) -> str:
        return self._folder(address).read_text(encoding="utf-8")

    def _folder(self, location: str) -> Path:
        bucket, path = split(location)
        folder = (self._lake / bucket / path).resolve()
        if not folder.is_relative_to(self._lake):
            raise ValueError(f"{location} leads out of the lake")
        return folder


def _remove_checksum(file: Path) -> None:
    """Hadoop's local file system keeps `.<name>.crc` beside each file it writes."""
    (file.parent / f".{file.name}.crc").unlink(missing_ok=True)


def _remove_empty(folder: Path, root: Path) -> None:
    """A partition folder goes with its last file."""
    while folder != root:
        try:
            folder.rmdir()
        except OSError:
            return
        folder = folder.parent
