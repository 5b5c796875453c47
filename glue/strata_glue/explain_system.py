"""What the operating system refuses, with what to do: Sail says `(os error 28)`, Python `[Errno 28]`, Java only the words."""

from __future__ import annotations

import errno
import re

from strata_glue.explained import Explained, Rule

_REFUSALS = {
    errno.ENOSPC: ("DISK_FULL", "the disk is full: make room where the lake and TMPDIR are, then run again"),
    errno.EDQUOT: ("DISK_FULL", "the disk quota is used up: make room where the lake and TMPDIR are, then run again"),
    errno.EFBIG: (
        "FILE_TOO_LARGE",
        "a file would be larger than this process may write: raise its limit (`ulimit -f`)",
    ),
    errno.EROFS: ("READ_ONLY", "the file system of the lake is read-only: name another folder with --lake"),
}


_NUMBERS = "|".join(map(str, _REFUSALS))

SYSTEM: list[Rule] = [
    (
        re.compile(rf"\(os error ({_NUMBERS})\)$|^\[Errno ({_NUMBERS})\] "),
        lambda found, _: Explained(*_REFUSALS[int(found[1] or found[2])]),
    ),
    (re.compile(r"^No space left on device$"), lambda *_: Explained(*_REFUSALS[errno.ENOSPC])),
]
