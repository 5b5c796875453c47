"""A server in this process that stops listening (local/engine/isolation.py)."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

import pytest
from conftest import ENGINE  # noqa: F401  the path to local/engine
from isolation import Stranger, stop_listening


def test_it_stops_listening_and_open_connections_continue():
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = server.getsockname()
        with socket.create_connection(address) as ours, server.accept()[0] as theirs:
            assert stop_listening(address)
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(address, timeout=5)
            ours.sendall(b"x")
            assert theirs.recv(1) == b"x"


def test_another_process_that_connected_before_is_found():
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = server.getsockname()
        program = f"import socket, sys; one = socket.create_connection({address!r}); sys.stdin.read()"
        with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE) as stranger:
            with server.accept()[0], pytest.raises(Stranger, match="another process connected"):
                stop_listening(address)
            stranger.stdin.close()


def test_no_server_at_the_address_is_reported():
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert not stop_listening(("127.0.0.1", server.getsockname()[1] % 65535 + 1))


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
