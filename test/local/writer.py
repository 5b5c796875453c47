"""Commits one generation after another until it is killed: three files, whose rows are the generation's number."""

from __future__ import annotations

import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as parquet
from strata_glue.contract import Column, RecordFile
from strata_glue.store import open_store
from strata_glue.target.attempt import Origin
from strata_glue.target.parquet.attempt import NewContent, ParquetAttempt


def commit(lake: str, location: str, number: int) -> None:
    store = open_store(lake)
    name = f"w-{number:012x}"
    attempt = ParquetAttempt.begin(store, location, Origin("shop", "bronze", "orders", name, name))
    folder = Path(store.engine_path(location, attempt.folder))
    folder.mkdir(parents=True)
    files = []
    for index in range(3):
        file = folder / f"part-{index:05d}-{name}.parquet"
        parquet.write_table(pa.table({"a": pa.array([number], pa.int32())}), file)
        files.append(RecordFile(file.name, 1, file.stat().st_size, attempt.folder + file.name))
    attempt.written()
    attempt.commit(NewContent("replace", tuple(files), (Column("a", "int"),), (), {}, 0))


if __name__ == "__main__":
    number = 0
    while True:
        commit(sys.argv[1], sys.argv[2], number)
        if number == 0:
            print("begun", flush=True)
        number += 1
