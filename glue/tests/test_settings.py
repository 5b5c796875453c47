"""What a job gets is known to it, or refused: never taken for something else (`--publish`, docs/architecture.md)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from conftest import Lake

from strata_glue import VERSION
from strata_glue.arguments.parse import from_mapping
from strata_glue.arguments.settings import MIB, parse_publish
from strata_glue.errors import JobInputError

TABLE = {"database": "db", "name": "d"}
ROWS = {"name": "r", "kind": "row_count", "rows": {"min": 1}}

REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"write": "upsert"}, "`write` is `upsert`, which is none of replace, append, replace_partitions, merge"),
    ({"write": ["append"]}, "`write` is `['append']`"),
    ({"format": "delta"}, "`format` is `delta`, which is none of parquet, iceberg"),
    ({"compression": "lz4"}, "`compression` is `lz4`, which is none of zstd, snappy, gzip, none"),
    ({"strata": 2}, "does not know the key `strata`"),
    ({"cluster_by": ["a"]}, "does not know the key `cluster_by`"),
    ({"partition_by": "day"}, "`partition_by` is `day`, which is no list of names"),
    ({"merge_key": [1]}, "`merge_key`"),
    ({"params": "a"}, "`params`"),
    ({"file_size_mib": "128"}, "`file_size_mib` is `128`, which is no number above 0"),
    ({"file_size_mib": 0}, "no number above 0"),
    ({"keep": -1}, "`keep` is `-1`, which is no number from 0"),
    ({"keep": True}, "`keep`"),
    ({"skip_unchanged": "false"}, "`skip_unchanged` is `false`, which is neither true nor false"),
    ({"table": TABLE}, "`table` belongs to the format iceberg"),
    ({"format": "iceberg"}, "`table` belongs to the format iceberg"),
    ({"format": "iceberg", "table": {"name": "d"}}, "`database` is missing"),
    ({"format": "iceberg", "table": {**TABLE, "catalog": "x"}}, "the key `catalog`"),
    ({"tables": [{"location": "s3://b/t/", **TABLE, "branch": "x"}]}, "the key `branch`"),
    ({"sources": [{"location": "s3://b/t/", "columns": ["a"]}]}, "`columns` is `['a']`, which is no list of pairs"),
    ({"sources": [{"location": "s3://b/t/", "columns": [], "format": "csv"}]}, "the key `format`"),
    ({"tables": {}}, "`tables` is `{}`, which is no list"),
    ({"write": "merge", "merge_key": ["a"]}, "merge needs the format iceberg"),
    ({"write": "merge", "format": "iceberg", "table": TABLE}, "merge needs a `merge_key`"),
    ({"write": "replace_partitions"}, "replace_partitions needs `partition_by`"),
    ({"expectations": [{**ROWS, "severity": "fatal"}]}, "`severity` is `fatal`, which is none of error, warn"),
    ({"expectations": [{**ROWS, "where": "a > 1"}]}, "`expectations` 1 in --publish of d: this job does not know"),
    ({"expectations": [{**ROWS, "rows": {"least": 1}}]}, "the key `least`"),
    ({"expectations": [{**ROWS, "rows": {"min": "1"}}]}, "`min`"),
    ({"expectations": [{"name": "n", "kind": "k"}]}, "exactly one of"),
    ({"expectations": [{**ROWS, "failing": "a IS NULL"}]}, "exactly one of"),
    ({"expectations": ["x"]}, "it is no JSON object"),
    (
        {"expectations": [{"name": "n", "kind": "k", "count": "SELECT", "reads": [{"view": "v", "path": "x"}]}]},
        "`location` is missing",
    ),
]


@pytest.mark.parametrize(("settings", "message"), REFUSED, ids=lambda each: json.dumps(each)[:60])
def test_what_is_not_known_is_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(JobInputError) as error:
        parse_publish(json.dumps({"d": settings}))
    text = str(error.value)
    assert message in text and "--publish of d" in text and VERSION in text and "deploy again" in text


@pytest.mark.parametrize("text", ["[]", "1", '{"d": []}', '{"d": null}', "{"])
def test_what_is_no_object_is_refused(text: str) -> None:
    with pytest.raises(JobInputError, match="--publish"):
        parse_publish(text)


def test_every_key_is_read() -> None:
    expectation = {
        "name": "n",
        "kind": "newest",
        "severity": "warn",
        "newest": "max(a)",
        "within_seconds": 60,
        "of": None,
        "quick": "q",
        "sample": "s",
        "reads": [{"view": "v", "location": "s3://b/x/"}],
    }
    given = {
        "write": "merge",
        "format": "iceberg",
        "partition_by": ["k"],
        "merge_key": ["a"],
        "file_size_mib": 0.5,
        "compression": "gzip",
        "keep": 3,
        "skip_unchanged": True,
        "params": [],
        "table": TABLE,
        "tables": [{"location": "s3://b/t", **TABLE}],
        "sources": [{"location": "s3://b/s", "columns": [["a", "int"]]}],
        "expectations": [expectation, {**ROWS, "rows": {"min": 1, "max": None, "change": 0.5}}],
    }
    read = parse_publish(json.dumps({"d": given}))["d"]
    assert (read.write, read.format, read.partition_by, read.merge_key) == ("merge", "iceberg", ("k",), ("a",))
    assert (read.file_size, read.compression, read.keep, read.skip_unchanged) == (MIB // 2, "gzip", 3, True)
    assert (read.params, read.tables[0][0], read.table) == ((), "s3://b/t/", read.tables[0][1])
    assert read.sources == (("s3://b/s/", (("a", "int"),)),)
    assert [(each.severity, each.within_seconds) for each in read.expectations] == [("warn", 60), ("error", 0)]
    assert parse_publish(json.dumps({"d": {}}))["d"].params is None


def test_a_job_that_does_not_know_a_write_mode_empties_nothing(lake: Lake, dataset: Any) -> None:
    """A newer compiler with an older job: before, the mode was taken for `replace`."""
    lake.write("s3://b/raw/", {"a": [1, 2]})
    group = dataset("d", "SELECT a FROM t", {"t": "s3://b/raw/"})
    lake.run(group)
    lake.write("s3://b/raw/", {"a": [3]})
    result, events = lake.run(group, publish=json.dumps({"d": {"write": "merge_rows"}}))
    assert result.status == "FAILED" and "`write` is `merge_rows`" in (result.error or "")
    assert events == {} and lake.read("s3://b/out/d/") == [{"a": 1}, {"a": 2}]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"concurrency": "0"}, "--concurrency"),
        ({"datasets": '["a", 1]'}, "--datasets"),
        ({"datasets": '{"a": 1}'}, "--datasets"),
        ({"grouplist": "[]"}, "unknown argument --grouplist"),
    ],
)
def test_arguments_of_the_local_worker_are_known_or_refused(arguments: dict[str, str], message: str) -> None:
    with pytest.raises(JobInputError, match=message):
        from_mapping({"group_list": "[]", **arguments})
