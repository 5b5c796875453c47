"""Locations as folders of a lake: `s3://<bucket>/<prefix>/` is `<lake>/<bucket>/<prefix>/`.

Files survive the end of a process, however it ends; a lake on a laptop is not made to survive the end of the power.
"""

from __future__ import annotations

import builtins
import errno
import hashlib
import os
import shutil
import stat
import uuid
import weakref
from collections import deque
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import BinaryIO

from strata_glue.fail_points import fail_point
from strata_glue.store.base import OWN_FOLDER, Conflict, DataFile, NoFile, Stored, Swap, is_data_path, leads_out
from strata_glue.store.folder import (
    copy_whole,
    link_or_copy,
    locked,
    make_private,
    on_one_device,
    open_file,
    own_folder,
    swap_folders,
)

PRIVATE_FOLDER = ".strata"
"""The lake's own folder: locks, and `tmp/` for unfinished files, which the worker and `recover` empty when they start."""

OLD_FOLDERS = 4
"""Replaced folders that are kept for a while: a reader that is listing one can finish."""

SWAPS_IN_A_WRITE = 8
"""How often other writers' commits may swap a file's folder while the file is put there."""


class LocalStore:
    """A lake on a local disk. The umask gives its files' modes, so that users can share a lake.

    `private`: new files are for their owner only, as in the ledger's state (`make_private`).
    """

    def __init__(self, lake: str, private: bool = False) -> None:
        self._lake = Path(lake).resolve()
        self._private = private
        self._old: deque[Path] = deque()
        self._clearing = Lock()
        weakref.finalize(self, _remove_all, self._old)  # also at the end of the process

    @property
    def root(self) -> Path:
        """The lake's folder."""
        return self._lake

    def exists(self, location: str) -> bool:
        folder = self._folder(location)
        return folder.is_dir() and any(entry.name != OWN_FOLDER for entry in folder.iterdir())

    def list(self, location: str) -> builtins.list[DataFile]:
        return sorted(self._walk(location), key=lambda file: file.path)

    def open(self, location: str, path: str) -> BinaryIO:
        return open_file(self._file(location, path))

    def put(self, location: str, path: str, content: bytes) -> None:
        self._write_whole(self._file(location, path), content)

    def get(self, location: str, path: str) -> Stored | None:
        try:
            with self.open(location, path) as stream:
                content = stream.read()
        except (FileNotFoundError, NotADirectoryError):
            return None
        return Stored(content, _tag(content))

    def put_if(self, location: str, path: str, content: bytes, tag: str | None) -> str:
        with locked(self._lock_file(location)):
            self._expect(location, path, tag)
            self.put(location, path, content)
        return _tag(content)

    def copy(self, location: str, names: dict[str, str]) -> None:
        _check_paths(location, *names.keys(), *names.values())
        root = self._folder(location)
        for old, new in names.items():
            if (root / new).exists():
                continue
            (root / new).parent.mkdir(parents=True, exist_ok=True)
            link_or_copy(root / old, root / new)
            fail_point("copied")

    def swap(self, location: str, change: Swap) -> bool:
        root = self._folder(location)
        path, content, tag = change.record
        _check_paths(location, *change.copies.keys(), *change.copies.values(), *change.drops)
        with locked(self._lock_file(location)):
            self._expect(location, path, tag)
            aside = self._aside()
            aside.mkdir()
            swapped = False
            try:
                if not on_one_device(aside, root):
                    return False
                if not self._build(root, aside, change):
                    return False
                self._write_whole(aside / path, content)
                fail_point("built")
                if not swap_folders(aside, root):
                    return False
                swapped = True
                self._old.append(aside)  # other threads append and remove meanwhile
                fail_point("swapped")
                _keep_attempts(aside, root, change.attempt)
            finally:
                if not swapped:
                    shutil.rmtree(aside, ignore_errors=True)
        with self._clearing:
            while len(self._old) > OLD_FOLDERS:
                shutil.rmtree(self._old.popleft(), ignore_errors=True)
        return True

    def delete(self, location: str, paths: builtins.list[str]) -> None:
        _check_paths(location, *paths)
        root = self._folder(location)
        for path in paths:
            (root / path).unlink(missing_ok=True)
            _remove_checksum(root / path)
            _remove_empty((root / path).parent, root)

    def delete_tree(self, location: str, known: builtins.list[str] | None = None) -> None:
        folder = self._folder(location)
        shutil.rmtree(folder, ignore_errors=True)
        own = next((each for each in folder.parents if each.name == OWN_FOLDER), None)
        if own is not None:
            _remove_empty(folder.parent, own.parent)

    def engine_path(self, location: str, path: str = "") -> str:
        return str(self._file(location, path) if path else self._folder(location))

    def read_text(self, address: str) -> str:
        with open_file(self._folder(address)) as stream:
            return stream.read().decode("utf-8")

    def _walk(self, location: str) -> builtins.list[DataFile]:
        root = self._folder(location)
        place = self._place(location)
        for each in (place, *place.parents):
            what = _in_the_way(each)
            if what is not None:
                raise NotADirectoryError(f"{each} is {what}, but {location} needs a folder: move it away")
        files = []
        above: dict[str, set[tuple[int, int]]] = {}
        for folder, names, files_here in os.walk(root, onerror=_unless_gone, followlinks=True):
            here = Path(folder)
            inside = here.relative_to(root).as_posix()
            prefix = "" if inside == "." else f"{inside}/"
            above[folder] = _above(here, above.get(str(here.parent), set()))
            # As engines do: only links of partitions are followed.
            names[:] = [name for name in names if is_data_path(f"{prefix}{name}/x") or not (here / name).is_symlink()]
            files += [_data_file(prefix + name, here / name) for name in files_here]
        return files

    def _build(self, root: Path, aside: Path, change: Swap) -> bool:
        """Builds the new folder of links to the existing files. Attempts are left out and moved afterwards.

        False where a folder in it is a link: its target cannot be swapped.
        """
        dropped = {*change.drops, change.record[0], *(_checksum(path) for path in change.drops)}
        attempts = f"{OWN_FOLDER}/attempts/"
        there = _walk_below(root)
        if there is None:
            return False
        for file in there:
            if file not in dropped and not file.startswith(attempts):
                link_or_copy(root / file, aside / file)
        for old, new in change.copies.items():
            # A missing file was copied by an earlier, interrupted promotion.
            source = root / old if (root / old).exists() else root / new
            link_or_copy(source, aside / new)
        return True

    def _expect(self, location: str, path: str, tag: str | None) -> None:
        found = self.get(location, path)
        if (found.tag if found else None) != tag:
            raise Conflict(f"{location}{path} was written by another writer")

    def _aside(self) -> Path:
        """A new path for an unfinished file, in an existing folder."""
        if self._private:
            make_private(self._lake / PRIVATE_FOLDER)
        return scratch(self._lake) / uuid.uuid4().hex

    def _write_whole(self, file: Path, content: bytes) -> None:
        """Written elsewhere and renamed: a full disk leaves the old file, and no reader sees half of the new one."""
        aside = self._aside()
        try:
            mode = make_private(file.parent) & 0o666 if self._private else 0o666
            with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as handle:
                handle.write(content)
            for left in reversed(range(SWAPS_IN_A_WRITE)):
                try:
                    file.parent.mkdir(parents=True, exist_ok=True)
                    _move(aside, file)
                    break
                except FileNotFoundError:  # another writer's commit has just swapped the folder
                    if not left:
                        raise
        finally:
            aside.unlink(missing_ok=True)

    def _lock_file(self, location: str) -> Path:
        name = hashlib.sha256(location.encode()).hexdigest()[:32]
        folder = own_folder(self._lake) / "locks"
        make_private(folder)
        return folder / name

    def _folder(self, location: str) -> Path:
        """Raises `ValueError` for what is not a folder inside the lake; local/lake-path.ts has the same rule."""
        # A bucket, or a folder in it, may be a link to a larger disk.
        return Path(os.path.realpath(self._place(location)))

    def _place(self, location: str) -> Path:
        """The same, without resolving links."""
        names = location.removeprefix("s3://").removesuffix("/").split("/")
        if not location.startswith("s3://") or names[0] == PRIVATE_FOLDER or leads_out("/".join(names)):
            raise ValueError(f"{location!r} is not a folder inside the lake")
        return self._lake.joinpath(*names)

    def _file(self, location: str, path: str) -> Path:
        _check_paths(location, path)
        return self._folder(location) / path


def _in_the_way(path: Path) -> str | None:
    """What is where a folder is needed; None for a folder or nothing."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return "a broken link" if path.is_symlink() else None
    return None if stat.S_ISDIR(mode) else "a file" if stat.S_ISREG(mode) else "no folder"


def scratch(lake: Path) -> Path:
    """The lake's folder for unfinished files, created if missing."""
    folder = own_folder(lake) / "tmp"
    make_private(folder)
    return folder


def _check_paths(location: str, *paths: str) -> None:
    """Raises `ValueError` for the first that leads out of its location: a record may be another user's, and names files."""
    for path in paths:
        if leads_out(path.removesuffix("/")):
            raise ValueError(f"{path!r} is not a file below {location}")


def _move(aside: Path, file: Path) -> None:
    try:
        aside.replace(file)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        # A bucket that is a link to another file system, or a mount.
        copy_whole(aside, file)


def _remove_all(folders: deque[Path]) -> None:
    for folder in list(folders):
        shutil.rmtree(folder, ignore_errors=True)


def _tag(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _walk_below(root: Path) -> list[str] | None:
    """Files below a folder; None where a folder in it is a link."""
    files = []
    for folder, folders, names in os.walk(root):
        if any((Path(folder) / name).is_symlink() for name in folders):
            return None
        files += [(Path(folder) / name).relative_to(root).as_posix() for name in names]
    return files


def _above(folder: Path, above: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """The folder itself and those above it on the way here. Raises `NoFile` for a link to one of these."""
    try:
        found = folder.stat()
    except FileNotFoundError:  # removed meanwhile
        return above
    this = (found.st_dev, found.st_ino)
    if this in above:
        raise NoFile(folder, "is a link to a folder above it")
    return {*above, this}


def _unless_gone(error: OSError) -> None:
    """A folder that cannot be listed is an error; one that was removed meanwhile is empty."""
    if not isinstance(error, (FileNotFoundError, NotADirectoryError)):
        raise error


def _data_file(path: str, file: Path) -> DataFile:
    try:
        found = file.stat()
    except OSError as error:  # removed while the folder was walked: leaving it out would silently read less
        if error.errno not in (errno.ENOENT, errno.ELOOP):
            raise
        return DataFile(path, 0)
    return DataFile(path, found.st_size, f"{found.st_mtime_ns}-{found.st_ino}")


def _keep_attempts(old: Path, new: Path, finished: str) -> None:
    """Moves running attempts to where their writers expect them."""
    for attempt in sorted((old / OWN_FOLDER / "attempts").glob("*")):
        if f"{OWN_FOLDER}/attempts/{attempt.name}/" != finished:
            place = new / OWN_FOLDER / "attempts" / attempt.name
            place.parent.mkdir(parents=True, exist_ok=True)
            with suppress(OSError):  # its writer has made it again: it cannot commit any more, and will report that
                attempt.replace(place)


def _checksum(path: str) -> str:
    folder, slash, name = path.rpartition("/")
    return f"{folder}{slash}.{name}.crc"


def _remove_checksum(file: Path) -> None:
    """Hadoop's local file system keeps `.<name>.crc` beside each file it writes."""
    (file.parent / f".{file.name}.crc").unlink(missing_ok=True)


def _remove_empty(folder: Path, root: Path) -> None:
    """Removes a partition folder with its last file."""
    while folder != root:
        try:
            folder.rmdir()
        except OSError:
            return
        folder = folder.parent
