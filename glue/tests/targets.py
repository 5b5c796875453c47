"""One small target and its writers, without an engine: what tests of the commit share."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as parquet

from strata_glue.contract import Column, RecordFile
from strata_glue.fail_points import unwatch, watch
from strata_glue.read.content import read_content
from strata_glue.store import Store, survey
from strata_glue.target.attempt import ATTEMPTS, Origin
from strata_glue.target.parquet.attempt import NewContent, ParquetAttempt

T = "s3://bkt/t/"
SCHEMA = (Column("a", "bigint"),)


def origin(number: int, execution: str | None = None) -> Origin:
    return Origin("p", "s", "d", execution or f"e{number}", f"e{number}-{number:012x}")


def staged(store: Store, attempt: ParquetAttempt, values: list[int], folder: str = "") -> RecordFile:
    """Writes one Parquet file into the attempt's folder, as an engine would."""
    sink = pa.BufferOutputStream()
    parquet.write_table(pa.table({"a": values}), sink)
    content = sink.getvalue().to_pybytes()
    path = f"{folder}part-00000-{attempt.origin.attempt}.parquet"
    store.put(attempt.location, f"{folder}engine.parquet", content)
    return RecordFile(path, len(values), len(content), f"{attempt.folder}{folder}engine.parquet")


def content(*files: RecordFile, write: str = "replace", keep: int = 0) -> NewContent:
    partitioned = ("k",) if any("/" in file.path for file in files) else ()
    return NewContent(write, files, SCHEMA, partitioned, {"sql": "x"}, keep)


def publish(store: Store, number: int, values: list[int], write: str = "replace", keep: int = 0, folder: str = ""):
    attempt = ParquetAttempt.begin(store, T, origin(number))
    return attempt.commit(content(staged(store, attempt, values, folder), write=write, keep=keep))


def rows(store: Store) -> list[int]:
    """What Strata's reader sees."""
    return sorted(value for file in read_content(store, T).files for value in values_in(store, file.place))


def listed(store: Store) -> list[int]:
    """What other readers see."""
    return sorted(value for file in survey(store, T).data for value in values_in(store, file.path))


def values_in(store: Store, path: str) -> list[int]:
    with store.open(T, path) as stream:
        return parquet.read_table(stream)["a"].to_pylist()


def aside(store: Store) -> list[str]:
    return [file.path for file in store.list(T) if file.path.startswith(ATTEMPTS)]


class Killed(BaseException):
    """Ends a writer as a signal would: none of its `except Exception` blocks runs."""


def unpublished(store: Store, number: int, values: list[int], write: str = "replace", keep: int = 0) -> ParquetAttempt:
    """A writer that was killed directly after its commit."""

    def kill(name: str) -> None:
        if name == "committed":
            raise Killed

    attempt = ParquetAttempt.begin(store, T, origin(number))
    new = content(staged(store, attempt, values), write=write, keep=keep)
    watch(kill)
    try:
        attempt.commit(new)
    except Killed:
        return attempt
    finally:
        unwatch(kill)
    raise AssertionError("the writer was not killed")
