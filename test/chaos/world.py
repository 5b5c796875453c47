"""The place where jobs are killed: a lake or a bucket of moto, an engine, a source, and two ways to look at a target."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as parquet
from child import Child, fork
from strata_glue.read.content import read_content
from strata_glue.store import Store, open_store, survey
from strata_glue.target.parquet.record import KEPT_FOLDER, Record
from strata_glue.target.parquet.record_file import read_record

SOURCE = "s3://bkt/raw/t/"
KEYS = 12
"""Rows of the source; a result has each key once."""

S3_ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "x",
    "AWS_SECRET_ACCESS_KEY": "x",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ALLOW_HTTP": "true",
    "AWS_VIRTUAL_HOSTED_STYLE_REQUEST": "false",
    "AWS_EC2_METADATA_DISABLED": "true",
}

Rows = list[tuple[int, int, int]]
"""Key, value and run: `v`, which may be the partition, and `w`, the run that wrote the row."""


class ReadOnly:
    """A store as the job of another stage has it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        if name in ("put", "put_if", "copy", "swap", "delete", "delete_tree"):
            return self._denied
        return getattr(self._store, name)

    def _denied(self, *_: Any) -> None:
        raise PermissionError("this reader may not write")


@dataclass
class World:
    """One store with a source of two files, so that results have several files, too."""

    kind: str
    store: Store
    address: str
    remote: str
    environment: dict[str, str]

    def start(self, **how: Any) -> Child:
        """Starts a run; it ends as `how` says (child.py)."""
        request = {"remote": self.remote, "store": self.address, "kill_at": None, "stop_at": None, **how}
        return fork(request, self.environment)

    def read(self, target: str, may_write: bool = True) -> Rows:
        """What Strata's reader sees, right now. One that may not write finishes no publish."""
        content = read_content(self.store if may_write else ReadOnly(self.store), target)  # type: ignore[arg-type]
        return sorted(row for file in content.files for row in self._rows(target, file.place, file.path))

    def listed(self, target: str) -> Rows:
        """What a plain listing shows."""
        return sorted(
            row for file in survey(self.store, target).data for row in self._rows(target, file.path, file.path)
        )

    def aside(self, target: str) -> list[str]:
        """The paths below `_strata/`, except the record."""
        paths = [file.path for file in self.store.list(target) if file.path.startswith("_strata/")]
        return [path for path in paths if path != "_strata/commit.json"]

    def generation(self, target: str) -> int:
        stored = read_record(self.store, target)
        return stored.record.generation if stored else 0

    def lost(self, target: str) -> list[str]:
        """Files of kept generations that are nowhere."""
        stored = read_record(self.store, target)
        if stored is None or not stored.record.published:
            return []
        there = {file.path: file.size for file in self.store.list(target)}
        return [
            file.path
            for generation in stored.record.kept
            for file in generation.files
            if file.bytes not in (there.get(file.path), there.get(KEPT_FOLDER + file.path))
        ]

    def record(self, target: str) -> Record:
        stored = read_record(self.store, target)
        assert stored is not None
        return stored.record

    def _rows(self, target: str, place: str, path: str) -> Rows:
        with self.store.open(target, place) as stream:
            rows = parquet.ParquetFile(stream).read().to_pylist()
        folder = dict(part.split("=", 1) for part in path.split("/")[:-1])
        return [(row["id"], int(folder.get("v", row.get("v"))), row["w"]) for row in rows]


def local_world(folder: Path, remote: str, environment: dict[str, str]) -> World:
    """A lake on this disk."""
    lake = folder / "lake"
    shutil.rmtree(lake, ignore_errors=True)
    return _with_source(World("local", open_store(str(lake)), str(lake), remote, environment))


def s3_world(endpoint: str, remote: str, environment: dict[str, str]) -> World:
    """A bucket of moto: a stand-in for S3 that checks conditional writes, in memory, without S3's delays."""
    os.environ.update(environment)
    import boto3

    boto3.client("s3", endpoint_url=endpoint).create_bucket(Bucket="bkt")
    return _with_source(World("s3", open_store(endpoint), endpoint, remote, environment))


def _with_source(world: World) -> World:
    for half in range(2):
        sink = pa.BufferOutputStream()
        parquet.write_table(pa.table({"id": [key for key in range(KEYS) if key % 2 == half]}), sink)
        world.store.put(SOURCE, f"{half}.parquet", sink.getvalue().to_pybytes())
    return world


def start_moto(python: str) -> tuple[subprocess.Popen[str], str]:
    """Starts moto's server, and waits until it listens."""
    script = Path(__file__).parents[1] / "moto_server.py"
    server = subprocess.Popen([python, script], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert server.stdout
    return server, server.stdout.readline().strip()


def start_sail(environment: dict[str, str]) -> tuple[subprocess.Popen[str], str]:
    """An engine that outlives the jobs that are killed, as executors do for a while."""
    script = (
        "from pysail.spark import SparkConnectServer; import sys, time\n"
        "server = SparkConnectServer('127.0.0.1', 0); server.start(background=True)\n"
        "print(server.listening_address[1], flush=True)\n"
        "sys.stdin.read()\n"
    )
    server = subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    )
    output: IO[str] | None = server.stdout
    assert output is not None
    return server, f"sc://127.0.0.1:{output.readline().strip()}"
