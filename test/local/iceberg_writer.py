"""Commits one snapshot of an Iceberg table after another until it is killed: three rows, each the snapshot's number."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from strata_glue.arguments.parse import from_mapping
from strata_glue.job import run_job
from strata_glue.store import open_store

sys.path.insert(0, str(Path(__file__).parents[2] / "local" / "engine"))

from engines import start_engine


def commit(engine: object, lake: str, location: str, number: int) -> None:
    entry = {"sql_name": "d", "sql_text": f"SELECT {number} AS a FROM range(3)", "tables": [], "s3_target": location}
    settings = {"d": {"format": "iceberg", "table": {"database": "shop", "name": "orders"}}}
    arguments = {"group_list": json.dumps([entry]), "publish": json.dumps(settings), "execution": f"e{number}"}
    result = run_job(from_mapping(arguments), engine, open_store(lake), lambda event: None)
    assert result.status == "SUCCEEDED"


if __name__ == "__main__":
    sail = start_engine("sail", Path(sys.argv[1]))
    for number in range(1_000_000):
        commit(sail, sys.argv[1], sys.argv[2], number)
        if number == 0:
            print("begun", flush=True)
