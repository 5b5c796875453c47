"""Output files of about the wanted size: small ones are merged, large ones divided, by streaming row groups.

Engines write a file a task. Only folders that are far off are rewritten, since rewriting costs as much as writing and a few
files more or less do not matter. Not done by the engine, so that it is the same on every engine.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.parquet as parquet

from strata_glue.read.rows import with_statistics
from strata_glue.store import DataFile, Store

FEW_FILES = 8
"""So many files in a folder are kept, however small."""

ROW_GROUPS_A_FILE = 4
MOST_ROWS = 1_000_000
"""Rows of a row group at most: Parquet's usual size, and what is decoded in memory at once."""


def wants_resize(files: list[DataFile], target: int) -> bool:
    """True if a folder has many files far below the size aimed at, or one far above it."""
    ideal = max(1, math.ceil(sum(file.size for file in files) / target))
    return len(files) > max(FEW_FILES, 2 * ideal) or any(file.size > 2 * target for file in files)


def resize(store: Store, location: str, files: list[DataFile], target: int, compression: str) -> list[DataFile]:
    """Rewrites files of one folder; the old ones stay. Holds one output file in memory, at most twice the target's size."""
    folder = files[0].path.rpartition("/")[0]
    prefix = f"{folder}/" if folder else ""
    written = []
    for index, content in enumerate(_contents(store, location, files, target, compression)):
        path = f"{prefix}resized-{index:05d}.parquet"
        store.put(location, path, content)
        written.append(DataFile(path, len(content)))
    return written


def _contents(store: Store, location: str, files: list[DataFile], target: int, compression: str) -> Iterator[bytes]:
    buffer, writer = io.BytesIO(), None
    for batch in _batches(store, location, files, target):
        if writer is None:
            statistics = with_statistics(batch.schema)
            writer = parquet.ParquetWriter(
                buffer, batch.schema, compression=compression, store_schema=False, write_statistics=statistics
            )
        writer.write_table(batch)
        if buffer.tell() >= target:
            writer.close()
            yield buffer.getvalue()
            buffer, writer = io.BytesIO(), None
    if writer is not None:
        writer.close()
        yield buffer.getvalue()


def _batches(store: Store, location: str, files: list[DataFile], target: int) -> Iterator[pa.Table]:
    """Rows of all files, gathered to a row group each: a row group each small file would stay small."""
    wanted = 0
    gathered: list[pa.RecordBatch] = []
    for file in files:
        with store.open(location, file.path) as stream:
            content = parquet.ParquetFile(stream)
            wanted = wanted or _row_group_rows(file.size, content.metadata.num_rows, target)
            for batch in content.iter_batches(batch_size=wanted):
                gathered.append(batch)
                if sum(each.num_rows for each in gathered) >= wanted:
                    yield pa.Table.from_batches(gathered)
                    gathered = []
    if gathered:
        yield pa.Table.from_batches(gathered)


def _row_group_rows(size: int, rows: int, target: int) -> int:
    """So many rows that a file of the wanted size has a few row groups."""
    bytes_a_row = max(1.0, size / max(1, rows))
    return int(min(MOST_ROWS, max(1, target / ROW_GROUPS_A_FILE / bytes_a_row)))
