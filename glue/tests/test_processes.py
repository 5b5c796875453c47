"""Writers as processes of their own: at once, paused for as long as it takes, and with clocks that are years wrong."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from targets import T, aside, listed, publish, rows

from strata_glue.store import Store
from strata_glue.store.local import LocalStore
from strata_glue.target.parquet.record_file import read_record
from strata_glue.target.parquet.target import ParquetTarget


def start(store: Any, number: int, **how: Any) -> subprocess.Popen[str]:
    address = str(store.root) if isinstance(store, LocalStore) else store.client.meta.endpoint_url
    request = {"store": address, "number": number, "values": [number], "write": "replace", "stop_at": None, "years": 0}
    paths = os.pathsep.join([str(Path(__file__).parents[1]), str(Path(__file__).parent)])
    command = [sys.executable, str(Path(__file__).parent / "writer.py"), json.dumps({**request, **how})]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": paths})


def wait_until_stopped(writer: subprocess.Popen[str]) -> None:
    """Returns when it has stopped itself, and not before."""
    _, status = os.waitpid(writer.pid, os.WUNTRACED)
    assert os.WIFSTOPPED(status)


def end(writer: subprocess.Popen[str]) -> str:
    output = writer.communicate(timeout=60)[0].strip()
    assert writer.returncode == 0
    return output


def test_of_five_processes_at_once_each_commits_or_fails_with_the_reason(store: Store) -> None:
    publish(store, 1, [1])
    writers = {number: start(store, number) for number in range(2, 7)}
    ends = {number: end(writer) for number, writer in writers.items()}
    won = {number: int(said.split()[1]) for number, said in ends.items() if said.startswith("COMMITTED")}
    assert won and {said for number, said in ends.items() if number not in won} <= {"TARGET_CHANGED"}
    assert sorted(won.values()) == list(range(2, 2 + len(won)))
    last = max(won, key=lambda number: won[number])
    assert rows(store) == listed(store) == [last]


def test_of_five_appends_at_once_nothing_is_lost_or_doubled(store: Store) -> None:
    publish(store, 1, [1])
    writers = {number: start(store, number, write="append") for number in range(2, 7)}
    won = [number for number, writer in writers.items() if end(writer).startswith("COMMITTED")]
    assert won
    assert rows(store) == listed(store) == sorted([1, *won])


@pytest.mark.parametrize("stop_at", ["begun", "written", "committing"])
def test_a_writer_paused_before_its_commit_loses_to_one_that_committed_meanwhile(store: Store, stop_at: str) -> None:
    publish(store, 1, [1])
    slow = start(store, 2, stop_at=stop_at)
    wait_until_stopped(slow)
    assert rows(store) == listed(store) == [1]
    publish(store, 3, [3])
    publish(store, 4, [4])
    os.kill(slow.pid, signal.SIGCONT)
    assert end(slow) == "TARGET_CHANGED"
    assert rows(store) == listed(store) == [4]
    publish(store, 5, [5])
    assert aside(store) == []


@pytest.mark.parametrize("stop_at", ["committed", "copied", "copied all", "dropped", "published"])
def test_a_publisher_that_is_paused_brings_nothing_back(store: Store, stop_at: str) -> None:
    if isinstance(store, LocalStore) and stop_at in ("copied", "copied all", "dropped"):
        pytest.skip("a lake swaps two folders here, at once")
    publish(store, 1, [1])
    slow = start(store, 2, stop_at=stop_at)
    wait_until_stopped(slow)
    assert rows(store) == [2]
    publish(store, 3, [3], keep=2)
    publish(store, 4, [4], keep=2)
    os.kill(slow.pid, signal.SIGCONT)
    assert end(slow).startswith("COMMITTED")
    assert rows(store) == [4]
    ParquetTarget(store, T).recover("d")
    assert listed(store) == [4] and aside(store) == []
    for generation, value in ((2, 2), (3, 3)):
        stored = read_record(store, T)
        assert stored is not None
        if generation in [each.generation for each in stored.record.kept]:
            ParquetTarget(store, T).restore("d", generation)
            assert rows(store) == listed(store) == [value]


@pytest.mark.parametrize("years", [-30, 30])
def test_clocks_that_are_years_wrong_decide_nothing(store: Store, years: int) -> None:
    """The paused one began first and believes to be the last, or the other way round."""
    publish(store, 1, [1])
    slow = start(store, 2, stop_at="committing", years=years)
    wait_until_stopped(slow)
    assert end(start(store, 3, years=-years)) == "COMMITTED 2"
    os.kill(slow.pid, signal.SIGCONT)
    assert end(slow) == "TARGET_CHANGED"
    assert end(start(store, 4, years=years, write="append")) == "COMMITTED 3"
    assert rows(store) == listed(store) == [3, 4]
    assert aside(store) == []
    stored = read_record(store, T)
    assert stored is not None and (int(stored.record.time[:4]) > 2040) is (years > 0)


def test_recovery_needs_no_library_of_an_engine():
    """`strata recover --stack` runs where boto3 is, and neither Arrow nor Spark (setup/python/aws.txt)."""
    program = "import sys; sys.modules.update(pyarrow=None, pyspark=None); import strata_glue.target.recover"
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    subprocess.run([sys.executable, "-c", program], env=env, check=True)
