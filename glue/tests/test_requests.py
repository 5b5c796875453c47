"""The requests of a commit to S3: one copy and one delete a file, one list of a folder, whatever it contains.

By boto3's events, so the engine's own requests are not among them. Attempts without an engine: files are put where one
would write them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pytest

from strata_glue.contract import Column, RecordFile
from strata_glue.read.content import read_content
from strata_glue.target.attempt import Origin
from strata_glue.target.parquet.attempt import NewContent, ParquetAttempt

TARGET = "s3://bkt/gold/t/"
PREFIX = "gold/t/"


@dataclass
class Requests:
    """Every request of a store, by operation."""

    copied: Counter[str] = field(default_factory=Counter)
    deleted: Counter[str] = field(default_factory=Counter)
    listed: Counter[str] = field(default_factory=Counter)
    operations: Counter[str] = field(default_factory=Counter)

    def watch(self, client: Any) -> None:
        client.meta.events.register("provide-client-params.s3.*", self._note)

    def _note(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        self.operations[model.name] += 1
        if model.name == "CopyObject":
            self.copied[params["CopySource"]["Key"]] += 1
        if model.name == "DeleteObjects":
            self.deleted.update(each["Key"] for each in params["Delete"]["Objects"])
        if model.name == "ListObjectsV2":
            self.listed[params["Prefix"]] += 1

    def clear(self) -> None:
        for counter in (self.copied, self.deleted, self.listed, self.operations):
            counter.clear()


@pytest.fixture
def requests(store):
    watched = Requests()
    watched.watch(store.client)
    return watched


def commit(store, name: str, files: int, write: str = "replace") -> tuple[str, list[str], list[str]]:
    """Commits files; returns the attempt's folder, the names in it and the names in the target."""
    attempt = ParquetAttempt.begin(store, TARGET, Origin("p", "s", "d", name, f"{name}-0123456789ab"))
    staged = [f"{index}.parquet" for index in range(files)]
    for each in staged:
        store.put(attempt.location, each, b"x")
    found = attempt.written()
    names = [f"part-{index:05d}-{name}-0123456789ab.parquet" for index in range(files)]
    content = tuple(
        RecordFile(new, 1, file.size, attempt.folder + file.path) for new, file in zip(names, found, strict=True)
    )
    attempt.commit(NewContent(write, content, (Column("a", "int"),), (), {}, 0))
    return (
        PREFIX + attempt.folder,
        [PREFIX + attempt.folder + each for each in staged],
        [PREFIX + each for each in names],
    )


pytestmark = pytest.mark.parametrize("store", ["s3"], indirect=True)


@pytest.mark.parametrize("files", [1, 7, 1001])  # 1,000 are what one request lists or deletes
def test_replacing_costs_a_copy_and_a_delete_a_file_and_a_list_a_folder(store, requests, files):
    _, _, old = commit(store, "one", files)
    requests.clear()
    folder, staged, new = commit(store, "two", files)
    assert requests.copied == Counter(staged)
    assert requests.deleted == Counter([*staged, *old])  # each object that goes, once
    assert requests.listed == Counter(
        {PREFIX: -(-(files + 1) // 1000), folder: -(-files // 1000)} if files > 999 else {PREFIX: 1, folder: 1}
    )
    batches = -(-files // 1000)
    assert requests.operations["DeleteObjects"] == 2 * batches
    assert requests.operations["DeleteObject"] == 0
    # The files, which an engine writes elsewhere; then the record twice: committed, published.
    assert requests.operations["PutObject"] == files + 2
    assert requests.operations["HeadObject"] == 0
    assert sorted(file.path for file in store.list(TARGET)) == sorted(
        [name.removeprefix(PREFIX) for name in new] + ["_strata/commit.json"]
    )


def test_appending_requests_nothing_of_the_existing_files(store, requests):
    commit(store, "one", 20)
    requests.clear()
    _, staged, _ = commit(store, "two", 2, write="append")
    assert requests.copied == Counter(staged)
    assert requests.deleted == Counter(staged)


def test_a_reader_lists_once(store, requests):
    commit(store, "one", 20)
    requests.clear()
    assert len(read_content(store, TARGET).files) == 20
    assert requests.listed == Counter({PREFIX: 1})
    assert requests.operations == Counter({"GetObject": 1, "ListObjectsV2": 1})
