"""New metadata of a lake's tables (Iceberg table spec, version 2), as updates that pyiceberg applies.

Metadata and updates are JSON, as in files of metadata and in Iceberg's REST catalog: reading needs no pyiceberg.
"""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import TYPE_CHECKING, Any

from strata_glue.errors import DatasetError
from strata_glue.target.iceberg.history import History
from strata_glue.target.iceberg.tables import TABLE_PROPERTIES, Change, file_properties
from strata_glue.target.iceberg.types import iceberg_field, stored_type

if TYPE_CHECKING:
    from pyspark.sql.types import StructType

FIRST_PARTITION_FIELD = 1000
"""Where the ids of partition fields begin."""

UNUSED_ORDER = 1_000_000
"""The id of a sort order that no table has: Sail notes it in the files, and it must never come to mean another order."""

Json = dict[str, Any]


def updated(metadata: Json, updates: list[Json], before: Path | None = None) -> Json:
    """The metadata after `updates`; its log names the file that it was read from.

    Raises `DatasetError` (`RECORD_BROKEN`) for metadata that pyiceberg refuses. Never called on Glue, which has no pyiceberg.
    """
    from pydantic import TypeAdapter
    from pyiceberg.table.metadata import TableMetadataUtil
    from pyiceberg.table.update import TableUpdate, update_table_metadata

    changes: tuple[TableUpdate, ...] = TypeAdapter(tuple[TableUpdate, ...]).validate_python(updates)
    log = str(before) if before else None
    try:
        after = update_table_metadata(TableMetadataUtil.parse_obj(metadata), changes, metadata_location=log)
    except Exception as error:  # pyiceberg has no one class for it
        raise DatasetError(
            "RECORD_BROKEN",
            f"the metadata of the Iceberg table in {metadata.get('location')} breaks Iceberg's rules: restore it from a "
            "backup of the lake",
        ) from error
    return after.model_dump(mode="json")  # `model_dump_json` refuses tables of format version 3


def new_table(location: str, schema: StructType, change: Change) -> Json:
    """A table without any snapshot; pyiceberg adds its defaults."""
    ids = itertools.count(1)
    fields = [iceberg_field(field, ids) for field in schema.fields]
    partitions = _partitions(fields, change.partition_by, {}, FIRST_PARTITION_FIELD)
    properties = {**TABLE_PROPERTIES, **file_properties(change)}
    return {
        "format-version": int(properties.pop("format-version")),
        "location": location,
        "last-column-id": next(ids) - 1,
        "schemas": [{"type": "struct", "schema-id": 0, "fields": fields}],
        "partition-specs": [{"spec-id": 0, "fields": partitions}],
        "last-partition-id": FIRST_PARTITION_FIELD + len(partitions) - 1,
        "sort-orders": [{"order-id": 0, "fields": []}],
        "properties": properties,
    }


def layout_updates(base: History, schema: StructType, change: Change) -> list[Json]:
    """To a result's columns and partitions. A column of the same name and type keeps its id, every other is a new one."""
    metadata = base.metadata
    types = {column.name: column.type for column in base.declared_columns()}
    old = {field["name"]: field for field in base.schema(metadata["current-schema-id"])["fields"]}
    ids = itertools.count(metadata["last-column-id"] + 1)
    fields = [
        old[each.name]
        if types.get(each.name) == stored_type(each.dataType.simpleString())
        else iceberg_field(each, ids)
        for each in schema.fields
    ]
    partitions = _partition_updates(metadata, fields, change.partition_by)
    if fields == list(old.values()):
        return partitions
    number = 1 + max(each["schema-id"] for each in metadata["schemas"])
    new = {"type": "struct", "schema-id": number, "fields": fields}
    return [
        {"action": "add-schema", "schema": new},
        {"action": "set-current-schema", "schema-id": number},
        *partitions,
    ]


def beside(goal: History, snapshot: int | None, order: tuple[str, ...]) -> Json:
    """The metadata that the engine starts from: with one snapshot to add to, or without any, and with a sort order.

    Sail 0.7 sorts by a table's sort order, and drops any other. The table itself gets none: Iceberg 1.11 cannot write a
    table that ever had a sort order with a column that is gone.
    """
    metadata = goal.metadata
    ids = {field["name"]: field["id"] for field in goal.schema(metadata["current-schema-id"])["fields"]}
    ascending = {"transform": "identity", "direction": "asc", "null-order": "nulls-first"}
    sorting = {"order-id": UNUSED_ORDER, "fields": [{"source-id": ids[name], **ascending} for name in order]}
    kept = [each for each in metadata["snapshots"] if each["snapshot-id"] == snapshot]
    return {
        **metadata,
        "current-snapshot-id": snapshot if kept else -1,
        "snapshots": kept,
        "snapshot-log": [],
        "metadata-log": [],
        "refs": {"main": {"snapshot-id": snapshot, "type": "branch"}} if kept else {},
        **({"sort-orders": [sorting], "default-sort-order-id": UNUSED_ORDER} if order else {}),
    }


def snapshot_updates(goal: Json, written: Json, change: Change, parent: int | None) -> list[Json]:
    """The updates that add the snapshot which the engine wrote beside, with Strata's properties."""
    found = next(each for each in written["snapshots"] if each["snapshot-id"] == written["current-snapshot-id"])
    summary = {**found["summary"], **change.properties}
    if change.write != "append" and parent is not None:
        summary["operation"] = "overwrite"
    ours = {"parent-snapshot-id": parent, "schema-id": goal["current-schema-id"], "summary": summary}
    return [{"action": "add-snapshot", "snapshot": {**found, **ours}}, _current(found["snapshot-id"])]


def roll_back_updates(base: History, snapshot: int) -> list[Json]:
    """The updates that make an earlier snapshot the current one."""
    schema, spec = base.layout_of(snapshot)
    return [
        {"action": "set-current-schema", "schema-id": schema},
        {"action": "set-default-spec", "spec-id": spec},
        _current(snapshot),
    ]


def branch_removals(names: list[str]) -> list[Json]:
    """The updates that remove these branches; their snapshots stay until they are expired."""
    return [{"action": "remove-snapshot-ref", "ref-name": name} for name in names]


def _current(snapshot: int) -> Json:
    return {"action": "set-snapshot-ref", "ref-name": "main", "type": "branch", "snapshot-id": snapshot}


def _partition_updates(metadata: Json, fields: list[Json], names: tuple[str, ...]) -> list[Json]:
    """The updates that partition new files by these columns; an existing spec is reused."""
    specs = metadata["partition-specs"]
    before = [each for spec in specs for each in spec["fields"] if each["transform"] == "identity"]
    known = {each["source-id"]: each["field-id"] for each in before}
    wanted = _partitions(fields, names, known, 1 + (metadata.get("last-partition-id") or FIRST_PARTITION_FIELD - 1))
    same = next((spec["spec-id"] for spec in specs if spec["fields"] == wanted), None)
    number = 1 + max(each["spec-id"] for each in specs) if same is None else same
    new = [{"action": "add-spec", "spec": {"spec-id": number, "fields": wanted}}] if same is None else []
    return [*new, {"action": "set-default-spec", "spec-id": number}]


def _partitions(fields: list[Json], names: tuple[str, ...], known: dict[int, int], first: int) -> list[Json]:
    """Partitions by columns as they are; one that has divided the table before keeps its id."""
    sources = {field["name"]: field["id"] for field in fields}
    fresh = itertools.count(first)
    ids = {name: known[sources[name]] if sources[name] in known else next(fresh) for name in names}
    return [
        {"source-id": sources[name], "field-id": ids[name], "name": name, "transform": "identity"} for name in names
    ]
