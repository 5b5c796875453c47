"""How datasets are checked and published: the job's argument `--publish` (docs/architecture.md), which the compiler makes."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from strata_glue.arguments.given import Given
from strata_glue.arguments.group import folder
from strata_glue.errors import JobInputError

MIB = 1024 * 1024

WRITES = ("replace", "append", "replace_partitions", "merge")
FORMATS = ("parquet", "iceberg")
COMPRESSIONS = ("zstd", "snappy", "gzip", "none")
SEVERITIES = ("error", "warn")


@dataclass(frozen=True)
class Expectation:
    """One compiled expectation; of `failing`, `count`, `rows` and `newest` exactly one is set."""

    name: str
    kind: str
    severity: str
    """`error` blocks the commit; `warn` is told."""
    failing: str | None = None
    """Predicate of SQL that is true for an offending row."""
    count: str | None = None
    """A query with one row and a column `n`: the number of offending rows."""
    quick: str | None = None
    """A cheaper query with a column `n`: where it is 0, so is that of `count`."""
    sample: str | None = None
    """A query of the offending rows, for `count`."""
    reads: tuple[tuple[str, str], ...] = ()
    """View and location of other targets that `count` and `sample` read."""
    rows: dict[str, Any] | None = None
    """Bounds of the number of rows: `min`, `max`, `change` as a fraction of the last generation's."""
    newest: str | None = None
    """Aggregate of SQL: microseconds since 1970 of the newest row."""
    within_seconds: int = 0
    of: str | None = None
    """Parameter that the newest row is compared with; None: the clock."""


@dataclass(frozen=True)
class TableName:
    """An Iceberg table in the catalog."""

    database: str
    name: str


@dataclass(frozen=True)
class PublishSettings:
    """How one dataset's result becomes its target's content."""

    write: str = "replace"
    format: str = "parquet"
    partition_by: tuple[str, ...] = ()
    merge_key: tuple[str, ...] = ()
    file_size: int = 128 * MIB
    """Bytes that output files aim at."""
    compression: str = "zstd"
    keep: int = 0
    skip_unchanged: bool = False
    params: tuple[str, ...] | None = None
    """Parameters that the SQL uses; None: unknown, so all of them count."""
    expectations: tuple[Expectation, ...] = ()
    table: TableName | None = None
    """The target, if its format is Iceberg."""
    tables: tuple[tuple[str, TableName], ...] = ()
    """Locations of sources and references that are Iceberg tables: they are read through the catalog, never by listing."""
    sources: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()
    """Locations of sources whose columns the author declared, with name and type of each."""
    text: str = field(default="{}", compare=False)
    """The settings as they were given, for fingerprints."""


def parse_publish(text: str) -> dict[str, PublishSettings]:
    """Reads the argument: settings by dataset. Raises `JobInputError` for anything that this version does not know: what
    a newer compiler asks for must not become something else."""
    try:
        value = json.loads(text or "{}")
    except ValueError as error:
        raise JobInputError(f"--publish is not JSON: {error}") from None
    if not isinstance(value, dict):
        raise JobInputError("--publish is no JSON object of datasets")
    return {name: _settings(Given(each, f"--publish of {name}")) for name, each in value.items()}


def _settings(given: Given) -> PublishSettings:
    settings = PublishSettings(
        write=given.choice("write", WRITES, "replace"),
        format=given.choice("format", FORMATS, "parquet"),
        partition_by=given.names("partition_by") or (),
        merge_key=given.names("merge_key") or (),
        file_size=int(given.number("file_size_mib", 128, above=0) * MIB),
        compression=given.choice("compression", COMPRESSIONS, "zstd"),
        keep=int(given.number("keep", 0)),
        skip_unchanged=given.flag("skip_unchanged"),
        params=given.names("params"),
        expectations=tuple(_expectation(each) for each in given.objects("expectations")),
        table=_table(given.object("table")),
        tables=tuple((folder(each.text("location")), _table_name(each)) for each in given.objects("tables")),
        sources=tuple(_declared(each) for each in given.objects("sources")),
        text=json.dumps(given.value, sort_keys=True, ensure_ascii=False),
    )
    given.nothing_else()
    _check_together(settings, given)
    return settings


def _check_together(settings: PublishSettings, given: Given) -> None:
    """What one key says must fit the others: each of these would else be done as something that loses rows."""
    if (settings.format == "iceberg") != (settings.table is not None):
        raise given.wrong("`table` belongs to the format iceberg, and only to it")
    if settings.write == "merge" and settings.format != "iceberg":
        raise given.wrong("`write` merge needs the format iceberg")
    if settings.write == "merge" and not settings.merge_key:
        raise given.wrong("`write` merge needs a `merge_key`")
    if settings.write == "replace_partitions" and not settings.partition_by:
        raise given.wrong("`write` replace_partitions needs `partition_by`")


def _declared(given: Given) -> tuple[str, tuple[tuple[str, str], ...]]:
    declared = folder(given.text("location")), given.pairs("columns")
    given.nothing_else()
    return declared


def _table(given: Given | None) -> TableName | None:
    return None if given is None else _table_name(given)


def _table_name(given: Given) -> TableName:
    name = TableName(given.text("database"), given.text("name"))
    given.nothing_else()
    return name


def _expectation(given: Given) -> Expectation:
    expectation = Expectation(
        name=given.text("name"),
        kind=given.text("kind"),
        severity=given.choice("severity", SEVERITIES, "error"),
        failing=given.optional_text("failing"),
        count=given.optional_text("count"),
        quick=given.optional_text("quick"),
        sample=given.optional_text("sample"),
        reads=tuple(_view(each) for each in given.objects("reads")),
        rows=_bounds(given.object("rows")),
        newest=given.optional_text("newest"),
        within_seconds=int(given.number("within_seconds", 0)),
        of=given.optional_text("of"),
    )
    given.nothing_else()
    ways = (expectation.failing, expectation.count, expectation.rows, expectation.newest)
    if sum(way is not None for way in ways) != 1:
        raise given.wrong("it needs exactly one of `failing`, `count`, `rows` and `newest`")
    return expectation


def _view(given: Given) -> tuple[str, str]:
    view = given.text("view"), given.text("location")
    given.nothing_else()
    return view


def _bounds(given: Given | None) -> dict[str, Any] | None:
    if given is None:
        return None
    for name in ("min", "max", "change"):
        given.number(name, 0)
    given.nothing_else()
    return given.value
