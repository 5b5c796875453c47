"""Faults around a job on a real engine: a full disk, sources that are broken, rows that are not good enough, old views."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from conftest import ENGINE, Lake

from strata_glue.context import RunContext
from strata_glue.contract import Dataset, PublishSettings, Source
from strata_glue.dataset import run_dataset
from strata_glue.read.content import read_content
from strata_glue.read.sources import SourceReader
from strata_glue.report.work import Work
from strata_glue.semaphore import Semaphore
from strata_glue.store import open_store
from strata_glue.target.attempt import Origin
from strata_glue.target.iceberg.open import OpenTables
from strata_glue.target.parquet.attempt import NewContent, ParquetAttempt

RAW = "s3://b/raw/t/"
OUT = "s3://b/out/d/"


def visible(lake: Lake) -> list[int]:
    """The target's `a`, by a plain listing."""
    return sorted(row["a"] for row in lake.read(OUT))


def seen(lake: Lake) -> list[int]:
    """The target's `a`, by Strata's reader."""
    store = open_store(str(lake.folder))
    files = read_content(store, OUT).files
    return sorted(row["a"] for file in files for row in parquet.read_table(lake.path(OUT) / file.place).to_pylist())


@pytest.fixture
def small_disk(tmp_path: Path, engine: Any) -> Iterator[Lake]:
    """A lake on a file system of its own, of 8 MiB."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.decode().strip()}")
    yield Lake(folder, engine)
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(lake: Lake) -> Path:
    """Fills the disk."""
    filler = lake.folder / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            return filler


@pytest.mark.parametrize("moment", ["write", "written", "committing", "committed"])
def test_a_full_disk_leaves_the_old_or_the_new_rows(small_disk: Lake, dataset: Any, moment: str) -> None:
    """In the engine's write, before the audit, before the record, before publishing."""
    from strata_glue import fail_points

    lake = small_disk
    lake.write(RAW, {"a": [1, 2]})
    assert lake.run(dataset("d", "SELECT a FROM t", {"t": RAW}))[0].status == "SUCCEEDED"
    fillers: list[Path] = []

    def watcher(name: str) -> None:
        if name == ("begun" if moment == "write" else moment) and not fillers:
            fillers.append(fill(lake))

    fail_points.watch(watcher)
    try:
        result, events = lake.run(dataset("d", "SELECT a + 10 AS a FROM t", {"t": RAW}), execution="again")
    finally:
        fail_points.unwatch(watcher)
    assert fillers
    at_once = seen(lake)
    assert at_once == ([11, 12] if moment == "committed" else [1, 2])
    if moment != "committed" or result.status == "FAILED":
        assert events["d"]["error"]["message"]
    fillers[0].unlink()
    result, events = lake.run(dataset("d", "SELECT a + 10 AS a FROM t", {"t": RAW}), execution="again")
    assert result.status == "SUCCEEDED", events
    assert seen(lake) == visible(lake) == [11, 12]


LIMITED = """
import json, resource, sys
from pathlib import Path
sys.path[:0] = sys.argv[4:]
from engines import start_engine
from strata_glue import fail_points
from strata_glue.arguments.parse import from_mapping
from strata_glue.job import run_job
from strata_glue.store import open_store
moment, lake = sys.argv[1], sys.argv[2]
engine = start_engine("sail", Path(lake))
limits = []
def watcher(name):
    if name == moment:
        limits.append(resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY)))
fail_points.watch(watcher)
result = run_job(from_mapping(json.loads(sys.argv[3])), engine, open_store(lake), lambda event: None)
print(len(limits), result.status, flush=True)
import os; os._exit(0)
"""


@pytest.mark.skipif(ENGINE != "sail", reason="Spark writes in another process, which the limit is not for")
@pytest.mark.parametrize("moment", ["committing", "committed"])
def test_no_byte_can_be_written_from_a_moment_on(lake: Lake, dataset: Any, moment: str) -> None:
    """A process that may write no byte more, as with a quota."""
    lake.write(RAW, {"a": [1, 2]})
    lake.run(dataset("d", "SELECT a FROM t", {"t": RAW}))
    again = dataset("d", "SELECT a + 10 AS a FROM t", {"t": RAW})
    arguments = {"group_list": json.dumps([again]), "pipeline": "p", "stage": "s", "execution": "again"}
    root = Path(__file__).parents[2]
    paths = [str(root / "glue"), str(root / "local" / "engine")]
    command = [sys.executable, "-c", LIMITED, moment, str(lake.folder), json.dumps(arguments), *paths]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.stdout.split() == ["1", "FAILED"], done.stderr
    assert seen(lake) == ([11, 12] if moment == "committed" else [1, 2])
    assert lake.run(again, execution="again")[0].status == "SUCCEEDED"
    assert seen(lake) == visible(lake) == [11, 12]


def break_source(lake: Lake, how: str) -> None:
    file = lake.path(RAW) / "part.parquet"
    if how == "missing":
        file.unlink()
    elif how == "second truncated":
        (lake.path(RAW) / "z.parquet").write_bytes(file.read_bytes()[:-20])
    elif how == "column gone":
        parquet.write_table(pa.table({"b": [1]}), file)


@pytest.mark.parametrize("how", ["missing", "second truncated", "column gone"])
def test_a_broken_source_changes_no_target(lake: Lake, dataset: Any, how: str) -> None:
    """Which error each of more kinds is: test_source_files.py."""
    lake.write(RAW, {"a": [1, 2]})
    group = dataset("d", "SELECT a FROM t", {"t": RAW})
    assert lake.run(group)[0].status == "SUCCEEDED"
    break_source(lake, how)
    result, events = lake.run(group)
    assert (result.status, events["d"]["status"]) == ("FAILED", "FAILED"), events
    assert events["d"]["error"]["message"]
    assert seen(lake) == visible(lake) == [1, 2]
    assert [path for path in (lake.path(OUT) / "_strata").rglob("*") if path.is_file()] == [
        lake.path(OUT) / "_strata" / "commit.json"
    ]


def test_a_dataset_that_reads_its_own_target_starts_from_what_it_replaces(lake: Lake) -> None:
    """Another dataset of the run has read the target long ago; another writer has committed since. Nothing may be lost."""
    store = open_store(str(lake.folder))

    def commit(number: int, values: list[int]) -> None:
        attempt = ParquetAttempt.begin(store, OUT, Origin("p", "s", "d", f"e{number}", f"e-{number:012x}"))
        lake.write(f"{OUT}{attempt.folder}", {"a": values})
        (file,) = attempt.written()
        from strata_glue.contract import Column, RecordFile

        path = f"part-00000-{attempt.origin.attempt}.parquet"
        files = (RecordFile(path, len(values), file.size, attempt.folder + file.path),)
        attempt.commit(NewContent("replace", files, (Column("a", "bigint"),), (), {}, 0))

    commit(1, [1])
    tables = OpenTables(lake.engine, store, {})
    sources = SourceReader(store, tables)
    sources.resolve(Source("d", OUT))
    commit(2, [1, 2])
    context = RunContext(lake.engine, store, sources, tables, {}, Semaphore(1))
    adds = Dataset("d", "SELECT a FROM d UNION ALL SELECT CAST(9 AS BIGINT) AS a", (Source("d", OUT),), OUT)
    run_dataset(adds, PublishSettings(), Origin("p", "s", "d", "e3", "e-000000000003"), context, Work())
    assert seen(lake) == visible(lake) == [1, 2, 9]


def test_a_damaged_target_is_not_skipped_as_unchanged(lake: Lake, dataset: Any) -> None:
    lake.write(RAW, {"a": [1, 2]})
    group, settings = dataset("d", "SELECT a FROM t", {"t": RAW}), json.dumps({"d": {"skip_unchanged": True}})
    lake.run(group, publish=settings)
    assert lake.run(group, publish=settings)[1]["d"]["status"] == "SKIPPED"
    next(lake.path(OUT).glob("part-*")).unlink()
    assert lake.run(group, publish=settings)[1]["d"]["status"] == "SUCCEEDED"
    assert seen(lake) == visible(lake) == [1, 2]
