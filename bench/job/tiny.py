"""A group of tiny datasets and their sources: `python bench/job/tiny.py LAKE NUMBER` prints what `strata groups` would.

Each has a source of its own of 100 rows. Every fourth one groups its rows, and so shuffles; the others filter them.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as parquet

ROWS = 100
BUCKET = "tiny"


def main(lake: Path, number: int) -> None:
    datasets = []
    for index in range(number):
        name = f"tiny_{index:03d}"
        folder = lake / BUCKET / "raw" / name
        folder.mkdir(parents=True, exist_ok=True)
        rows = {"id": range(ROWS), "kind": [f"kind {row % 7}" for row in range(ROWS)], "amount": [0.5] * ROWS}
        parquet.write_table(pa.table({key: list(values) for key, values in rows.items()}), folder / "part.parquet")
        table = {"table_name": f"{name}_raw", "s3_path": f"s3://{BUCKET}/raw/{name}/"}
        datasets.append(
            {
                "sql_name": name,
                "tables": [table],
                "s3_target": f"s3://{BUCKET}/out/{name}/",
                "sql_text": _sql(index, table["table_name"]),
            }
        )
    json.dump({"tiny_stage": datasets}, sys.stdout)


def _sql(index: int, table: str) -> str:
    if index % 4 == 0:
        return f"SELECT kind, count(*) AS rows, sum(amount) AS amount FROM {table} GROUP BY kind"
    return f"SELECT id, upper(kind) AS kind, amount * {index} AS amount FROM {table} WHERE id % 10 <> {index % 10}"


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
