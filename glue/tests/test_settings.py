"""What a job gets is known to it, or refused: never taken for something else (`--publish`, docs/job.md)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from conftest import Lake

from strata_glue.arguments.group import parse_group
from strata_glue.arguments.parse import from_mapping
from strata_glue.arguments.settings import MIB, file_size, parse_publish
from strata_glue.contract import VERSION, PublishSettings
from strata_glue.engine.params import read_params
from strata_glue.errors import JobInputError
from strata_glue.payload import as_json

TABLE = {"database": "db", "name": "d"}
ROWS = {"name": "r", "kind": "row_count", "rows": {"min": 1}}

UNIQUE = {"name": "u", "kind": "unique", "count": "SELECT", "quick": "SELECT", "sample": "SELECT"}
WHOLE = "which is not a whole number from"

REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"write": "upsert"}, "`write` is `upsert`, but this job knows only replace, append, replace_partitions, merge"),
    ({"write": ["append"]}, "`write` is a list, but this job knows only"),
    ({"format": "delta"}, "`format` is `delta`, but this job knows only parquet, iceberg"),
    ({"compression": "lz4"}, "`compression` is `lz4`, but this job knows only zstd, snappy, gzip, none"),
    ({"strata": 2}, "does not know the key `strata`"),
    ({"cluster_by": ["a"]}, "does not know the key `cluster_by`"),
    ({"partition_by": "day"}, "`partition_by` is `day`, which is not a list"),
    ({"merge_key": [1]}, "`merge_key[0]` is `1`, which is not a text"),
    ({"params": "a"}, "`params`"),
    ({"file_size_mib": "128"}, f"`file_size_mib` is `128`, {WHOLE} 1 to 4096"),
    ({"file_size_mib": 0}, f"`file_size_mib` is `0`, {WHOLE} 1 to 4096"),
    ({"file_size_mib": 0.5}, f"`file_size_mib` is `0.5`, {WHOLE} 1 to 4096"),
    ({"file_size_mib": float("nan")}, f"`file_size_mib` is `NaN`, {WHOLE}"),
    ({"file_size_mib": 10**400}, f"{WHOLE} 1 to 4096"),
    ({"keep": -1}, f"`keep` is `-1`, {WHOLE} 0 to 100"),
    ({"keep": True}, f"`keep` is `true`, {WHOLE} 0 to 100"),
    ({"skip_unchanged": "false"}, "`skip_unchanged` is `false`, which is neither true nor false"),
    ({"skip_unchanged": 1}, "`skip_unchanged` is `1`, which is neither true nor false"),
    ({"table": TABLE}, "`table` belongs to the format iceberg"),
    ({"format": "iceberg"}, "`table` belongs to the format iceberg"),
    ({"format": "iceberg", "table": {"name": "d"}}, "`table.database` is missing"),
    ({"format": "iceberg", "table": {**TABLE, "catalog": "x"}}, "the key `table.catalog`"),
    ({"format": "iceberg", "table": "d"}, "`table` is `d`, which is not an object"),
    ({"tables": [{"location": "s3://b/t/", **TABLE, "branch": "x"}]}, "the key `tables[0].branch`"),
    (
        {"sources": [{"location": "s3://b/t/", "columns": ["a"]}]},
        "`sources[0].columns[0]` is `a`, which is not a list of 2",
    ),
    (
        {"sources": [{"location": "s3://b/t/", "columns": [["a", 1]]}]},
        "`sources[0].columns[0][1]` is `1`, which is not",
    ),
    ({"sources": [{"location": "s3://b/t/", "columns": [], "format": "csv"}]}, "the key `sources[0].format`"),
    ({"tables": {}}, "`tables` is an object, which is not a list"),
    ({"write": "merge", "merge_key": ["a"]}, "merge needs the format iceberg"),
    ({"write": "merge", "format": "iceberg", "table": TABLE}, "merge needs a `merge_key`"),
    ({"write": "replace_partitions"}, "replace_partitions needs `partition_by`"),
    (
        {"expectations": [{**ROWS, "severity": "fatal"}]},
        "`expectations[0].severity` is `fatal`, but this job knows only",
    ),
    ({"expectations": [{**ROWS, "where": "a > 1"}]}, "this job does not know the key `expectations[0].where`"),
    ({"expectations": [ROWS, {**ROWS, "rows": {"least": 1}}]}, "the key `expectations[1].rows.least`"),
    ({"expectations": [{**ROWS, "rows": {"min": "1"}}]}, f"`expectations[0].rows.min` is `1`, {WHOLE} 0"),
    (
        {"expectations": [{**ROWS, "rows": {"change": -1}}]},
        "`expectations[0].rows.change` is `-1`, which is not a number from 0",
    ),
    (
        {"expectations": [{"name": "n", "kind": "median"}]},
        "`expectations[0].kind` is `median`, but this job knows only not_null",
    ),
    ({"expectations": [{"name": "n", "kind": ["unique"]}]}, "`expectations[0].kind` is a list, but"),
    ({"expectations": [{"name": "n"}]}, "`expectations[0].kind` is `null`, but this job knows only"),
    ({"expectations": [{"name": "n", "kind": "unique"}]}, "`expectations[0].count` is missing"),
    ({"expectations": [{**ROWS, "failing": "a IS NULL"}]}, "does not know the key `expectations[0].failing`"),
    ({"expectations": ["x"]}, "`expectations[0]` is `x`, which is not an object"),
    ({"expectations": [{**UNIQUE, "kind": "references", "reads": []}]}, "the key `expectations[0].quick`"),
    (
        {"expectations": [{"name": "n", "kind": "references", "count": "", "sample": "", "reads": [{"view": "v"}]}]},
        "`expectations[0].reads[0].location` is missing",
    ),
]


@pytest.mark.parametrize(("settings", "message"), REFUSED, ids=lambda each: str(each)[:60])
def test_what_is_not_known_is_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(JobInputError) as error:
        parse_publish(json.dumps({"d": settings}))
    text = str(error.value)
    assert message in text and "--publish of d" in text and VERSION in text and "deploy again" in text


def test_all_mistakes_are_reported_at_once() -> None:
    settings = {"d": {"write": "upsert", "keep": -1, "tables": [{}]}, "e": {}, "f": {"write": "merge"}}
    with pytest.raises(JobInputError) as error:
        parse_publish(json.dumps(settings))
    for part in ("of d: `write`", "; `keep` is", "`tables[0].location`", "--publish of f: ", "iceberg", "`merge_key`"):
        assert part in str(error.value)
    with pytest.raises(JobInputError, match=r"`merge_key\[4\]`[^;]*; and 4 more$"):
        parse_publish(json.dumps({"d": {"merge_key": [1] * 9}}))
    with pytest.raises(JobInputError, match=r"--publish of d4: [^;]*; and of 495 more datasets$"):
        parse_publish(json.dumps({f"d{index}": {"keep": -1} for index in range(500)}))


@pytest.mark.parametrize(
    ("settings", "unknown"),
    [
        ({"write": "upsert"}, "`upsert`"),
        ({"cluster_by": []}, "`cluster_by`"),
        ({"expectations": [{"name": "n", "kind": "median"}]}, "`median`"),
    ],
)
def test_the_version_that_would_know_it_is_named(settings: dict[str, Any], unknown: str) -> None:
    with pytest.raises(JobInputError) as error:
        parse_publish(json.dumps({"d": settings}), "99.1.0")
    text = str(error.value)
    assert unknown in text and f"job of Strata {VERSION}, but Strata 99.1.0 compiled the pipeline" in text
    assert "deploy the job of that version" in text


@pytest.mark.parametrize("text", ["[]", "1", '{"d": []}', '{"d": null}', "{", "[" * 100_000])
def test_what_is_not_an_object_is_refused(text: str) -> None:
    with pytest.raises(JobInputError, match="--publish"):
        parse_publish(text)


def test_every_key_is_read() -> None:
    fresh = {"name": "n", "kind": "freshness", "severity": "warn", "newest": "max(a)", "within_seconds": 60, "of": None}
    refers = {
        "name": "r",
        "kind": "references",
        "count": "c",
        "sample": "s",
        "reads": [{"view": "v", "location": "s3://b/x/"}],
    }
    rows = {**ROWS, "rows": {"min": 1, "max": None, "change": 0.5}}
    given = {
        "write": "merge",
        "format": "iceberg",
        "partition_by": ["k"],
        "merge_key": ["a"],
        "file_size_mib": 64.0,
        "compression": "gzip",
        "keep": 3,
        "skip_unchanged": True,
        "params": [],
        "waits_for": ["x"],
        "table": TABLE,
        "tables": [{"location": "s3://b/t/", **TABLE}],
        "sources": [{"location": "s3://b/s/", "columns": [["a", "int"]]}],
        "expectations": [fresh, rows, refers, UNIQUE],
    }
    read = parse_publish(json.dumps({"d": given}))["d"]
    assert as_json(read) == json.loads(
        json.dumps(
            {
                **as_json(PublishSettings()),
                **given,
                "file_size_mib": 64,
                "expectations": [
                    {key: value for key, value in fresh.items() if value is not None},
                    {**ROWS, "severity": "error", "rows": {"min": 1, "change": 0.5}},
                    {**refers, "severity": "error"},
                    {**UNIQUE, "severity": "error"},
                ],
            }
        )
    )
    assert file_size(read) == 64 * MIB and (read.partition_by, read.merge_key) == (("k",), ("a",))
    assert parse_publish(json.dumps({"d": {}}))["d"] == PublishSettings()


def test_a_job_that_does_not_know_a_write_mode_empties_nothing(lake: Lake, dataset: Any) -> None:
    """A newer compiler with an older job: before, the mode was taken for `replace`."""
    lake.write("s3://b/raw/", {"a": [1, 2]})
    group = dataset("d", "SELECT a FROM t", {"t": "s3://b/raw/"})
    lake.run(group)
    lake.write("s3://b/raw/", {"a": [3]})
    result, events = lake.run(group, publish=json.dumps({"d": {"write": "merge_rows"}}), written_by="99.1.0")
    error = result.error or ""
    assert result.status == "FAILED" and "`write` is `merge_rows`" in error and "Strata 99.1.0 compiled" in error
    assert events == {} and lake.read("s3://b/out/d/") == [{"a": 1}, {"a": 2}]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"concurrency": "0"}, "--concurrency"),
        ({"datasets": '["a", 1]'}, "--datasets"),
        ({"datasets": '{"a": 1}'}, "--datasets"),
        ({"datasets": "[" * 100_000}, "--datasets"),
        ({"grouplist": "[]"}, "does not know the key `--grouplist`"),
    ],
)
def test_arguments_of_the_local_worker_are_known_or_refused(arguments: dict[str, str], message: str) -> None:
    with pytest.raises(JobInputError, match=message):
        from_mapping({"group_list": "[]", **arguments})


@pytest.mark.parametrize("value", ["null", "[]", "[1]", "{}"])
def test_the_value_of_a_parameter_is_a_scalar(value: str) -> None:
    """`str` would make a text of each."""
    with pytest.raises(JobInputError, match="the value of parameter `p` is not a valid string"):
        read_params(f'{{"p": {value}}}', {"p": "string"})


@pytest.mark.parametrize(
    ("types", "message"),
    [
        ('{"p": "interval"}', "`--param_types.p` is `interval`, but this job knows only string, int, "),
        ('{"p": []}', "`--param_types.p` is a list, but this job knows only"),
        ('{"p": null}', "`--param_types.p` is `null`, but"),
        ("[" * 100_000, "which is not an object"),
    ],
)
def test_types_of_parameters_are_known(types: str, message: str) -> None:
    """A newer compiler's type is refused with the version that knows it."""
    with pytest.raises(JobInputError) as caught:
        from_mapping({"group_list": "[]", "param_types": types, "written_by": "99.0.0"})
    assert message in str(caught.value) and "Strata 99.0.0 compiled the pipeline" in str(caught.value)


def test_a_group_that_is_nested_without_end_is_refused() -> None:
    with pytest.raises(JobInputError, match="--group_list is not JSON"):
        parse_group("[" * 100_000)
