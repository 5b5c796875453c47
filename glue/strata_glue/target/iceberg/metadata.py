"""Metadata of tables as we make it ourselves, where no engine does it as we need (Iceberg table spec, version 2)."""

from __future__ import annotations

import itertools
import json
import time
import uuid
from typing import Any

from strata_glue.target.iceberg.history import OURS, History
from strata_glue.target.iceberg.tables import TABLE_PROPERTIES, Change, file_properties
from strata_glue.target.iceberg.types import iceberg_field, spark_type, stored_type

FIRST_PARTITION_FIELD = 1000
"""Where the ids of partition fields begin."""


def new_metadata(location: str, schema: Any, change: Change) -> dict[str, Any]:
    """A table without any snapshot."""
    ids = itertools.count(1)
    fields = [iceberg_field(field, ids) for field in schema.fields]
    properties = {key: value for key, value in TABLE_PROPERTIES.items() if key != "format-version"}
    metadata = {
        "format-version": 2,
        "table-uuid": str(uuid.uuid4()),
        "location": location,
        "last-sequence-number": 0,
        "last-updated-ms": _now(),
        "last-column-id": next(ids) - 1,
        "schemas": [{"type": "struct", "schema-id": 0, "fields": fields}],
        "current-schema-id": 0,
        "partition-specs": [{"spec-id": 0, "fields": []}],
        "default-spec-id": 0,
        "last-partition-id": FIRST_PARTITION_FIELD - 1,
        "properties": {**properties, **file_properties(change)},
        "current-snapshot-id": -1,
        "snapshots": [],
        "snapshot-log": [],
        "metadata-log": [],
        "sort-orders": [{"order-id": 0, "fields": []}],
        "default-sort-order-id": 0,
        "refs": {},
    }
    return with_partitions(metadata, change.partition_by)


def with_columns(base: History, schema: Any) -> dict[str, Any]:
    """The metadata with a result's columns: one of the same name and type keeps its id, every other is a new one."""
    metadata = base.metadata
    old = {field["name"]: field for field in base.schema(metadata["current-schema-id"])["fields"]}
    ids = itertools.count(metadata["last-column-id"] + 1)
    fields = [
        old[field.name]
        if field.name in old and spark_type(old[field.name]["type"]) == stored_type(field.dataType.simpleString())
        else iceberg_field(field, ids)
        for field in schema.fields
    ]
    if fields == list(old.values()):
        return metadata
    number = 1 + max(each["schema-id"] for each in metadata["schemas"])
    return {
        **metadata,
        "last-column-id": next(ids) - 1,
        "schemas": [*metadata["schemas"], {"type": "struct", "schema-id": number, "fields": fields}],
        "current-schema-id": number,
    }


def with_partitions(metadata: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """The metadata with new files divided by these columns of its schema."""
    schema = next(each for each in metadata["schemas"] if each["schema-id"] == metadata["current-schema-id"])
    ids = {field["name"]: field["id"] for field in schema["fields"]}
    last = metadata["last-partition-id"]
    known = {each["source-id"]: each["field-id"] for spec in metadata["partition-specs"] for each in spec["fields"]}
    fields = []
    for name in names:
        if ids[name] not in known:
            last += 1
            known[ids[name]] = last
        field = {"source-id": ids[name], "field-id": known[ids[name]], "name": name, "transform": "identity"}
        fields.append(field)
    same = next((spec["spec-id"] for spec in metadata["partition-specs"] if spec["fields"] == fields), None)
    if same is not None:
        return {**metadata, "default-spec-id": same}
    number = 1 + max(each["spec-id"] for each in metadata["partition-specs"])
    return {
        **metadata,
        "last-partition-id": last,
        "partition-specs": [*metadata["partition-specs"], {"spec-id": number, "fields": fields}],
        "default-spec-id": number,
    }


def beside(metadata: dict[str, Any], snapshot: int | None) -> dict[str, Any]:
    """The metadata as an engine is to find it: with one snapshot to add to, or with none."""
    kept = [each for each in metadata["snapshots"] if each["snapshot-id"] == snapshot]
    refs = {"main": {"snapshot-id": snapshot, "type": "branch"}} if kept else {}
    return {
        **metadata,
        "current-snapshot-id": snapshot if kept else -1,
        "snapshots": kept,
        "snapshot-log": [],
        "metadata-log": [],
        "refs": refs,
    }


def adopted(metadata: dict[str, Any], written: dict[str, Any], change: Change, parent: int | None) -> dict[str, Any]:
    """The metadata with the snapshot that an engine wrote beside, and our properties in it."""
    found = next(each for each in written["snapshots"] if each["snapshot-id"] == written["current-snapshot-id"])
    summary = {**found["summary"], **change.properties}
    if change.write != "append" and parent is not None:
        summary["operation"] = "overwrite"
    snapshot = {
        **{key: value for key, value in found.items() if key != "parent-snapshot-id"},
        **({} if parent is None else {"parent-snapshot-id": parent}),
        "schema-id": metadata["current-schema-id"],
        "summary": summary,
    }
    return {
        **_pointing(metadata, snapshot["snapshot-id"]),
        "snapshots": [*metadata["snapshots"], snapshot],
        "last-sequence-number": max(metadata["last-sequence-number"], written["last-sequence-number"]),
    }


def rolled_back(metadata: dict[str, Any], snapshot: int) -> dict[str, Any]:
    """The metadata with an earlier snapshot as the current one."""
    schema, spec = layout_of(metadata, snapshot)
    return {**_pointing(metadata, snapshot), "current-schema-id": schema, "default-spec-id": spec}


def layout_of(metadata: dict[str, Any], snapshot: int) -> tuple[int, int]:
    """Schema of a snapshot, and the partition spec that it was written with; of somebody else's snapshot we do not know
    it, and take the newest whose columns are there."""
    found = next(each for each in metadata["snapshots"] if each["snapshot-id"] == snapshot)
    number: int = found.get("schema-id", metadata["current-schema-id"])
    schema = next(each for each in metadata["schemas"] if each["schema-id"] == number)
    ids = {field["name"]: field["id"] for field in schema["fields"]}
    sources = {
        each["spec-id"]: [field["source-id"] for field in each["fields"]] for each in metadata["partition-specs"]
    }
    possible = sorted(spec for spec, used in sources.items() if set(used) <= set(ids.values()))
    names = json.loads(found["summary"].get(f"{OURS}partition_by", "null"))
    exact = [spec for spec in possible if names is not None and sources[spec] == [ids.get(name) for name in names]]
    return number, (exact or possible)[-1]


def without_branches(metadata: dict[str, Any], names: list[str]) -> dict[str, Any]:
    """The metadata without these branches; their snapshots stay until somebody expires them."""
    refs = {name: ref for name, ref in metadata.get("refs", {}).items() if name not in names}
    return {**metadata, "refs": refs, "last-updated-ms": _now()}


def _pointing(metadata: dict[str, Any], snapshot: int) -> dict[str, Any]:
    now = _now()
    return {
        **metadata,
        "last-updated-ms": now,
        "current-snapshot-id": snapshot,
        "refs": {**metadata.get("refs", {}), "main": {"snapshot-id": snapshot, "type": "branch"}},
        "snapshot-log": [*metadata.get("snapshot-log", ()), {"snapshot-id": snapshot, "timestamp-ms": now}],
    }


def _now() -> int:
    return int(time.time() * 1000)
