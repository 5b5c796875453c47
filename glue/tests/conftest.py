"""Fixtures: the engine of this environment (Sail where pysail is installed, else Apache Spark), a lake, groups."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import os
import subprocess
import sys
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "local" / "engine"))

from strata_glue.arguments.parse import from_mapping
from strata_glue.engine.session import Engine
from strata_glue.job import JobResult, run_job
from strata_glue.store import Store, open_store

ENGINE = "sail" if importlib.util.find_spec("pysail") else "spark"

TAKES_ROWS = ENGINE == "spark" and int(importlib.metadata.version("pyspark").split(".")[0]) >= 4
"""Whether the engine computes tiny datasets in memory (tiny.py)."""

MOTO = os.environ.get("STRATA_MOTO_PYTHON", "")
MOTO_SERVER = Path(__file__).parents[2] / "test" / "moto_server.py"


@pytest.fixture(scope="session")
def endpoint() -> Iterator[str]:
    if not MOTO or not Path(MOTO).exists():
        pytest.skip("moto is not installed (STRATA_MOTO_PYTHON)")
    if importlib.util.find_spec("boto3") is None:
        pytest.skip("boto3 is not installed here; Glue has it")
    server = subprocess.Popen([MOTO, MOTO_SERVER], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert server.stdout
    yield server.stdout.readline().strip()
    server.kill()
    server.wait()


@pytest.fixture(params=["local", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    return open_store(str(tmp_path)) if request.param == "local" else request.getfixturevalue("s3_store")


@pytest.fixture
def s3_store(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A bucket `bkt` of moto, empty."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    import boto3

    client = boto3.client("s3", endpoint_url=endpoint)
    urllib.request.urlopen(urllib.request.Request(f"{endpoint}/moto-api/reset", method="POST"))
    client.create_bucket(Bucket="bkt")
    return open_store(endpoint)


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    from engines import start_engine

    jars = os.environ.get("STRATA_ICEBERG_JARS")
    yield start_engine(ENGINE, tmp_path_factory.mktemp("engine"), Path(jars) if jars else None)
    if ENGINE == "spark":
        _end_java()


def _end_java() -> None:
    """Waits for Java, which ends with this process by itself: its CPU time then counts as this process's (test/cost.ts)."""
    from pyspark import SparkContext

    java = SparkContext._gateway.proc  # noqa: SLF001 - PySpark has no way to wait for it
    java.stdin.close()
    java.wait()


@pytest.fixture(params=["memory", "job"] if TAKES_ROWS else ["job"])
def either_way(request: pytest.FixtureRequest, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """What holds for tiny datasets holds where a job computes them."""
    if request.param == "job":
        monkeypatch.setattr(engine, "takes_rows", False)


class Lake:
    """A lake folder with one bucket, and a way to run groups in it."""

    def __init__(self, folder: Path, engine: Engine) -> None:
        self.folder, self.engine = folder, engine

    def path(self, location: str) -> Path:
        return self.folder / location.removeprefix("s3://")

    def write(self, location: str, columns: dict[str, Any], name: str = "part.parquet") -> None:
        self.path(location).mkdir(parents=True, exist_ok=True)
        parquet.write_table(pa.table(columns), self.path(location) / name)

    def read(self, location: str) -> list[dict[str, Any]]:
        files = sorted(self.path(location).glob("*.parquet"))
        return [row for file in files for row in parquet.read_table(file).to_pylist()]

    def run(
        self, *datasets: dict[str, Any], waits_for: dict[str, list[str]] | None = None, **arguments: str
    ) -> tuple[JobResult, dict[str, dict[str, Any]]]:
        """Runs a group; returns the result and each dataset's last event. `waits_for`: dataset → those that it reads."""
        if waits_for:
            settings = json.loads(arguments.get("publish", "{}"))
            for name, writers in waits_for.items():
                settings[name] = {**settings.get(name, {}), "waits_for": writers}
            arguments["publish"] = json.dumps(settings)
        events: list[dict[str, Any]] = []
        # Each run is an execution of its own: repeating one would commit once.
        values = {"group_list": json.dumps(datasets), "pipeline": "p", "stage": "s", **arguments}
        values.setdefault("execution", uuid.uuid4().hex)
        result = run_job(from_mapping(values), self.engine, open_store(str(self.folder)), events.append)
        self.events = events
        return result, {event["name"]: event for event in events if event["event"] == "dataset_finished"}


@pytest.fixture
def lake(tmp_path: Path, engine: Engine) -> Lake:
    return Lake(tmp_path, engine)


@pytest.fixture
def dataset() -> Callable[..., dict[str, Any]]:
    """A dataset object as the configuration has it; `target` None leaves it out."""

    return dataset_of


def dataset_of(
    name: str, sql: str, tables: dict[str, str] | None = None, target: str | None = "", **more: Any
) -> dict[str, Any]:
    location = f"s3://b/out/{name}/" if target == "" else target
    sources = [{"table_name": table, "s3_path": path} for table, path in (tables or {}).items()]
    config = {"sql_name": name, "sql_file": f"{name}.sql", "tables": sources, "sql_text": sql, **more}
    return config if location is None else {**config, "s3_target": location}
