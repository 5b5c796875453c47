"""The local worker as a process: its protocol, its lock, and that it dies with its parent."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from conftest import ENGINE
from encoded import encoded
from isolation import works_in_a_child

ROOT = Path(__file__).parents[2]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT / "glue")}


def command(lake: Path) -> list[str]:
    return [sys.executable, str(ROOT / "local" / "engine" / "worker.py"), "--engine", ENGINE, "--store", str(lake)]


@contextmanager
def started(arguments: list[str]) -> Iterator[subprocess.Popen]:
    """A worker that leads a process group, as the local run starts it; nothing of the group is left afterwards."""
    process = subprocess.Popen(
        arguments,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
        env=ENVIRONMENT,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[subprocess.Popen]:
    with started(command(tmp_path)) as process:
        yield process


def read(process: subprocess.Popen) -> dict:
    return json.loads(process.stdout.readline())


def gone(pid: int, seconds: float = 120) -> bool:
    """Waits until no process of the group is left."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            os.killpg(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def start_a_job(process: subprocess.Popen, sql: str, number: int = 1) -> None:
    group = json.dumps([{"sql_name": "d", "sql_text": sql, "tables": [], "s3_target": "s3://b/d/"}])
    process.stdin.write(json.dumps({"id": number, "args": encoded({"group_list": group})}) + "\n")
    process.stdin.flush()


def run_a_job(process: subprocess.Popen, sql: str, number: int = 1) -> list[dict]:
    """What the worker says of a job, to its end."""
    start_a_job(process, sql, number)
    messages = [read(process)]
    while "done" not in messages[-1]:
        messages.append(read(process))
    return messages


def test_runs_one_job_after_another(worker):
    assert ENGINE in read(worker)["ready"]["engine"]
    for number in (1, 2):
        *events, last = run_a_job(worker, "SELECT 1 AS one", number)
        assert last == {"id": number, "done": {"status": "SUCCEEDED", "error": None}}
        names = [each["event"]["event"] for each in events]
        assert names == ["job_started", "dataset_started", "dataset_finished", "job_finished"]


def test_a_second_worker_is_refused_the_lake(worker, tmp_path):
    read(worker)
    with started(command(tmp_path)) as second:
        fatal = read(second)["fatal"]
        assert fatal["message"] == f"another run is using the lake {tmp_path}" and fatal["busy"]
        assert second.wait(timeout=120) == 3


def test_the_end_of_stdin_kills_it_at_once_while_it_computes(worker):
    read(worker)
    start_a_long_job(worker)
    worker.stdin.close()
    assert worker.wait(timeout=120) == -signal.SIGKILL
    assert gone(worker.pid)


def test_a_killed_parent_takes_it_along(tmp_path):
    """The parent here is a process of its own, killed by SIGKILL: no process can notify the worker, but its stdin ends."""
    script = f"import subprocess, sys, time; p = subprocess.Popen({command(tmp_path)!r}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True); p.stdout.readline(); print(p.pid, flush=True); time.sleep(600)"
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, env=ENVIRONMENT)
    pid = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    assert gone(pid)


LONG = "SELECT count(*) AS c FROM range(100000) a CROSS JOIN range(100000) b CROSS JOIN range(1000) c WHERE a.id * b.id % 7 = c.id"


def start_a_long_job(process: subprocess.Popen) -> None:
    start_a_job(process, LONG)
    assert read(process)["event"]["event"] == "job_started"


def ports_of(group: int) -> list[int]:
    """Where the processes of a group listen, each in its own network."""
    ports = set()
    for process in (each.name for each in Path("/proc").iterdir() if each.name.isdigit()):
        try:
            if os.getpgid(int(process)) != group:
                continue
            files = {str(each.readlink()) for each in Path("/proc", process, "fd").iterdir()}
            tables = [Path("/proc", process, "net", name).read_text() for name in ("tcp", "tcp6")]
        except OSError:  # it ended meanwhile
            continue
        lines = (line.split() for table in tables for line in table.splitlines())
        listening = (line for line in lines if line[3] == "0A" and f"socket:[{line[9]}]" in files)
        ports |= {int(line[1].rpartition(":")[2], 16) for line in listening}
    return sorted(ports)


needs_namespaces = pytest.mark.skipif(
    sys.platform != "linux" or not works_in_a_child(),
    reason="this system gives no network namespace: it is not Linux, or it restricts user namespaces and this is not root",
)


def attempts_of_a_stranger(ports: list[int]) -> dict[str, str]:
    tried = [sys.executable, str(Path(__file__).with_name("stranger.py")), *map(str, ports)]
    return json.loads(subprocess.run(tried, capture_output=True, text=True, check=True).stdout)


@needs_namespaces
def test_no_other_user_reaches_the_engine_while_a_job_runs(worker):
    assert "warning" not in read(worker)["ready"]
    start_a_long_job(worker)
    ports = ports_of(worker.pid)
    assert ports, "an engine listens somewhere"
    assert set(attempts_of_a_stranger(ports).values()) == {"refused"}
    devices = Path(f"/proc/{worker.pid}/net/dev").read_text().splitlines()[2:]
    assert [line.partition(":")[0].strip() for line in devices] == ["lo"], "nor does the SQL reach any network"


@pytest.mark.skipif(ENGINE != "sail", reason="Spark asks for secrets")
def test_a_run_warns_where_other_users_can_reach_the_engine(tmp_path):
    engine = str(ROOT / "local" / "engine")
    program = f"import sys; sys.path.insert(0, {engine!r}); import engines, worker; engines.stop_listening = lambda _: False; worker.main()"
    with started([sys.executable, "-c", program, *command(tmp_path)[2:], "--network"]) as process:
        assert read(process)["ready"]["warning"].startswith("warning: other users of this machine can reach the engine")


WITHOUT_NAMESPACES = """
import ctypes, os, sys
PR_CAPBSET_DROP, CAP_SYS_ADMIN, CLONE_NEWUSER = 24, 21, 0x10000000
user, group = os.geteuid(), os.getegid()
if user != 0:  # only root drops a capability; in its own namespace any user is root
    assert ctypes.CDLL(None).unshare(CLONE_NEWUSER) == 0
    for file, text in (("setgroups", "deny"), ("uid_map", f"0 {user} 1"), ("gid_map", f"0 {group} 1")):
        with open(f"/proc/self/{file}", "w") as out:
            out.write(text)
assert ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, CAP_SYS_ADMIN) == 0
os.execv(sys.argv[1], sys.argv[1:])
"""


@needs_namespaces
def test_no_other_user_reaches_the_engine_without_namespaces(tmp_path):
    with started([sys.executable, "-c", WITHOUT_NAMESPACES, *command(tmp_path)]) as process:
        assert "warning" not in read(process)["ready"]
        assert run_a_job(process, "SELECT 1 AS one")[-1]["done"]["status"] == "SUCCEEDED"
        start_a_long_job(process)
        assert Path(f"/proc/{process.pid}/ns/net").readlink() == Path("/proc/self/ns/net").readlink()
        ports = ports_of(process.pid)
        assert all(said.startswith("refused") for said in attempts_of_a_stranger(ports).values())
        assert (not ports) == (ENGINE == "sail"), "Sail has stopped to listen; Spark asks for secrets"


def put_query(process: subprocess.Popen, sql: str) -> None:
    request = {"sql": sql, "uses": [], "known": [], "limit": None, "asOf": None, "json": False}
    process.stdin.write(json.dumps({"id": 1, "query": request}) + "\n")
    process.stdin.flush()


only_sail = pytest.mark.skipif(ENGINE != "sail", reason="queries run on Sail")


@only_sail
@needs_namespaces
def test_no_other_user_reaches_a_query_which_runs_beside_a_job_and_ends_with_its_parent(worker, tmp_path):
    assert "ready" in read(worker)
    with started([*command(Path(worker.args[worker.args.index("--store") + 1])), "--reads"]) as process:
        assert "warning" not in read(process)["ready"]
        put_query(process, "SELECT 1 AS one")
        assert [next(iter(read(process)[kind])) for kind in ("event", "event", "done")] == ["columns", "rows", "rows"]
        put_query(process, LONG)
        ports = ports_of(process.pid)
        assert ports, "an engine listens somewhere"
        assert set(attempts_of_a_stranger(ports).values()) == {"refused"}
        process.stdin.close()
        assert process.wait(30) != 0


@only_sail
def test_a_query_is_bounded_in_memory(tmp_path):
    engine = str(ROOT / "local" / "engine")
    limit = "import query, worker; query.memory_limit = lambda: 600 * 1024**2; worker.main()"
    program = f"import sys; sys.path.insert(0, {engine!r}); {limit}"
    with started([sys.executable, "-c", program, *command(tmp_path)[2:], "--reads"]) as process:
        assert "ready" in read(process)
        put_query(process, "SELECT repeat('x', 600000000) AS long")
        assert read(process)["fatal"]["message"] == "the query needs more than 0.6 GiB of memory"


@only_sail
def test_a_value_that_is_too_long_for_a_message_is_reported(tmp_path):
    engine = str(ROOT / "local" / "engine")
    small = "from pyspark.sql.connect.client import ChannelBuilder; ChannelBuilder.GRPC_DEFAULT_OPTIONS[1] = ('grpc.max_receive_message_length', 1024**2)"
    program = f"import sys; sys.path.insert(0, {engine!r}); {small}; import worker; worker.main()"
    with started([sys.executable, "-c", program, *command(tmp_path)[2:], "--reads"]) as process:
        assert "ready" in read(process)
        put_query(process, "SELECT repeat('x', 2000000) AS long")
        assert "values of the result are too long" in read(process)["done"]["error"]["message"]
