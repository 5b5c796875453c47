"""Both stores do the same; S3 is moto's, a stand-in that checks requests as AWS does and stores objects in memory."""

from __future__ import annotations

import importlib.util
import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from strata_glue.store import Store, open_store
from strata_glue.store.base import is_data_path

MOTO = os.environ.get("STRATA_MOTO_PYTHON", "")


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    if not MOTO or not Path(MOTO).exists():
        pytest.skip("moto is not installed (STRATA_MOTO_PYTHON)")
    if importlib.util.find_spec("boto3") is None:
        pytest.skip("boto3 is not installed here; Glue has it")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [MOTO, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{url}/moto-api/", timeout=1)
            break
        except OSError:
            time.sleep(0.1)
    yield url
    server.kill()
    server.wait()


@pytest.fixture(params=["local", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    if request.param == "local":
        return open_store(str(tmp_path))
    for name, value in {
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    url = request.getfixturevalue("endpoint")
    import boto3

    client = boto3.client("s3", endpoint_url=url)
    urllib.request.urlopen(urllib.request.Request(f"{url}/moto-api/reset", method="POST"))
    client.create_bucket(Bucket="bkt")
    return open_store(url)


def test_lists_visible_files_only(store: Store) -> None:
    for path in (
        "b.parquet",
        "a.parquet",
        "_x.parquet",
        ".y.parquet",
        "day=1/c.parquet",
        "_z=1/d.parquet",
        "sub/e.parquet",
    ):
        store.put("s3://bkt/t/", path, b"12345")
    assert [(file.path, file.size) for file in store.data_files("s3://bkt/t/")] == [
        ("a.parquet", 5),
        ("b.parquet", 5),
        ("day=1/c.parquet", 5),
    ]
    assert store.exists("s3://bkt/t/") and not store.exists("s3://bkt/none/")
    assert store.data_files("s3://bkt/none/") == []


def test_a_prefix_is_not_a_folder_of_the_same_beginning(store: Store) -> None:
    store.put("s3://bkt/table/", "a.parquet", b"1")
    store.put("s3://bkt/table2/", "a.parquet", b"2")
    assert [file.path for file in store.data_files("s3://bkt/table/")] == ["a.parquet"]
    store.delete_tree("s3://bkt/table/")
    assert store.exists("s3://bkt/table2/")


def test_moves_deletes_and_reads(store: Store) -> None:
    for index in range(20):
        store.put("s3://bkt/t/_strata/attempts/x/", f"{index}.parquet", bytes([index]))
    store.move_in(
        "s3://bkt/t/_strata/attempts/x/",
        "s3://bkt/t/",
        {f"{index}.parquet": f"new-{index}.parquet" for index in range(20)},
    )
    assert len(store.data_files("s3://bkt/t/")) == 20
    with store.open("s3://bkt/t/", "new-7.parquet") as stream:
        assert stream.read() == bytes([7])
    store.delete("s3://bkt/t/", ["new-7.parquet", "never there.parquet"])
    assert len(store.data_files("s3://bkt/t/")) == 19
    assert store.folders("s3://bkt/t/_strata/") in ([], ["attempts"])
    store.delete_tree("s3://bkt/t/_strata/attempts/")
    assert store.folders("s3://bkt/t/") == []


def test_strange_names(store: Store) -> None:
    location = "s3://bkt/gr ö'ße %20 & co/"
    store.put(location, "ä b.parquet", b"x")
    assert [file.path for file in store.data_files(location)] == ["ä b.parquet"]
    assert store.read_text(f"{location}ä b.parquet") == "x"


def test_more_files_than_one_request_takes(store: Store) -> None:
    for index in range(1005):
        store.put("s3://bkt/many/", f"{index}.parquet", b"x")
    assert len(store.data_files("s3://bkt/many/")) == 1005
    store.delete("s3://bkt/many/", [f"{index}.parquet" for index in range(1005)])
    assert store.data_files("s3://bkt/many/") == []


def test_a_lake_cannot_be_left(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="leads out"):
        open_store(str(tmp_path)).put("s3://bkt/../../", "x", b"")


@pytest.mark.parametrize(
    ("path", "visible"),
    [("a", True), ("_a", False), ("k=v/a", True), ("k/a", False), ("_k=v/a", False), ("k=v/.a", False)],
)
def test_visibility(path: str, visible: bool) -> None:
    assert is_data_path(path) is visible
