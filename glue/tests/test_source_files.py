"""Files of one source that differ, folders of partitions, files of others: one decision, the same on every engine."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet

from strata_glue.store import open_store, survey
from strata_glue.store.base import is_visible

INT, LONG, FLOAT = pa.int32(), pa.int64(), pa.float32()
D = Decimal
DIFFERENT: dict[str, tuple[list[dict[str, Any]], Any]] = {
    # name: (a table a file, type and values of `v`; or what the message says)
    "new column": ([{"k": [1]}, {"k": [2], "v": ["late"]}], ("string", [None, "late"])),
    "missing column": ([{"v": ["early"]}, {"k": [2]}], ("string", ["early", None])),
    "another order": ([{"k": [1], "v": ["a"]}, {"v": ["b"], "k": [2]}], ("string", ["a", "b"])),
    "another case": ([{"V": ["a"]}, {"v": ["b"]}], ("string", ["a", "b"])),
    "int then bigint": ([{"v": pa.array([1], INT)}, {"v": [2**40]}], ("bigint", [1, 2**40])),
    "bigint then int": ([{"v": [2**40]}, {"v": pa.array([1], INT)}], ("bigint", [2**40, 1])),
    "tinyint, smallint, int": (
        [{"v": pa.array([index], kind)} for index, kind in enumerate([pa.int8(), pa.int16(), INT])],
        ("int", [0, 1, 2]),
    ),
    "unsigned and signed": ([{"v": pa.array([2**32 - 1], pa.uint32())}, {"v": [-1]}], ("bigint", [2**32 - 1, -1])),
    "float and double": ([{"v": pa.array([1.5], FLOAT)}, {"v": [2.5]}], ("double", [1.5, 2.5])),
    "int and double": ([{"v": pa.array([2**31 - 1], INT)}, {"v": [0.5]}], ("double", [2.0**31 - 1, 0.5])),
    "int and float": (
        [{"v": pa.array([2**31 - 1], INT)}, {"v": pa.array([0.5], FLOAT)}],
        ("double", [2.0**31 - 1, 0.5]),
    ),
    "decimals": (
        [{"v": pa.array([D("1.25")], pa.decimal128(5, 2))}, {"v": pa.array([D("12345.6")], pa.decimal128(9, 1))}],
        ("decimal(10,2)", [D("1.25"), D("12345.60")]),
    ),
    "int and decimal": (
        [{"v": pa.array([2**31 - 1], INT)}, {"v": pa.array([D("1.25")], pa.decimal128(5, 2))}],
        ("decimal(12,2)", [D(2**31 - 1), D("1.25")]),
    ),
    "days and local times": (
        [{"v": [date(2020, 1, 31)]}, {"v": pa.array([datetime(2020, 2, 1, 12)], pa.timestamp("us"))}],
        ("timestamp_ntz", [datetime(2020, 1, 31), datetime(2020, 2, 1, 12)]),
    ),
    "nothing but NULL": ([{"v": pa.nulls(1)}, {"v": ["a"]}, {"v": pa.nulls(1)}], ("string", [None, "a", None])),
    "text and categories": ([{"v": ["a"]}, {"v": pa.array(["b"]).dictionary_encode()}], ("string", ["a", "b"])),
    "structs alike": ([{"v": [{"a": 1}]}, {"v": [{"a": 2}]}], ("struct<a:bigint>", [{"a": 1}, {"a": 2}])),
    "text in an int": (
        [{"v": pa.array([1], INT)}, {"v": ["abc"]}],
        "source table `t` (s3://b/raw/text_in_an_int/): column `v` is int in 0.parquet and string in 1.parquet",
    ),
    "bigint and double": ([{"v": [1]}, {"v": [0.5]}], "column `v` is bigint in 0.parquet and double in 1.parquet"),
    "instants and local times": (
        [{"v": pa.array([datetime(2020, 1, 1)], pa.timestamp("us", tz))} for tz in ("UTC", None)],
        "timestamp in 0.parquet and timestamp_ntz in 1.parquet",
    ),
    "decimals beyond 38 digits": (
        [{"v": pa.array([D(1)], pa.decimal128(38, 0))}, {"v": pa.array([D("0.5")], pa.decimal128(5, 2))}],
        "decimal(38,0) in 0.parquet and decimal(5,2) in 1.parquet",
    ),
    "text and bytes": ([{"v": ["a"]}, {"v": [b"a"]}], "string in 0.parquet and binary in 1.parquet"),
    "structs that differ": (
        [{"v": [{"a": 1}]}, {"v": [{"a": 1, "b": 2}]}],
        "struct<a:bigint> in 0.parquet and struct<a:bigint,b:bigint> in 1.parquet",
    ),
    "widened, then not": (
        [{"v": pa.array([1], INT)}, {"v": [2]}, {"v": ["x"]}],
        "column `v` is bigint in 1.parquet and string in 2.parquet",
    ),
    "two by case in one file": (
        [pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["v", "V"])],
        "0.parquet has the columns `v` and `V`",
    ),
}


def location(name: str) -> str:
    return f"s3://b/raw/{name.replace(' ', '_').replace(',', '')}/"


def key(name: str) -> str:
    return name.replace(" ", "_").replace(",", "")


def put(lake: Any, place: str, path: str, table: Any) -> None:
    file = lake.path(place) / path
    file.parent.mkdir(parents=True, exist_ok=True)
    parquet.write_table(table if isinstance(table, pa.Table) else pa.table(table), file)


def result_of(lake: Any, event: dict[str, Any]) -> Any:
    """Type and values of `v` as committed, in the order of `n`; or the message."""
    if event["status"] != "SUCCEEDED":
        return f"{event['error']['class']}: {event['error']['message']}"
    target = lake.path(event["target"])
    schema = json.loads((target / "_strata" / "commit.json").read_text())["schema"]
    rows = [row for file in target.glob("*.parquet") for row in parquet.ParquetFile(file).read().to_pylist()]
    kind = next(each["type"] for each in schema if each["name"] == "v")
    return kind, [row["v"] for row in sorted(rows, key=lambda row: row["n"])]


def check(
    lake: Any, events: dict[str, Any], expected: dict[str, Any], declared: Callable[[str], bool] = lambda name: False
) -> None:
    """`declared`: true for a name whose message is about what is declared."""
    found = {name: result_of(lake, events[key(name)]) for name in expected}
    for name, value in expected.items():
        if isinstance(value, str):
            kind = "SOURCE_COLUMNS" if declared(name) else "SOURCE_BROKEN"
            assert str(found[name]).startswith(f"{kind}: "), (name, found[name])
            assert value in str(found[name]), (name, found[name])
        else:
            assert (name, found[name]) == (name, value)


def numbered(table: Any, index: int) -> Any:
    """The table with its file's number in a column of its own."""
    table = table if isinstance(table, pa.Table) else pa.table(table)
    return table.append_column("n", pa.array([index], pa.int32()))


def test_files_that_differ(lake, dataset):
    for name, (files, _) in DIFFERENT.items():
        for index, table in enumerate(files):
            put(lake, location(name), f"{index}.parquet", numbered(table, index))
    _, events = lake.run(*[dataset(key(name), "SELECT v, n FROM t", {"t": location(name)}) for name in DIFFERENT])
    check(lake, events, {name: expected for name, (_, expected) in DIFFERENT.items()})


DECLARED: dict[str, tuple[Any, str, Any]] = {
    # name: (column of the file, declared type, type and values; or what the message says)
    "int as bigint": (pa.array([1], INT), "bigint", ("bigint", [1])),
    "int as long": (pa.array([1], INT), "LONG", ("bigint", [1])),
    "int as double": (pa.array([1], INT), "double", ("double", [1.0])),
    "decimal": (pa.array([D("1.25")], pa.decimal128(5, 2)), "decimal( 12 , 3 )", ("decimal(12,3)", [D("1.250")])),
    "varchar": (pa.array(["a"]), "varchar(3)", ("string", ["a"])),
    "array": (pa.array([[1]]), "Array<Long>", ("array<bigint>", [[1]])),
    "struct": (pa.array([{"a": 1}]), "struct<a: bigint>", ("struct<a:bigint>", [{"a": 1}])),
    "bigint as int": (
        pa.array([1]),
        "int",
        "column `v` is bigint in 0.parquet, and declared as int, which cannot represent every bigint",
    ),
    "text as int": (pa.array(["1"]), "int", "declared as int, which cannot represent every string"),
    "another struct": (pa.array([{"a": 1}]), "struct<b: bigint>", "declared as struct<b: bigint>"),
    "int as decimal": (pa.array([1], INT), "dec(12,2)", ("decimal(12,2)", [D("1.00")])),
    "int as a short decimal": (
        pa.array([1], INT),
        "decimal(11,2)",
        "is int in 0.parquet, and declared as decimal(11,2)",
    ),
    "day as local time": (pa.array([date(2020, 1, 31)]), "timestamp_ntz", ("timestamp_ntz", [datetime(2020, 1, 31)])),
    "day as instant": (pa.array([date(2020, 1, 31)]), "timestamp", "is date in 0.parquet, and declared as timestamp"),
    "int as text": (pa.array([1], INT), "string", "is int in 0.parquet, and declared as string"),
    "nothing as text": (pa.nulls(1), "string", ("string", [None])),
    "text as nothing": (pa.array(["a"]), "void", ("string", ["a"])),
    "struct in another case": (pa.array([{"a": 1}]), "STRUCT<`A` : BIGINT>", ("struct<a:bigint>", [{"a": 1}])),
    "struct with an odd field": (
        pa.array([{"a,b:<c>`": 1}]),
        "array<int>",
        "is struct<`a,b:<c>```:bigint> in 0.parquet, and declared as array<int>",
    ),
    "map": (
        pa.array([[("k", [1])]], pa.map_(pa.string(), pa.list_(INT))),
        "map<string, array<integer>>",
        (
            "map<string,array<int>>",
            [[("k", [1])]],
        ),
    ),
}


def declaring(columns: dict[str, dict[str, str]]) -> str:
    """The argument --publish, as compiler/emit/job/publish.ts writes it."""
    return json.dumps(
        {
            key(name): {"sources": [{"location": location(name), "columns": [list(each) for each in declared.items()]}]}
            for name, declared in columns.items()
        }
    )


def test_declared_types_of_columns(lake, dataset):
    for name, (column, _, _) in DECLARED.items():
        put(lake, location(name), "0.parquet", {"V": column, "n": pa.array([0], pa.int32())})
    publish = declaring({name: {"v": kind, "N": "int"} for name, (_, kind, _) in DECLARED.items()})
    _, events = lake.run(
        *[dataset(key(name), "SELECT v AS v, n FROM t", {"t": location(name)}) for name in DECLARED], publish=publish
    )
    check(
        lake,
        events,
        {
            name: expected.replace("`v`", "`V`") if isinstance(expected, str) else expected
            for name, (_, _, expected) in DECLARED.items()
        },
        DECLARED.__contains__,
    )


PARTITIONS: dict[str, tuple[list[str], str | None, Any]] = {
    # name: (folders, declared type, type and values; or what the message says)
    "numbers": (["v=1", "v=-20", "v=0"], None, ("int", [1, -20, 0])),
    "large numbers": (["v=1", "v=9223372036854775807"], None, ("bigint", [1, 2**63 - 1])),
    "larger than bigint": (["v=1", "v=9223372036854775808"], None, ("string", ["1", "9223372036854775808"])),
    "padded": (["v=007", "v=08028"], None, ("string", ["007", "08028"])),
    "one padded": (["v=7", "v=08"], None, ("string", ["7", "08"])),
    "hours": (["v=00", "v=23"], None, ("string", ["00", "23"])),
    "plus": (["v=+1"], None, ("string", ["+1"])),
    "minus nothing": (["v=-0"], None, ("string", ["-0"])),
    "exponent": (["v=1e3"], None, ("string", ["1e3"])),
    "hexadecimal": (["v=0x10"], None, ("string", ["0x10"])),
    "other digits": (["v=٣"], None, ("string", ["٣"])),
    "days": (["v=2020-02-29", "v=0001-01-01"], None, ("date", [date(2020, 2, 29), date(1, 1, 1)])),
    "no day": (["v=2020-02-29", "v=2021-02-29"], None, ("string", ["2020-02-29", "2021-02-29"])),
    "mixed": (["v=1", "v=2020-01-01"], None, ("string", ["1", "2020-01-01"])),
    "with null": (["v=1", "v=__HIVE_DEFAULT_PARTITION__"], None, ("int", [1, None])),
    "only null": (["v=__HIVE_DEFAULT_PARTITION__"], None, ("string", [None])),
    "escaped": (
        ["v=a%2Fb", "v=x%25y", "v=a+b", "v=a b", "v=%zz"],
        None,
        ("string", ["a/b", "x%y", "a+b", "a b", "%zz"]),
    ),
    "escaped bytes of UTF-8": (["v=%C3%9C", "v=Ü"], None, ("string", ["Ü", "Ü"])),
    "escaped bytes outside UTF-8": (["v=%FF", "v=%C3", "v=a%C3b"], None, ("string", ["ÿ", "Ã", "aÃb"])),
    "equal signs": (["v=a=", "v==b"], None, ("string", ["a=", "=b"])),
    "declared text": (["v=007", "v=1"], "string", ("string", ["007", "1"])),
    "declared int": (["v=007", "v=+1"], "int", ("int", [7, 1])),
    "declared bigint": (["v=1"], "bigint", ("bigint", [1])),
    "declared day as text": (["v=2020-01-01"], "string", ("string", ["2020-01-01"])),
    "declared decimal": (["v=1.5"], "decimal(5,2)", ("decimal(5,2)", [D("1.50")])),
    "declared boolean": (["v=true"], "boolean", ("boolean", [True])),
    "declared local time": (
        ["v=2020-01-01 10%3A00%3A00"],
        "timestamp_ntz",
        ("timestamp_ntz", [datetime(2020, 1, 1, 10)]),
    ),
    "declared otherwise": (
        ["v=1", "v=abc"],
        "int",
        "column `v` is in the names of folders, where `abc` is not a valid int, as it is declared",
    ),
    "declared too small": (["v=300"], "tinyint", "`300` is not a valid tinyint"),
    "no day declared": (["v=2021-02-29"], "date", "`2021-02-29` is not a valid date"),
    "declared nested": (["v=1"], "array<int>", "declare it as string"),
    "a name in two cases": (
        ["v=1", "V=2"],
        None,
        "files in V=2/ and v=1/ have different partition columns",
    ),
    "two depths": (["v=1", "v=1/w=2"], None, "have different partition columns"),
    "beside files": ([".", "v=1"], None, "files in the table's own folder and v=1/ have different"),
    "twice in a path": (["v=1/v=2"], None, "v=1/v=2/ names the partition column `v` twice: give every level"),
    "twice in two cases": (["v=1/V=2"], None, "v=1/V=2/ names the partition column `"),
    "no value": (["v="], None, "has no name before its `=`, or no value after it"),
    "no name": (["=1"], None, "has no name before its `=`"),
}


def test_partition_values(lake, dataset):
    for name, (folders, _, _) in PARTITIONS.items():
        for index, folder in enumerate(folders):
            put(lake, location(name), f"{folder}/f.parquet", {"n": [index]})
    publish = declaring({name: {"v": kind} for name, (_, kind, _) in PARTITIONS.items() if kind is not None})
    _, events = lake.run(
        *[dataset(key(name), "SELECT v, n FROM t", {"t": location(name)}) for name in PARTITIONS], publish=publish
    )
    expected = {name: expected for name, (_, _, expected) in PARTITIONS.items()}
    check(lake, events, expected, lambda name: PARTITIONS[name][1] is not None)


def test_a_folder_wins_over_a_column_of_its_name(lake, dataset):
    """As on Spark: its name, its value, the column's place."""
    put(lake, location("over"), "COL=1/f.parquet", {"a": [1], "col": ["x"], "b": [2]})
    result, events = lake.run(dataset("d", "SELECT * FROM t", {"t": location("over")}))
    assert result.status == "SUCCEEDED", events
    assert [list(row.items()) for row in lake.read("s3://b/out/d/")] == [[("a", 1), ("COL", 1), ("b", 2)]]


def test_partitions_and_files_that_differ_at_once(lake, dataset):
    put(lake, location("both"), "day=01/f.parquet", {"n": [1], "v": pa.array([1], INT)})
    put(lake, location("both"), "day=02/f.parquet", {"N": [2], "new": ["x"], "v": [2**40]})
    result, events = lake.run(dataset("d", "SELECT day, n, v, new FROM t ORDER BY n", {"t": location("both")}))
    assert result.status == "SUCCEEDED", events
    assert lake.read("s3://b/out/d/") == [
        {"day": "01", "n": 1, "v": 1, "new": None},
        {"day": "02", "n": 2, "v": 2**40, "new": "x"},
    ]


OTHERS: dict[str, tuple[bytes, str]] = {
    # a file beside two good ones → what the message says
    "README.md": (b"# about this folder", "README.md is text, not a Parquet file: move it to a separate folder"),
    "manifest.json": (b'{"files": []}', "manifest.json is JSON, not a Parquet file"),
    "x.csv": (
        b"a,b\n1,2\n3,4\n5,6\n7,8\n",
        "x.csv is CSV, not a Parquet file: if it has rows of the table, write it as Parquet",
    ),
    "empty.parquet": (b"", "empty.parquet is not a readable Parquet file (0 bytes): an interrupted upload"),
    "cut.parquet": (b"PAR1" + b"\0" * 40, "cut.parquet begins as a Parquet file but does not end as one"),
    "data.parquet.tmp": (b"PAR1" + b"\0" * 40, "by its name its upload is not finished"),
    "log.gz": (b"\x1f\x8b" + b"\0" * 40, "log.gz is compressed with gzip"),
    "book.xlsx": (b"PK\x03\x04" + b"\0" * 40, "book.xlsx is a zip archive or an Excel file"),
    "events.avro": (b"Obj\x01" + b"\0" * 40, "events.avro is an Avro file"),
    "noise.bin": (bytes(range(256)), "noise.bin is not a readable Parquet file"),
}


def test_files_that_are_not_parquet_are_named_with_what_they_are(lake, dataset):
    for name, (content, _) in OTHERS.items():
        place = location(f"other {name}")
        put(lake, place, "000000_0", {"v": [1]})
        put(lake, place, "zzz", {"v": [2]})
        (lake.path(place) / name).write_bytes(content)
    two = location("two at once")
    put(lake, two, "1.parquet", {"v": [1]})
    (lake.path(two) / "a.txt").write_text("a")
    (lake.path(two) / "b.txt").write_text("b")
    group = [dataset(name, "SELECT v FROM t", {"t": location(f"other {name}")}) for name in OTHERS]
    _, events = lake.run(*group, dataset("two", "SELECT v FROM t", {"t": two}))
    for name, (_, text) in OTHERS.items():
        error = events[name]["error"]
        assert error["class"] == "SOURCE_BROKEN", (name, error)
        assert error["message"].startswith(f"source table `t` ({location(f'other {name}')}): "), error
        assert text in error["message"], error
    assert "and 1 more file cannot be read" in events["two"]["error"]["message"]


def test_names_that_engines_read_as_patterns_are_refused(lake, dataset):
    """`f[1]` is the pattern of `f1`, which would be read twice."""
    for index, name in enumerate(["f[1].parquet", "f*.parquet", "d={a}/f.parquet", "f\\x.parquet"]):
        put(lake, location(f"pattern {index}"), "f1.parquet" if "/" not in name else "d=a/f.parquet", {"v": [1]})
        put(lake, location(f"pattern {index}"), name, {"v": [2]})
    group = [dataset(f"d{index}", "SELECT v FROM t", {"t": location(f"pattern {index}")}) for index in range(4)]
    _, events = lake.run(*group)
    for event in events.values():
        assert event["error"]["class"] == "SOURCE_BROKEN"
        assert "treat as a pattern: rename the file" in event["error"]["message"]


def test_what_is_not_a_file_is_refused_and_links_are_followed(lake, dataset, tmp_path):
    for name in ("pipe", "hidden", "linked"):
        put(lake, location(name), "1.parquet" if name != "linked" else "k=1/1.parquet", {"v": [1]})
    os.mkfifo(lake.path(location("pipe")) / "2.parquet")
    os.mkfifo(lake.path(location("hidden")) / "_2.parquet")
    put(lake, location("elsewhere"), "2.parquet", {"v": [2]})
    (lake.path(location("linked")) / "k=2").symlink_to(lake.path(location("elsewhere")))
    (lake.path(location("linked")) / "k=2" / "3.parquet").symlink_to("2.parquet")
    _, events = lake.run(
        *[dataset(name, "SELECT v FROM t", {"t": location(name)}) for name in ("pipe", "hidden", "linked")]
    )
    assert events["pipe"]["error"]["class"] == "SOURCE_BROKEN"
    assert "2.parquet is a named pipe, not a file: remove it" in events["pipe"]["error"]["message"]
    assert [(events[name]["status"], events[name]["rows"]) for name in ("hidden", "linked")] == [
        ("SUCCEEDED", 1),
        ("SUCCEEDED", 3),
    ]


def test_what_is_passed_over_is_reported(lake, dataset):
    put(lake, location("beside"), "1.parquet", {"v": [1]})
    for folder in ("archive", "2026/01", "_tmp", ".git", "_temporary/0/x"):
        put(lake, location("beside"), f"{folder}/2.parquet", {"v": [2]})
    put(lake, location("below"), "2026/01/3.parquet", {"v": [3]})
    _, events = lake.run(
        dataset("beside", "SELECT v FROM t", {"t": location("beside")}),
        dataset("below", "SELECT v FROM t", {"t": location("below")}),
    )
    assert events["beside"]["status"] == "SUCCEEDED" and events["beside"]["rows"] == 1
    (warning,) = events["beside"]["warnings"]
    assert "source table `t`: files in `2026/`, `archive/` are not read" in warning
    assert events["below"]["error"]["class"] == "SOURCE_EMPTY"
    assert "there are files in its folders `2026/`, which are not read" in events["below"]["error"]["message"]


def test_a_file_in_the_place_of_a_folder_is_not_a_source(lake, dataset):
    put(lake, location("single"), "f.parquet", {"v": [1]})
    _, events = lake.run(dataset("d", "SELECT v FROM t", {"t": f"{location('single')}f.parquet/"}))
    error = events["d"]["error"]
    assert error["class"] == "SOURCE_MISSING"
    assert error["message"].endswith(
        "f.parquet/, which is the name of a file: set `s3_path` to the folder of the files"
    )


NAMES = json.loads((Path(__file__).parents[2] / "test" / "fixtures" / "visible-names.json").read_text())
"""Names that Spark reads, and names that it hides."""


def test_names_that_are_read(lake, dataset):
    assert {name: is_visible(name) for name in NAMES} == NAMES
    store = open_store(str(lake.folder))
    for name in NAMES:
        put(lake, location("names"), name, {"v": [1]})
        put(lake, location("names"), f"{name}=1/x.parquet", {"v": [1]})
    found = {file.path for file in store.list(location("names"))}
    assert len(found) == 2 * len(NAMES)
    files = {file.path for file in survey(store, location("names")).data}
    assert {name: name in files for name in NAMES} == NAMES


def test_struct_fields_of_a_result_that_differ_by_case(lake, dataset):
    sqls = {
        "top": "SELECT named_struct('Name', 1, 'name', 2) AS tags",
        "deep": "SELECT array(named_struct('a', named_struct('Name', 1, 'name', 2))) AS tags",
        "fine": "SELECT named_struct('Name', 1, 'other', 2) AS tags",
    }
    _, events = lake.run(*[dataset(name, sql) for name, sql in sqls.items()])
    for name in ("top", "deep"):
        assert events[name]["error"]["class"] == "RESULT_COLUMNS", events[name]["error"]
        assert "column `tags` has the struct fields `Name` and `name`" in events[name]["error"]["message"]
    assert events["fine"]["status"] == "SUCCEEDED"
