"""A store that refuses any one call of an attempt: old or new content at once, exactly the new one after the next run."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import pytest
from refusing import ERRORS, OPERATIONS, FakeReadOnlyStore, FakeRefusingClient, FakeRefusingStore
from targets import T, aside, content, listed, origin, rows, staged

from strata_glue.store import Store
from strata_glue.target.parquet.attempt import ParquetAttempt
from strata_glue.target.parquet.target import ParquetTarget

OLD = [1, 2]
"""In partitions 1 and 2."""
NEW = {"replace": [3, 4], "append": [1, 2, 3, 4], "replace_partitions": [2, 3, 4]}
"""With 3 and 4 in partitions 1 and 3."""

CASES = [*(("local", write) for write in NEW), ("s3", "replace_partitions")]
"""Moto takes its time, and `replace_partitions` keeps some, drops some and adds some."""


def run(store: Any, number: int, write: str = "", execution: str = "e1") -> None:
    """A whole attempt, as a job makes it."""
    attempt = ParquetAttempt.begin(store, T, replace(origin(number), execution=execution))
    if attempt.committed_before() is not None:
        return
    try:
        parts = {1: 3, 3: 4} if write else {1: 1, 2: 2}
        files = [staged(store, attempt, [value], f"k={part}/") for part, value in parts.items()]
        attempt.written()
        attempt.commit(content(*files, write=write or "replace", keep=1))
    except BaseException:
        attempt.abandon()
        raise


def tried(store: Any, number: int, write: str) -> Exception | None:
    """A run of `e2`; returns its error."""
    try:
        run(store, number, write, "e2")
    except Exception as error:
        return error
    return None


def check(store: Store, number: int, write: str) -> None:
    """The target right after a refusal, for a reader without rights and for one with them; then after the next run."""
    at_once: Any = FakeReadOnlyStore(store)
    assert rows(at_once) in (OLD, NEW[write])
    assert rows(store) in (OLD, NEW[write])
    run(store, number, write, "e2")
    assert rows(store) == listed(store) == NEW[write]
    ParquetTarget(store, T).recover("d")
    assert rows(store) == listed(store) == NEW[write]
    assert aside(store) == []


@pytest.mark.parametrize(("store", "write"), CASES, indirect=["store"])
@pytest.mark.parametrize("loses_answer", [False, True], ids=["refused", "answer lost"])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_any_call_of_a_store_may_be_refused(store: Store, operation: str, loses_answer: bool, write: str) -> None:
    codes = itertools.cycle(ERRORS)
    for call in itertools.count(1):
        store.delete_tree(T)
        run(store, 10 * call)
        fake = FakeRefusingStore(store, operation, call, next(codes), loses_answer)
        error = tried(fake, 10 * call + 1, write)
        if not fake.refused:
            assert error is None
            return
        # Only the removal of waste may be refused silently.
        assert error is not None or (operation == "delete_tree" and rows(store) == NEW[write])
        check(store, 10 * call + 2, write)


@pytest.mark.parametrize("request_name", ["copy_object", "delete_objects", "put_object", "get_object"])
def test_any_request_to_s3_may_be_refused(s3_store: Any, request_name: str) -> None:
    """In the midst of many requests that are under way at once: the others are done."""
    codes, client, write = itertools.cycle(ERRORS), s3_store.client, "replace_partitions"
    for call in itertools.count(1):
        s3_store.delete_tree(T)
        run(s3_store, 10 * call)
        fake = FakeRefusingClient(client, request_name, call, next(codes))
        s3_store.client = fake
        error = tried(s3_store, 10 * call + 1, write)
        s3_store.client = client
        if fake.calls < call:
            assert error is None and call > 1
            return
        check(s3_store, 10 * call + 2, write)


def test_why_an_attempt_ended_is_reported_and_not_that_cleaning_up_failed_too(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    fake: Any = FakeRefusingStore(store, "delete_tree", 1)
    attempt = ParquetAttempt.begin(fake, T, origin(1))
    staged(store, attempt, [1])
    attempt.abandon()
    assert fake.refused and "until the next commit" in capsys.readouterr().err


def test_a_publish_that_is_refused_says_that_it_is_committed(store: Store) -> None:
    run(store, 1)
    fake = FakeRefusingStore(store, "swap", 1, "SlowDown")
    error = tried(fake, 2, "replace")
    assert "generation 2" in str(error) and "is committed" in str(error) and "refused" in str(error)
    assert getattr(error, "kind", None) == "PUBLISH_INTERRUPTED"


def test_keys_that_s3_could_not_delete_this_time_are_requested_again(
    s3_store: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DeleteObjects succeeds as a whole and names what it could not do."""
    s3_store.put(T, "a", b"1")
    real, asked = s3_store.client.delete_objects, []

    def partly(**request: Any) -> Any:
        asked.append([each["Key"] for each in request["Delete"]["Objects"]])
        if len(asked) > 1:
            return real(**request)
        return {"Errors": [{"Key": "t/a", "Code": "SlowDown", "Message": "Reduce your request rate"}]}

    monkeypatch.setattr(s3_store.client, "delete_objects", partly)
    s3_store.delete(T, ["a", "b"])
    assert asked == [["t/a", "t/b"], ["t/a"]]
    assert s3_store.list(T) == []
    asked.clear()
    denied = {"Errors": [{"Key": "t/a", "Code": "AccessDenied", "Message": "no"}]}
    monkeypatch.setattr(s3_store.client, "delete_objects", lambda **request: asked.append(1) or denied)
    with pytest.raises(Exception, match="AccessDenied"):
        s3_store.delete(T, ["a"])
    assert asked == [1]


def test_an_interrupted_body_is_requested_again(s3_store: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from botocore.exceptions import IncompleteReadError

    s3_store.put(T, "a", b"content")
    real, calls = s3_store.client.get_object, []

    class Broken:
        def read(self) -> bytes:
            raise IncompleteReadError(actual_bytes=3, expected_bytes=7)

    def breaking(**request: Any) -> Any:
        calls.append(request)
        answer = real(**request)
        return {**answer, "Body": Broken()} if len(calls) == 1 else answer

    monkeypatch.setattr(s3_store.client, "get_object", breaking)
    stored = s3_store.get(T, "a")
    assert stored is not None and stored.content == b"content" and len(calls) == 2
