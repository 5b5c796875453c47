"""Runs that are killed at every named step on a lake, and what is there after the next run, or after `recover`.

orphans.py <folder>   makes a lake in it and prints JSON: format → step → {"dirty": whether the killed run left orphans, "new":
                      whether it committed, "run": paths, "recover": paths}, without what a complete run leaves.

A process of its own, which has no engine and so can be forked: one of chaos's children for each run (test/chaos/child.py).
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import uuid
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2] / "test" / "chaos"))

from world import World, local_world, start_sail

from strata_glue.target.iceberg.catalog import IcebergTable
from strata_glue.target.iceberg.target import IcebergTarget
from strata_glue.target.parquet.target import ParquetTarget

TABLE = {"database": "p", "name": "d"}
SETTINGS: dict[str, dict[str, Any]] = {
    "parquet": {"keep": 1},
    "iceberg": {"format": "iceberg", "table": TABLE},
    "iceberg append": {"format": "iceberg", "table": TABLE, "write": "append"},
}
_ENGINES = re.compile(r"sail/[^/]+/|data/|metadata/(?:v\d+\.metadata\.json|version-hint\.text|[^/.][^/]*\.avro)$")
"""Names of a complete table's files: `_unused` determines which of them no snapshot needs."""


def arguments(target: str, settings: dict[str, Any]) -> dict[str, str]:
    sources = [{"table_name": "t", "s3_path": "s3://bkt/raw/t/"}]
    dataset = {"sql_name": "d", "sql_text": "SELECT id, id % 2 AS k FROM t", "tables": sources, "s3_target": target}
    return {
        **{"group_list": json.dumps([dataset]), "publish": json.dumps({"d": settings})},
        **{"pipeline": "p", "stage": "s", "execution": uuid.uuid4().hex},
    }


def run(world: World, target: str, settings: dict[str, Any], kill_at: int | None = None) -> list[str]:
    """The names of its steps."""
    child = world.start(kill_at=kill_at, arguments=arguments(target, settings))
    lines = child.wait()
    assert child.killed if kill_at else "done SUCCEEDED" in lines, lines
    return [line for line in lines if line != "started" and not line.startswith("done ")]


def version(world: World, target: str, is_table: bool) -> int:
    """The current version's number."""
    if not is_table:
        return world.record(target).generation
    metadata = json.loads(newest_metadata(Path(world.address) / target.removeprefix("s3://")).read_text())
    (current,) = (each for each in metadata["snapshots"] if each["snapshot-id"] == metadata["current-snapshot-id"])
    return int(current["summary"]["strata.generation"])


def newest_metadata(folder: Path) -> Path:
    return max((folder / "metadata").glob("v*.json"), key=lambda file: int(file.name[1:].split(".")[0]))


def left(world: World, target: str, is_table: bool) -> list[str]:
    """Paths below a target that neither its record nor its metadata needs; an empty folder counts."""
    folder = Path(world.address) / target.removeprefix("s3://")
    paths = [
        str(Path(place, name).relative_to(folder)) + ("/" if name in folders else "")
        for place, folders, files in os.walk(folder)
        for name in (*files, *(each for each in folders if not any(Path(place, each).iterdir())))
    ]
    if is_table:
        snapshots = json.loads(newest_metadata(folder).read_text())["snapshots"]
        attempts = {each["summary"]["strata.attempt"] for each in snapshots}
        ours = (path for path in paths if not path.startswith("sail/") or path.split("/")[1] not in attempts)
        return sorted(path for path in ours if path.startswith("sail/") or not _ENGINES.match(path))
    record = world.record(target)
    needed = {"_strata/commit.json", *(file.path for file in record.files)}
    needed |= {f"_strata/kept/{file.path}" for each in record.kept for file in each.files}
    return sorted(path for path in paths if path not in needed)


def rounds(world: World, name: str, settings: dict[str, Any]) -> dict[str, Any]:
    is_table = "format" in settings
    first = f"s3://bkt/{name.replace(' ', '-')}/"
    run(world, first, settings)
    steps = run(world, first, settings)
    assert left(world, first, is_table) == [], left(world, first, is_table)
    outcomes: dict[str, Any] = {}
    folder, copy = Path(world.address) / first.removeprefix("s3://"), Path(world.address) / "copy"
    for number, step in enumerate(steps, 1):
        before = version(world, first, is_table)
        run(world, first, settings, number)
        dirty = bool(left(world, first, is_table))
        new = version(world, first, is_table) - before
        shutil.copytree(folder, copy)
        if is_table:
            IcebergTarget(world.store, IcebergTable(**TABLE, location=first), None).recover("d")
        else:
            ParquetTarget(world.store, first).recover("d")
        recovered = left(world, first, is_table)
        shutil.rmtree(folder)
        copy.rename(folder)
        run(world, first, settings)
        outcomes[f"{number} {step}"] = {
            **{"dirty": dirty, "new": new},
            **{"run": left(world, first, is_table), "recover": recovered},
        }
    return outcomes


def main() -> None:
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "RUST_LOG": "off"}
    sail, remote = start_sail(environment)
    try:
        world = local_world(Path(sys.argv[1]), remote, environment)
        print(json.dumps({name: rounds(world, name, settings) for name, settings in SETTINGS.items()}))
    finally:
        sail.kill()
        sail.wait()


if __name__ == "__main__":
    main()
