"""How a file system changes a whole folder atomically: links, locks, and the swap of two folders."""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import shutil
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from strata_glue.store.base import NoFile

LOCK_SECONDS = 60.0
"""The longest wait for a target's lock, which is held during a swap of two folders, never during a computation."""

_CANNOT = {errno.ENOSYS, errno.EINVAL, errno.EXDEV, errno.EPERM, errno.EOPNOTSUPP, errno.EBUSY}
"""EBUSY: the folder is a mount."""


_KINDS = {stat.S_IFIFO: "a named pipe", stat.S_IFSOCK: "a socket", stat.S_IFCHR: "a device", stat.S_IFBLK: "a device"}


def open_file(file: Path) -> BinaryIO:
    """Opens a file for reading. Raises `NoFile` for anything else, `IsADirectoryError` for a folder."""
    try:
        mode = file.stat().st_mode
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ELOOP) and file.is_symlink():
            raise NoFile(file, "is a broken link") from None
        raise
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(file))
    if not stat.S_ISREG(mode):
        raise NoFile(file, f"is {_KINDS.get(stat.S_IFMT(mode), 'something else')}, not a file")
    # Not blocking: another process may put a pipe there meanwhile.
    return os.fdopen(os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb")


def link_or_copy(source: Path, target: Path) -> None:
    """Makes `target` the same file as `source`, since published files never change. Copies where links are not possible."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except FileExistsError:
        return
    except OSError as error:
        if error.errno not in (*_CANNOT, errno.EMLINK):
            raise
        copy_whole(source, target)


def copy_whole(source: Path, target: Path) -> None:
    """Copies under a hidden name and renames, so that a full disk leaves nothing."""
    aside = target.with_name(f".{target.name}.tmp")
    try:
        shutil.copyfile(source, aside)
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)


def on_one_device(one: Path, other: Path) -> bool:
    """True if links and swaps between two folders are possible at all."""
    return one.stat().st_dev == other.stat().st_dev


def swap_folders(one: Path, other: Path) -> bool:
    """Swaps two folders in one step; False where the system or the file system cannot (renameat2(2), renamex_np(2))."""
    library = ctypes.CDLL(None, use_errno=True)
    first, second = os.fsencode(one), os.fsencode(other)
    if sys.platform.startswith("linux") and hasattr(library, "renameat2"):
        at_working_folder, rename_exchange = -100, 2
        result = library.renameat2(at_working_folder, first, at_working_folder, second, rename_exchange)
    elif sys.platform == "darwin" and hasattr(library, "renamex_np"):
        rename_swap = 2
        result = library.renamex_np(first, second, rename_swap)
    else:
        return False
    if result == 0:
        return True
    code = ctypes.get_errno()
    if code in _CANNOT:
        return False
    raise OSError(code, os.strerror(code), str(other))


def make_private(folder: Path) -> int:
    """Makes a folder for its owner only; returns the mode for folders in it.

    If its group or everyone may write the folder above, they share it and may enter this one, too. An existing folder
    keeps its mode.
    """
    if folder.is_dir():
        mode = folder.stat().st_mode
        shared = 0 if mode & stat.S_ISVTX else mode & 0o022  # in a sticky folder, as /tmp, people share nothing
        return 0o700 | (0o070 if shared & 0o020 else 0) | (0o007 if shared & 0o002 else 0)
    mode = make_private(folder.parent)
    folder.mkdir(mode=mode, exist_ok=True)
    return mode


def own_folder(lake: Path) -> Path:
    """The lake's `.strata` folder, created if missing. Whatever the umask, only users who may change the lake may change it."""
    lake.mkdir(parents=True, exist_ok=True)
    folder = lake / ".strata"
    folder.mkdir(mode=0o755 | make_private(lake) & 0o022, exist_ok=True)
    return folder


class LakeRefused(Exception):
    """This process cannot lock the lake; one line with the remedy."""

    def __init__(self, message: str, remedy: str, busy: bool = False) -> None:
        super().__init__(message)
        self.as_line = {"message": message, "help": remedy, "busy": busy}
        """What the command line reports. `busy`: another command has the lake."""


def take_lake(lake: Path) -> BinaryIO:
    """Locks the lake for this process and removes what killed runs left in it. The lock lasts as long as its file is open:
    the kernel releases it when the process ends, however it ends. Raises `LakeRefused`."""
    try:
        handle = _lock_file(own_folder(lake) / "lock")
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.close()
            remedy = "wait for its end, or name another folder with --lake"
            raise LakeRefused(f"another run is using the lake {lake}", remedy, busy=True) from None
    except OSError as error:
        remedy = "let your user write there, or name another folder with --lake"
        raise LakeRefused(f"the lake {lake} cannot be used: {error.strerror or error}", remedy) from None
    shutil.rmtree(lake / ".strata" / "tmp", ignore_errors=True)
    return handle


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Holds a lock that the kernel releases when its holder ends, however it ends. Raises `TimeoutError`."""
    with _lock_file(file) as handle:
        end = time.monotonic() + LOCK_SECONDS
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > end:
                    raise TimeoutError(f"another process holds {file}") from None
                time.sleep(0.02)
        yield


def _lock_file(file: Path) -> BinaryIO:
    """A lock file, for users who may write here only: a user who can open it can block a run.

    Never through a link, which another user may have made to a file of this user.
    """
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    mode = make_private(file.parent) & 0o666
    try:
        handle = os.fdopen(os.open(file, flags, mode), "r+b", buffering=0)
    except OSError as error:
        if file.is_symlink():
            raise NoFile(file, "is a link, but a lock must be a file") from None
        raise error
    found = os.fstat(handle.fileno())
    if not stat.S_ISREG(found.st_mode):
        handle.close()
        raise NoFile(file, "is not a file, but a lock must be one")
    if found.st_uid == os.geteuid():
        os.fchmod(handle.fileno(), mode)
    return handle
