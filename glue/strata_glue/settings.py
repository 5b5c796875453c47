"""How datasets are checked and published: the job's argument `--publish` (docs/architecture.md), which the compiler makes."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from strata_glue.errors import JobInputError
from strata_glue.group import folder

MIB = 1024 * 1024


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
    """Reads the argument: settings by dataset. Raises `JobInputError`."""
    try:
        value = json.loads(text or "{}")
        return {name: _settings(each) for name, each in value.items()}
    except (ValueError, AttributeError, TypeError, KeyError) as error:
        raise JobInputError(f"--publish is not what the compiler writes ({type(error).__name__}: {error})") from None


def _settings(value: dict[str, Any]) -> PublishSettings:
    params = value.get("params")
    return PublishSettings(
        write=value.get("write", "replace"),
        format=value.get("format", "parquet"),
        partition_by=tuple(value.get("partition_by", ())),
        merge_key=tuple(value.get("merge_key", ())),
        file_size=int(value.get("file_size_mib", 128) * MIB),
        compression=value.get("compression", "zstd"),
        keep=int(value.get("keep", 0)),
        skip_unchanged=bool(value.get("skip_unchanged", False)),
        params=None if params is None else tuple(params),
        expectations=tuple(_expectation(each) for each in value.get("expectations", ())),
        table=_table(value["table"]) if "table" in value else None,
        tables=tuple((folder(str(each["location"])), _table(each)) for each in value.get("tables", ())),
        sources=tuple((folder(str(each["location"])), _columns(each["columns"])) for each in value.get("sources", ())),
        text=json.dumps(value, sort_keys=True, ensure_ascii=False),
    )


def _columns(pairs: list[list[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((str(name), str(kind)) for name, kind in pairs)


def _table(value: dict[str, Any]) -> TableName:
    return TableName(str(value["database"]), str(value["name"]))


def _expectation(value: dict[str, Any]) -> Expectation:
    return Expectation(
        name=str(value["name"]),
        kind=str(value["kind"]),
        severity=str(value.get("severity", "error")),
        failing=value.get("failing"),
        count=value.get("count"),
        quick=value.get("quick"),
        sample=value.get("sample"),
        reads=tuple((str(each["view"]), str(each["location"])) for each in value.get("reads", ())),
        rows=value.get("rows"),
        newest=value.get("newest"),
        within_seconds=int(value.get("within_seconds", 0)),
        of=value.get("of"),
    )
