"""Output files of about the size that is wanted: small ones are merged, large ones divided, by streaming row groups.

Engines write a file a task. Only folders that are far off are touched: rewriting costs as much as writing, and a handful
of files more or less is nobody's trouble. Done here and not by the engine, so that it is the same on every engine.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.parquet as parquet

from strata_glue.store import DataFile, Store

FEW_FILES = 8
"""Files in a folder that are left as they are, however small."""

BATCH_ROWS = 64 * 1024


@dataclass(frozen=True)
class Resized:
    """A new file, and the name that it was written under."""

    path: str
    size: int


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
    for batch in _batches(store, location, files):
        if writer is None:
            writer = parquet.ParquetWriter(buffer, batch.schema, compression=compression, store_schema=False)
        writer.write_table(pa.Table.from_batches([batch]))
        if buffer.tell() >= target:
            writer.close()
            yield buffer.getvalue()
            buffer, writer = io.BytesIO(), None
    if writer is not None:
        writer.close()
        yield buffer.getvalue()


def _batches(store: Store, location: str, files: list[DataFile]) -> Iterator[pa.RecordBatch]:
    """Rows of all files, gathered to batches of a row group's size: a row group each small file would stay small."""
    gathered: list[pa.RecordBatch] = []
    for file in files:
        with store.open(location, file.path) as stream:
            for batch in parquet.ParquetFile(stream).iter_batches(batch_size=BATCH_ROWS):
                gathered.append(batch)
                if sum(each.num_rows for each in gathered) >= BATCH_ROWS:
                    yield _one(gathered)
                    gathered = []
    if gathered:
        yield _one(gathered)


def _one(batches: list[pa.RecordBatch]) -> pa.RecordBatch:
    table = pa.Table.from_batches(batches).combine_chunks()
    return table.to_batches()[0] if table.num_rows else batches[0]
