"""The door of a server in this process (local/engine/door.py)."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

import pytest
from conftest import ENGINE  # noqa: F401  the path to local/engine
from door import Stranger, shut


def test_it_stops_listening_and_open_connections_go_on():
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = server.getsockname()
        with socket.create_connection(address) as ours, server.accept()[0] as theirs:
            assert shut(address)
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(address, timeout=5)
            ours.sendall(b"x")
            assert theirs.recv(1) == b"x"


def test_somebody_who_came_before_is_found():
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = server.getsockname()
        program = f"import socket, sys; one = socket.create_connection({address!r}); sys.stdin.read()"
        with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE) as stranger:
            with server.accept()[0], pytest.raises(Stranger, match="another process connected"):
                shut(address)
            stranger.stdin.close()


def test_a_door_that_is_not_found_is_told():
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert not shut(("127.0.0.1", server.getsockname()[1] % 65535 + 1))


@pytest.mark.skipif(ENGINE != "sail", reason="Sail only")
def test_a_process_ends_at_once_though_sessions_outlive_their_server(tmp_path):
    program = f"""
from pathlib import Path
from engines import start_engine
engine = start_engine("sail", Path({str(tmp_path)!r}))
sessions = [engine.new_session() for _ in range(2)]
print(sessions[0].sql("SELECT 1 AS one").collect()[0].one, flush=True)
del engine
try:
    sessions[1].sql("SELECT 1").collect()
except Exception:
    print("gone", flush=True)
"""
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    ended = subprocess.run([sys.executable, "-c", program], env=env, capture_output=True, text=True, timeout=60)
    assert (ended.stdout, ended.returncode) == ("1\ngone\n", 0), ended.stderr
