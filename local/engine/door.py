"""Shuts the door of a server in this process: it stops listening, and connections that are open go on.

For engines without a namespace of their own (isolation.py): Sail asks nobody who connects for a name or a token.
"""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path


class Stranger(Exception):
    """Somebody else connected before the door was shut."""


def shut(address: tuple[str, int]) -> bool:
    """Ends the listening at an address; False where no listening socket is found. Raises `Stranger`."""
    listening = [
        fd for fd, one in _sockets() if _asked(one, socket.SO_ACCEPTCONN) and _name(one.getsockname()) == address
    ]
    for fd in listening:
        # Closing it would let another file take its number, which the server still uses.
        with Path(os.devnull).open("rb") as nothing:
            os.dup2(nothing.fileno(), fd, inheritable=False)
    if not listening:
        return False
    _refuse_strangers(address)
    return True


def _refuse_strangers(address: tuple[str, int]) -> None:
    """Both ends of a connection of ours are in this process."""
    ours, others = set(), set()
    for _, one in _sockets():
        with suppress(OSError):  # not connected any more
            peer = _name(one.getpeername())
            ours.add(_name(one.getsockname()))
            if _name(one.getsockname()) == address:
                others.add(peer)
    if others - ours:
        raise Stranger("another process connected to the engine while it started: run again, and look for who it was")


def _sockets() -> Iterator[tuple[int, socket.socket]]:
    """TCP sockets among this process's files, each with a copy that is closed afterwards."""
    for name in sorted(entry.name for entry in Path("/dev/fd").iterdir()):
        with suppress(OSError):  # the listing's own file, or one that another thread closed
            if stat.S_ISSOCK(os.fstat(int(name)).st_mode):
                with socket.socket(fileno=os.dup(int(name))) as one:
                    if one.family in (socket.AF_INET, socket.AF_INET6):
                        yield int(name), one


def _asked(one: socket.socket, option: int) -> bool:
    return bool(one.getsockopt(socket.SOL_SOCKET, option))


def _name(address: tuple[str, int]) -> tuple[str, int]:
    """gRPC writes 127.0.0.1 as an address of IPv6."""
    return str(address[0]).removeprefix("::ffff:"), address[1]
