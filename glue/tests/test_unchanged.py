"""Sources that others replace while they are read: nothing of them is committed."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from conftest import ENGINE, Lake
from refusing import FakeRefusingStore

from strata_glue.context import RunContext
from strata_glue.contract import Dataset, PublishSettings, Source
from strata_glue.dataset import run_dataset
from strata_glue.errors import DatasetError
from strata_glue.fail_points import unwatch, watch
from strata_glue.read.content import read_content
from strata_glue.read.resolved import ResolvedSource
from strata_glue.read.sources import SourceReader
from strata_glue.read.unchanged import Unchanged
from strata_glue.report.work import Work
from strata_glue.semaphore import Semaphore
from strata_glue.store import Store, open_store
from strata_glue.target.attempt import Origin
from strata_glue.target.iceberg.open import OpenTables

RAW, REF, OUT = "s3://b/raw/t/", "s3://b/raw/ref/", "s3://b/out/d/"

ICEBERG = {"format": "iceberg", "table": {"database": "db", "name": "d"}}
IN = {
    "name": "in_ref",
    "kind": "references",
    "severity": "error",
    "count": "SELECT count(*) AS n FROM strata_result WHERE a NOT IN (SELECT a FROM strata_reference_0)",
    "sample": "SELECT a FROM strata_result WHERE a NOT IN (SELECT a FROM strata_reference_0)",
    "reads": [{"view": "strata_reference_0", "location": REF}],
}


@contextmanager
def at(moment: str, act: Callable[[], Any]) -> Iterator[list[str]]:
    """Has something happen once, when a dataset reaches a moment."""
    done: list[str] = []

    def watcher(name: str) -> None:
        if name == moment and not done:
            done.append(name)
            act()

    watch(watcher)
    try:
        yield done
    finally:
        unwatch(watcher)


def replace(lake: Lake, location: str = RAW) -> None:
    """As tools that write a second file and rename it do: the same name, another file, of the same size."""
    file = lake.path(location) / "part.parquet"
    aside = file.with_name(".new")
    parquet.write_table(pa.table({"a": [7, 8]}), aside)
    assert aside.stat().st_size == file.stat().st_size
    os.utime(aside, ns=(file.stat().st_atime_ns, file.stat().st_mtime_ns))
    aside.rename(file)


def rewrite(lake: Lake) -> None:
    (lake.path(RAW) / "part.parquet").write_bytes((lake.path(RAW) / "z.parquet").read_bytes())


CHANGES: dict[str, tuple[Callable[[Lake], Any], str | None]] = {
    "replaced": (replace, "was replaced; "),
    "rewritten in place": (rewrite, "was replaced; "),
    "gone": (lambda lake: (lake.path(RAW) / "part.parquet").unlink(), "is gone; "),
    "all gone": (lambda lake: lake.path(RAW).rename(lake.path(RAW).with_name("old")), "is gone (and 1 more of its"),
    "one more": (lambda lake: lake.write(RAW, {"a": [9]}, "later.parquet"), None),
}


def seen(lake: Lake) -> list[int]:
    files = read_content(open_store(str(lake.folder)), OUT).files
    return sorted(row["a"] for file in files for row in parquet.read_table(lake.path(OUT) / file.place).to_pylist())


@pytest.fixture
def filled(lake: Lake) -> Lake:
    lake.write(RAW, {"a": [1, 2]})
    lake.write(RAW, {"a": [3, 4, 5]}, "z.parquet")
    lake.write(REF, {"a": [1, 2]})
    return lake


@pytest.mark.parametrize("how", CHANGES)
def test_a_source_that_changes_while_it_is_read_is_not_committed(
    filled: Lake, dataset: Any, how: str, either_way: None
) -> None:
    change, reason = CHANGES[how]
    group = dataset("d", "SELECT a FROM t", {"t": RAW})
    with at("written", lambda: change(filled)) as done:
        _, events = filled.run(group)
    assert done
    if reason is None:
        assert (events["d"]["status"], seen(filled)) == ("SUCCEEDED", [1, 2, 3, 4, 5])
        filled.run(group)
        assert seen(filled) == [1, 2, 3, 4, 5, 9]
        return
    error = events["d"]["error"]
    assert error["class"] == "SOURCE_CHANGED", error
    assert f"source table `t` changed while it was read: {RAW}part.parquet {reason}" in error["message"]
    assert "nothing was committed: run it again" in error["message"]
    assert not list(filled.path(OUT).rglob("*.*"))


@pytest.mark.skipif(
    ENGINE == "spark" and "STRATA_ICEBERG_JARS" not in os.environ, reason="Spark has no Iceberg of its own"
)
def test_iceberg_tables_do_not_take_it_either(filled: Lake, dataset: Any) -> None:
    group, publish = dataset("d", "SELECT a FROM t", {"t": RAW}), json.dumps({"d": ICEBERG})
    filled.run(group, publish=publish)
    with at("written", lambda: replace(filled)):
        _, events = filled.run(group, publish=publish)
    assert events["d"]["error"]["class"] == "SOURCE_CHANGED"
    _, events = filled.run(group, publish=publish)
    assert (events["d"]["generation"], events["d"]["rows"]) == (2, 5)


def test_what_expectations_compare_with_must_not_change_either(filled: Lake, dataset: Any, either_way: None) -> None:
    group = dataset("d", "SELECT a FROM t WHERE a < 3", {"t": RAW})
    publish = json.dumps({"d": {"expectations": [IN]}})
    with at("audited", lambda: replace(filled, REF)):
        _, events = filled.run(group, publish=publish)
    assert events["d"]["error"]["class"] == "SOURCE_CHANGED"
    assert f"`ref` changed while it was read: {REF}part.parquet" in events["d"]["error"]["message"]


def test_a_file_removed_while_the_engine_reads_is_reported_as_that(
    filled: Lake, dataset: Any, monkeypatch: pytest.MonkeyPatch, either_way: None
) -> None:
    """Not as the error that the engine makes of it; and the next dataset of the run that reads the source reads its new files."""
    from strata_glue import dataset as module

    real = module.check_columns

    def vanish(schema: Any) -> None:
        real(schema)
        (filled.path(RAW) / "part.parquet").unlink()

    monkeypatch.setattr(module, "check_columns", vanish)
    store = open_store(str(filled.folder))
    tables = OpenTables(filled.engine, store, {})
    context = RunContext(filled.engine, store, SourceReader(store, tables), tables, {}, Semaphore(1))
    reads = Dataset("d", "SELECT a FROM t", (Source("t", RAW),), OUT)
    with pytest.raises(DatasetError, match=r"part\.parquet is gone") as error:
        run_dataset(reads, PublishSettings(), Origin("p", "s", "d", "e1", "e-000000000001"), context, Work())
    assert error.value.kind == "SOURCE_CHANGED"
    assert [file.path for file in context.sources.resolve(Source("t", RAW)).content.files] == ["z.parquet"]


@pytest.fixture
def raw(store: Store) -> Store:
    for name in ("a", "b"):
        store.put("s3://bkt/raw/", f"{name}.parquet", name.encode() * 20)
    return store


def resolved(store: Store) -> ResolvedSource:
    return ResolvedSource(Source("t", "s3://bkt/raw/"), read_content(store, "s3://bkt/raw/"))


def test_both_stores_notice_a_file_of_the_same_size(raw: Store) -> None:
    before = resolved(raw)
    unchanged = Unchanged(raw)
    unchanged.check([before])
    raw.put("s3://bkt/raw/", "c.parquet", b"new")
    unchanged.check([before])
    raw.put("s3://bkt/raw/", "b.parquet", b"x" * 20)
    with pytest.raises(DatasetError, match=r"s3://bkt/raw/b\.parquet was replaced; nothing was committed") as error:
        unchanged.check([before])
    assert error.value.kind == "SOURCE_CHANGED"
    unchanged.check([resolved(raw)])


def test_a_listing_that_fails_is_an_error_of_the_store(raw: Store) -> None:
    before = resolved(raw)
    fake: Any = FakeRefusingStore(raw, "list", 1, "SlowDown")
    with pytest.raises(Exception, match="SlowDown"):
        Unchanged(fake).check([before])


class CountingStore:
    """Passes everything on, and counts listings."""

    def __init__(self, real: Store) -> None:
        self._real, self.listed = real, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def list(self, location: str) -> Any:
        self.listed += 1
        return self._real.list(location)


def test_datasets_share_a_listing_that_began_after_they_had_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Never one from before."""
    real = open_store(str(tmp_path))
    real.put("s3://bkt/raw/", "a.parquet", b"a" * 20)
    store: Any = CountingStore(real)
    reads, unchanged, now = [resolved(real)], Unchanged(store), 0.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    for _ in range(3):
        unchanged.check(reads)
    assert store.listed == 1
    now = 1.0
    unchanged.check(reads)
    assert store.listed == 2


def test_own_targets_are_not_listed_again(lake: Lake, dataset: Any) -> None:
    """What has a record never changes under its name."""
    lake.write(RAW, {"a": [1, 2]})
    lake.run(dataset("d", "SELECT a FROM t", {"t": RAW}))
    real = open_store(str(lake.folder))
    store: Any = CountingStore(real)
    Unchanged(store).check([ResolvedSource(Source("d", OUT), read_content(real, OUT))])
    assert store.listed == 0
