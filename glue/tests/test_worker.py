"""The local worker as a process: its protocol, its lock, and that it dies with its parent."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import ENGINE
from travel import travelled

ROOT = Path(__file__).parents[2]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT / "glue")}


def command(lake: Path) -> list[str]:
    return [sys.executable, str(ROOT / "local" / "engine" / "worker.py"), "--engine", ENGINE, "--store", str(lake)]


@pytest.fixture
def worker(tmp_path: Path):
    process = subprocess.Popen(
        command(tmp_path),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
        env=ENVIRONMENT,
    )
    yield process
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def read(process: subprocess.Popen) -> dict:
    return json.loads(process.stdout.readline())


def gone(pid: int, seconds: float = 20) -> bool:
    """Waits until no process of the group is left."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            os.killpg(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def test_runs_one_job_after_another(worker):
    assert ENGINE in read(worker)["ready"]["engine"]
    for number in (1, 2):
        group = json.dumps([{"sql_name": "d", "sql_text": "SELECT 1 AS one", "tables": [], "s3_target": "s3://b/d/"}])
        worker.stdin.write(json.dumps({"id": number, "args": travelled({"group_list": group})}) + "\n")
        worker.stdin.flush()
        messages = []
        while "done" not in (message := read(worker)):
            messages.append(message["event"]["event"])
        assert message == {"id": number, "done": {"status": "SUCCEEDED", "error": None}}
        assert messages == ["job_started", "dataset_started", "dataset_finished", "job_finished"]


def test_a_second_worker_is_refused_the_lake(worker, tmp_path):
    read(worker)
    second = subprocess.Popen(
        command(tmp_path),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=ENVIRONMENT,
    )
    assert "another run is using the lake" in read(second)["fatal"]["message"]
    assert second.wait(timeout=60) == 3


def test_the_end_of_stdin_kills_it_at_once_while_it_computes(worker):
    read(worker)
    sql = "SELECT count(*) AS c FROM range(100000) a CROSS JOIN range(100000) b CROSS JOIN range(1000) c WHERE a.id * b.id % 7 = c.id"
    group = json.dumps([{"sql_name": "d", "sql_text": sql, "tables": [], "s3_target": "s3://b/d/"}])
    worker.stdin.write(json.dumps({"id": 1, "args": travelled({"group_list": group})}) + "\n")
    worker.stdin.flush()
    assert read(worker)["event"]["event"] == "job_started"
    worker.stdin.close()
    assert worker.wait(timeout=20) == -signal.SIGKILL
    assert gone(worker.pid)


def test_a_killed_parent_takes_it_along(tmp_path):
    """The parent here is a process of its own, killed by SIGKILL: nobody can tell the worker, but its stdin ends."""
    script = f"import subprocess, sys, time; p = subprocess.Popen({command(tmp_path)!r}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True); p.stdout.readline(); print(p.pid, flush=True); time.sleep(600)"
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, env=ENVIRONMENT)
    pid = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    assert gone(pid)
