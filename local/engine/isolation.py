"""Keeps others away from the engine: engines speak TCP on the loopback device, which all users of a machine share.

A network namespace of its own (Linux) has a loopback device that nobody else can reach. It has no other device, so
nothing that runs in it, the user's SQL included, reaches a network.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import socket
import struct
from pathlib import Path

CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000
SIOCGIFFLAGS = 0x8913
SIOCSIFFLAGS = 0x8914
IFF_UP = 0x1


def isolate() -> bool:
    """Moves this process, which may have one thread only, and all that it will start to a network of their own.

    False where the system does not allow it; then nothing has changed.
    """
    # Half a move would leave a process without any loopback device: a child tries all of it first.
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
