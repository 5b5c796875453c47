"""Network isolation of the engine: engines use TCP on the loopback device, which all users of a machine share.

A separate network namespace (Linux) has a loopback device that no other process can reach. It has no other device, so
nothing that runs in it, including the user's SQL, reaches a network.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import socket
import stat
import struct
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000
SIOCGIFFLAGS = 0x8913
SIOCSIFFLAGS = 0x8914
IFF_UP = 0x1


def isolate() -> bool:
    """Moves this process, which may have only one thread, and its future children to a separate network.

    False if the system does not allow it; then nothing has changed.
    """
    # Half a move would leave the process without a loopback device: a child tries all of it first.
    return works_in_a_child() and _moved()


def works_in_a_child() -> bool:
    child = os.fork()
    if child == 0:
        try:
            os._exit(0 if _moved() else 1)
        finally:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def _moved() -> bool:
    try:
        # A user namespace gives the right to make a network. Root would lose rights by it: those over others' files.
        return (_unshared(CLONE_NEWNET) if os.geteuid() == 0 else _in_user_namespace()) and _loopback_up()
    except (OSError, AttributeError):  # no such call on this system
        return False


def _unshared(flags: int) -> bool:
    return bool(ctypes.CDLL(None).unshare(flags) == 0)


def _in_user_namespace() -> bool:
    """Ids stay what they are, so that files still belong to the same user."""
    user, group = os.geteuid(), os.getegid()
    if not _unshared(CLONE_NEWUSER | CLONE_NEWNET):
        return False
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    return True


def _loopback_up() -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sh22x", b"lo", 0)
        flags = struct.unpack("16sh22x", fcntl.ioctl(any_socket, SIOCGIFFLAGS, request))[1]
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh22x", b"lo", flags | IFF_UP))
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=5).close()
    return True


class Stranger(Exception):
    """Another process connected before the server stopped listening."""


def stop_listening(address: tuple[str, int]) -> bool:
    """A server in this process takes no more connections at this address; those that are open stay.

    For systems without network namespaces: Sail asks for no name or token. False where no listening socket is found.
    Raises `Stranger`.
    """
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
    """Both ends of this process's own connections are in this process."""
    ours, others = set(), set()
    for _, one in _sockets():
        with suppress(OSError):  # not connected any more
            peer = _name(one.getpeername())
            ours.add(_name(one.getsockname()))
            if _name(one.getsockname()) == address:
                others.add(peer)
    if others - ours:
        raise Stranger(
            "another process connected to the engine while it started: run again, and find out which process it was"
        )


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
