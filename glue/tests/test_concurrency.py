"""Datasets at the same time: how many, in which order, and who waits for whom."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from conftest import ENGINE

from strata_glue.arguments.parse import from_mapping
from strata_glue.engine.session import ClassicEngine
from strata_glue.fail_points import unwatch, watch
from strata_glue.job import run_job
from strata_glue.semaphore import LARGE_BYTES, Semaphore
from strata_glue.store import open_store

RAW = "s3://b/raw/t/"
PATIENCE = 60
"""Seconds until a thread that a test waits for counts as lost."""


class Observed:
    """A job run whose steps can be held: records which dataset a step belongs to, and what has finished."""

    def __init__(self, lake, on_step: Callable[[str, str], None] = lambda name, step: None) -> None:
        self._lake, self._on_step = lake, on_step
        self._names = threading.local()
        self._done: dict[str, threading.Event] = {}
        self.events: list[tuple[str, str]] = []
        self.status: dict[str, str] = {}

    def run(self, datasets: list[dict[str, Any]], **arguments: str) -> str:
        self._done = {each["sql_name"]: threading.Event() for each in datasets}
        values = {"group_list": json.dumps(datasets), "execution": "e", **arguments}
        watch(self._step)
        try:
            store = open_store(str(self._lake.folder))
            return run_job(from_mapping(values), self._lake.engine, store, self._emit).status
        finally:
            unwatch(self._step)

    def wait_for(self, name: str) -> bool:
        return self._done[name].wait(PATIENCE)

    def _emit(self, event: dict[str, Any]) -> None:
        if event["event"] == "dataset_started":
            self._names.value = event["name"]  # the event is emitted in the thread that runs it
        if event["event"] in ("dataset_started", "dataset_finished"):
            self.events.append((event["event"], event["name"]))
        if event["event"] == "dataset_finished":
            self.status[event["name"]] = event["status"]
            self._done[event["name"]].set()

    def _step(self, step: str) -> None:
        self._on_step(getattr(self._names, "value", ""), step)


@pytest.fixture(autouse=True)
def raw(lake):
    lake.write(RAW, {"a": list(range(1000))})


@pytest.mark.parametrize("slots", [2, 3])
def test_so_many_compute_at_once(lake, dataset, slots):
    together = threading.Barrier(slots)

    def meet(name: str, step: str) -> None:
        if step == "written":
            together.wait(PATIENCE)  # raises unless all of them arrive

    observed = Observed(lake, meet)
    group = [dataset(f"d{index}", "SELECT a FROM t", {"t": RAW}) for index in range(slots)]
    assert observed.run(group, concurrency=str(slots)) == "SUCCEEDED"


def test_with_one_slot_no_dataset_computes_beside_another(lake, dataset):
    inside: set[str] = set()
    most: list[int] = []

    def note(name: str, step: str) -> None:
        if step == "written":
            inside.add(name)
        most.append(len(inside))
        if step == "cleaned up":
            inside.discard(name)

    observed = Observed(lake, note)
    group = [dataset(f"d{index}", "SELECT a FROM t", {"t": RAW}) for index in range(4)]
    assert observed.run(group, concurrency="1") == "SUCCEEDED"
    assert max(most) == 1


def test_one_that_waits_for_a_slot_has_not_begun(lake, dataset):
    """A run that is cancelled then reports it as NOT_RUN (local/run/result.ts)."""
    begun: list[list[tuple[str, str]]] = []

    def note(name: str, step: str) -> None:
        if step == "written":
            begun.append([*observed.events])

    observed = Observed(lake, note)
    group = [dataset(f"d{index}", "SELECT a FROM t", {"t": RAW}) for index in range(4)]
    group.append(dataset("lost", "SELECT a FROM t", {"t": "s3://b/nowhere/"}))
    assert observed.run(group, concurrency="1") == "FAILED"
    for index, events in enumerate(begun, 1):
        computing = [name for event, name in events if event == "dataset_started" and name != "lost"]
        assert len(computing) <= index, "those that have been in, and the one that is"
    for name in observed.status:
        own = [event for event, of in observed.events if of == name]
        assert own == ["dataset_started", "dataset_finished"], "one that fails before it computes, too"


@pytest.mark.parametrize("number", ["0", "65", "-1", "many"])
def test_the_number_is_checked(lake, dataset, number):
    from strata_glue.errors import JobInputError

    with pytest.raises(JobInputError, match="`--concurrency` is `.*`, which is not (a whole number from 1 to 64|JSON)"):
        Observed(lake).run([dataset("d", "SELECT a FROM t", {"t": RAW})], concurrency=number)


@pytest.mark.parametrize(("cores", "slots"), [(1, 2), (2, 4), (8, 16), (100, 16)])
def test_the_default_number_comes_from_the_cores(cores, slots):
    no_settings = lambda: SimpleNamespace(getAll=list)  # noqa: E731
    spark = SimpleNamespace(version="4", sparkContext=SimpleNamespace(defaultParallelism=cores, getConf=no_settings))
    assert ClassicEngine(spark).parallelism == slots


def test_a_small_one_does_not_wait_behind_large_ones(lake, dataset, monkeypatch):
    lake.write("s3://b/raw/large/", {"a": list(range(100_000))})
    size = sum(file.stat().st_size for file in lake.path("s3://b/raw/large/").glob("*"))
    monkeypatch.setattr("strata_glue.semaphore.LARGE_BYTES", size)
    small_came: list[bool] = []

    def hold(name: str, step: str) -> None:
        if step == "written" and name.startswith("large"):
            small_came.append(observed.wait_for("small"))

    observed = Observed(lake, hold)
    large = [dataset(f"large_{index}", "SELECT a FROM t", {"t": "s3://b/raw/large/"}) for index in range(3)]
    small = dataset("small", "SELECT a FROM t", {"t": RAW})
    assert observed.run([*large, small], concurrency="2") == "SUCCEEDED"
    assert small_came == [True] * 3


def test_large_ones_use_a_single_slot_one_after_another():
    semaphore = Semaphore(1)
    for _ in range(2):
        with semaphore.slot(LARGE_BYTES):
            pass


def test_datasets_run_after_what_they_read(lake, dataset):
    observed = Observed(lake)
    group = [
        dataset("third", "SELECT a FROM s", {"s": "s3://b/out/second/"}),
        dataset("second", "SELECT a FROM f", {"f": "s3://b/out/first/"}),
        dataset("first", "SELECT a FROM t", {"t": RAW}),
    ]
    publish = json.dumps({"third": {"waits_for": ["second"]}, "second": {"waits_for": ["first"]}})
    assert observed.run(group, concurrency="3", publish=publish) == "SUCCEEDED"
    ends = ("dataset_started", "dataset_finished")
    assert observed.events == [(end, name) for name in ("first", "second", "third") for end in ends]
    assert len(lake.read("s3://b/out/third/")) == 1000


def test_the_definition_sets_the_order_and_not_what_a_query_reads(lake, dataset):
    """The compiler computes it once: the job neither adds to it nor leaves any of it out."""
    lake.write("s3://b/out/first/", {"a": [7]})
    observed = Observed(lake)
    first = dataset("first", "SELECT a FROM t", {"t": RAW})
    reader = dataset("reader", "SELECT a FROM f", {"f": "s3://b/out/first/"})
    publish = json.dumps({"first": {"waits_for": ["reader"]}})
    assert observed.run([first, reader], publish=publish) == "SUCCEEDED"
    assert [name for event, name in observed.events if event == "dataset_finished"] == ["reader", "first"]
    assert lake.read("s3://b/out/reader/") == [{"a": 7}]


@pytest.mark.parametrize(
    ("waits_for", "error"),
    [
        ({"d": ["x"]}, "--publish of d: `waits_for` names `x`, which is not in --group_list"),
        ({"d": ["e"], "e": ["d"]}, "--publish: datasets wait for each other: d, e, d"),
    ],
)
def test_an_order_that_cannot_be_kept_is_refused(lake, dataset, waits_for, error):
    group = [dataset(name, "SELECT a FROM t", {"t": RAW}) for name in ("d", "e")]
    result, events = lake.run(*group, waits_for=waits_for)
    assert (result.error, events) == (error, {})


def test_a_failure_stops_those_that_read_it_and_no_others(lake, dataset):
    def hold(name: str, step: str) -> None:
        if step == "written" and name == "slow":
            assert observed.wait_for("broken")

    observed = Observed(lake, hold)
    group = [
        dataset("slow", "SELECT a FROM t", {"t": RAW}),
        dataset("broken", "SELECT nope FROM t", {"t": RAW}),
        dataset("reader", "SELECT a FROM b", {"b": "s3://b/out/broken/"}),
        dataset("after", "SELECT a FROM s", {"s": "s3://b/out/slow/"}),
    ]
    publish = json.dumps({"reader": {"waits_for": ["broken"]}, "after": {"waits_for": ["slow"]}})
    assert observed.run(group, concurrency="2", publish=publish) == "FAILED"
    assert observed.status == {"slow": "SUCCEEDED", "broken": "FAILED", "reader": "BLOCKED", "after": "SUCCEEDED"}


@pytest.mark.skipif(ENGINE != "spark", reason="Sail has no pools")
def test_each_dataset_has_a_fair_pool_of_its_own(lake, dataset):
    context = lake.engine.new_session().sparkContext._jsc.sc()  # noqa: SLF001 - PySpark has no way to its pools
    before = {pool.name() for pool in _pools(context)}
    group = [dataset(f"d{index}", "SELECT a FROM t", {"t": RAW}) for index in range(3)]
    assert Observed(lake).run(group) == "SUCCEEDED"
    assert context.getSchedulingMode().toString() == "FAIR"
    new = {pool.name() for pool in _pools(context)} - before
    assert len([name for name in new if name.startswith("dataset-")]) == 3


def _pools(context: Any) -> list[Any]:
    pools = context.getAllPools()
    return [pools.apply(index) for index in range(pools.size())]


@pytest.mark.skipif(ENGINE != "sail", reason="a session of Spark is not a connection")
def test_a_session_that_the_collector_finds_late_closes_nothing_of_others(engine):
    from pyspark.sql.connect.client.reattach import ExecutePlanResponseReattachableIterator as Answers

    late, other = engine.new_session(), engine.new_session()
    engine.close_session(late)
    assert other.sql("SELECT 1 AS a").collect()[0]["a"] == 1
    threads = Answers._release_thread_pool_instance  # noqa: SLF001 - what others' answers are read by is nowhere else
    late.__del__()
    assert Answers._release_thread_pool_instance is threads is not None  # noqa: SLF001
    engine.close_session(other)
