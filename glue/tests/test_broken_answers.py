"""Interrupted responses of S3: requested again, and in the end a clear error."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from cutting import WAYS, Cuts, cutting

from strata_glue.store import Conflict, Store, open_store

L = "s3://bkt/t/"

REQUESTS: dict[str, tuple[str, Callable[[Store], Any], Any]] = {
    "an object": ("GET", lambda store: store.get(L, "a").content, b"content"),
    "an object that is not there": ("GET", lambda store: store.get(L, "none"), None),
    "a range": ("GET", lambda store: store.open(L, "a").read(3), b"con"),
    "a text": ("GET", lambda store: store.read_text(f"{L}a"), "content"),
    "a listing": ("GET", lambda store: [file.path for file in store.list(L)], ["a", "b"]),
    "whether anything is there": ("GET", lambda store: store.exists(L), True),
    "a copy": ("PUT", lambda store: store.copy(L, {"a": "c"}), None),
    "a copy of what is gone": ("PUT", lambda store: refusal(lambda: store.copy(L, {"none": "c"})), FileNotFoundError),
    "a write that is refused": ("PUT", lambda store: refusal(lambda: store.put_if(L, "a", b"1", None)), Conflict),
    "a delete": ("POST", lambda store: store.delete(L, ["a"]), None),
}
"""HTTP method, the request, and its result."""


def refusal(act: Callable[[], Any]) -> type[Exception] | None:
    try:
        act()
    except Exception as error:
        return type(error)
    return None


@pytest.fixture
def filled(s3_store: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """Two objects; returns moto's URL."""
    import strata_glue.store.answers as module

    monkeypatch.setattr(module, "PAUSE_SECONDS", 0.001)
    s3_store.put(L, "a", b"content")
    s3_store.put(L, "b", b"x")
    return str(s3_store.client.meta.endpoint_url)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("what", REQUESTS)
def test_an_interrupted_response_is_requested_again(filled: str, what: str, way: str) -> None:
    method, ask, answer = REQUESTS[what]
    cuts = Cuts(method, way, 2)
    with cutting(filled, cuts) as address:
        assert ask(open_store(address)) == answer
    assert cuts.done >= 1


@pytest.mark.parametrize(
    ("what", "way"), [*(("an object", way) for way in WAYS), ("a range", "half a chunk"), ("a listing", "no byte")]
)
def test_one_that_never_comes_complete_is_a_clear_error(filled: str, what: str, way: str) -> None:
    from strata_glue.engine.failure import failure_of
    from strata_glue.store.answers import StoreUnreachable

    method, ask, _ = REQUESTS[what]
    with cutting(filled, Cuts(method, way, 10_000)) as address, pytest.raises(StoreUnreachable) as error:
        ask(open_store(address))
    message = failure_of(error.value, "").message
    assert message.startswith("incomplete response of S3 for s3://bkt/t/") and "run it again" in message


def test_no_network_is_a_clear_error(s3_store: Any) -> None:
    """boto3 repeats what it can; no other code repeats the request."""
    from botocore.exceptions import EndpointConnectionError

    from strata_glue.store.answers import StoreUnreachable, ask

    calls: list[Any] = []

    def away(**request: Any) -> Any:
        calls.append(request)
        raise EndpointConnectionError(endpoint_url="https://bkt.s3.eu-central-1.amazonaws.com/")

    with pytest.raises(StoreUnreachable, match=r"s3://bkt/k \(Could not connect to the endpoint URL"):
        ask(away, Bucket="bkt", Key="k")
    assert len(calls) == 1
