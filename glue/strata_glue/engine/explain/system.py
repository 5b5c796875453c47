"""Errors of the operating system, with the remedy: Sail writes `(os error 28)`, Python `[Errno 28]`, Java only the text."""

from __future__ import annotations

import errno
import re

from strata_glue.engine.explain.explained import Explained, Rule

_REFUSALS = {
    errno.ENOSPC: ("DISK_FULL", "the disk is full: free space for the lake and TMPDIR, then run again"),
    errno.EDQUOT: ("DISK_FULL", "the disk quota is used up: free space for the lake and TMPDIR, then run again"),
    errno.EFBIG: (
        "FILE_TOO_LARGE",
        "a file exceeds the size limit of this process: raise it (`ulimit -f`)",
    ),
    errno.EEXIST: ("FILE_IN_THE_WAY", "a file is in the place of a folder: move it away"),
    errno.ENOTDIR: ("FILE_IN_THE_WAY", "a file is in the place of a folder: move it away"),
    errno.EROFS: ("READ_ONLY", "the file system of the lake is read-only: name another folder with --lake"),
}


_NUMBERS = "|".join(map(str, _REFUSALS))


def _denied(found: re.Match[str]) -> Explained:
    """A path may contain values, in the folders of partitions."""
    remedy = "let your user read and write it, or run as the user that owns it"
    path = found["path"]
    shown = f"permission denied for `{path}`: {remedy}" if path else None
    return Explained("PERMISSION_DENIED", f"permission denied for a file of the lake: {remedy}", shown=shown)


SYSTEM: list[Rule] = [
    (
        re.compile(rf"\(os error ({_NUMBERS})\)$|^\[Errno ({_NUMBERS})\] "),
        lambda found, _: Explained(*_REFUSALS[int(found[1] or found[2])]),
    ),
    (re.compile(r"^No space left on device$"), lambda *_: Explained(*_REFUSALS[errno.ENOSPC])),
    (
        re.compile(r"\(os error (?:1|13)\)$|^\[Errno (?:1|13)\] [^:]+(?:: '(?P<path>.*)')?$"),
        lambda found, _: _denied(found),
    ),
]
