"""Columns of a pipeline's sources beside what it declares, by the job's own reading and rules: `strata schemas`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from strata_glue.arguments.group import TableOfCommand
from strata_glue.engine.failure import failure_of
from strata_glue.engine.spark.type_text import read_type
from strata_glue.engine.spark.types import name_of
from strata_glue.errors import DatasetError
from strata_glue.read.declared import Declared, Difference
from strata_glue.read.sources import SourceReader
from strata_glue.store import Store
from strata_glue.target.iceberg.catalog import IcebergTable
from strata_glue.target.iceberg.open import OpenTables


def schemas(store: Store, sources: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Each of `{"name", "location", "format"?, "declared": [[name, type], …]}`, in order, as `{"columns": [{"name", "type"}],
    "differences": [{"kind", "column", "declared"?, "found"?, "where", "meant"?, "text"}]}`, or `{"error", "missing": true if no files are there}`.

    `"catalog": {"columns": [[name, type], …], "where"}` of a source replaces its files by what a catalog says.
    """
    return [_answer(store, each) for each in sources]


def _answer(store: Store, source: Mapping[str, Any]) -> dict[str, Any]:
    declared = dict(source["declared"])
    try:
        if "catalog" in source:
            columns, differences = _of_catalog(source["catalog"], declared)
        else:
            columns, differences = _of_files(store, source, declared)
    except Exception as error:  # the others can still be read
        missing = isinstance(error, DatasetError) and error.kind in ("SOURCE_MISSING", "SOURCE_EMPTY")
        return {"error": failure_of(error, "").message, "missing": missing}
    return {
        "columns": [{"name": name, "type": kind} for name, kind in columns.items()],
        "differences": [_as_json(each) for each in differences],
    }


def _as_json(each: Difference) -> dict[str, Any]:
    shown = ("kind", "column", "declared", "found", "where", "meant")
    return {**{key: value for key, value in asdict(each).items() if key in shown and value}, "text": str(each)}


def _of_files(
    store: Store, source: Mapping[str, Any], declared: dict[str, str]
) -> tuple[dict[str, str], list[Difference]]:
    location = source["location"]
    is_iceberg = source.get("format") == "iceberg"
    tables = {location: IcebergTable("", source["name"], location)} if is_iceberg else {}
    reader = SourceReader(store, OpenTables(None, store, tables), {location: declared}, finishes=False)
    resolved = reader.resolve(TableOfCommand(source["name"], location))
    return resolved.known, list(resolved.differences)


def _of_catalog(catalog: Mapping[str, Any], declared: dict[str, str]) -> tuple[dict[str, str], list[Difference]]:
    """A catalog has one type for all timestamps, so a declared `timestamp_ntz` is as good as `timestamp`."""
    found = {name: _plain(kind) for name, kind in catalog["columns"]}
    alike = {name: kind.lower().replace("timestamp_ntz", "timestamp") for name, kind in declared.items()}
    differences, _ = Declared(alike).of_table([*found.items()], catalog["where"])
    kinds = {name.lower(): kind for name, kind in declared.items()}
    return found, [replace(each, declared=kinds.get(each.column.lower())) for each in differences]


def _plain(kind: str) -> str:
    """A catalog's type as Spark spells it, as far as it is one of Spark's."""
    found = read_type(kind)
    return kind if found is None else name_of(found)
