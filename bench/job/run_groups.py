"""Runs groups through the job itself, without the state machine: `run_groups.py ENGINE LAKE GROUPS [CONCURRENCY] [STORE]`.

GROUPS is a file with what `strata groups` prints. STORE: an S3 endpoint, if the data is not in the lake. Exits with 1 if
a dataset fails.
"""

from __future__ import annotations

import json
import os
import sys
import uuid
from pathlib import Path

HOME = Path(__file__).parents[2]
sys.path[:0] = [str(HOME / "glue"), str(HOME / "local" / "engine")]

from engines import start_engine  # noqa: E402  the path is set above
from strata_glue.arguments.parse import from_mapping  # noqa: E402
from strata_glue.job import run_job  # noqa: E402
from strata_glue.store import open_store  # noqa: E402


def main(name: str, lake: str, groups: str, concurrency: str = "", store_at: str = "") -> int:
    engine, store = start_engine(name, Path(lake)), open_store(store_at or lake)
    for stage, datasets in json.loads(Path(groups).read_text()).items():
        values = {
            "group_list": json.dumps(datasets),
            "pipeline": "bench",
            "stage": stage,
            "execution": uuid.uuid4().hex,
            "concurrency": concurrency,
        }
        result = run_job(from_mapping(values), engine, store, lambda event: None)
        if result.error is not None:
            print(result.error, file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    code = main(*sys.argv[1:])
    sys.stderr.flush()
    os._exit(code)  # threads of an engine may still run
