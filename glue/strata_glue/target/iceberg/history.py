"""An Iceberg table's metadata, read from its JSON form (Iceberg table spec, "Table Metadata Fields").

Strata keeps its own facts of a snapshot as properties in its summary, so that they are part of the commit itself:
`strata.generation`, `strata.execution`, `strata.attempt`, `strata.dataset`, `strata.fingerprints` and a few more.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from strata_glue.contract import Column
from strata_glue.target.attempt import Version
from strata_glue.target.iceberg.types import spark_type

OURS = "strata."
"""Prefix of Strata's snapshot properties."""


@dataclass(frozen=True)
class Snapshot:
    """One state of a table."""

    id: int
    parent: int | None
    time: float
    """Seconds since 1970, by the writer's clock."""
    schema_id: int
    summary: dict[str, str]

    @property
    def generation(self) -> int | None:
        """Number of Strata's commit; None for another writer's."""
        text = self.summary.get(f"{OURS}generation")
        return int(text) if text else None

    @property
    def attempt(self) -> str:
        return self.summary.get(f"{OURS}attempt", "")

    @property
    def pipeline(self) -> str:
        return self.summary.get(f"{OURS}pipeline", "")

    @property
    def execution(self) -> str:
        return self.summary.get(f"{OURS}execution", "")

    def version(self) -> Version:
        """What the table is while this snapshot is current."""
        return Version(
            generation=self.generation,
            rows=self._number("total-records"),
            bytes=self._number("total-files-size"),
            files=self._number("total-data-files"),
            fingerprints=json.loads(self.summary.get(f"{OURS}fingerprints", "{}")),
            rows_of_last_run=self._number(f"{OURS}rows"),
            snapshot=str(self.id),
        )

    def _number(self, name: str) -> int | None:
        text = self.summary.get(name)
        return int(text) if text is not None else None


class History:
    """One version of a table's metadata."""

    def __init__(self, metadata: dict[str, Any], file: Path | None = None) -> None:
        self.metadata = metadata
        self.file = file
        """The metadata file of a lake that it was read from; None if a catalog returned it."""
        found = (_snapshot(each, metadata.get("current-schema-id", 0)) for each in metadata.get("snapshots", ()))
        self.snapshots = {each.id: each for each in found}
        self.current = self.snapshots.get(metadata.get("current-snapshot-id") or -1)
        """The snapshot that readers see; None for a table without any."""

    def ancestry(self) -> Iterator[Snapshot]:
        """The current snapshot and those that it was made of, newest first. Attempts that never became current are not in it."""
        snapshot = self.current
        while snapshot is not None:
            yield snapshot
            snapshot = self.snapshots.get(snapshot.parent) if snapshot.parent is not None else None

    def commit_of(self, pipeline: str, execution: str) -> Snapshot | None:
        """The snapshot that an execution committed, if what it did is part of the current one. Names of executions are
        unique in their pipeline only."""
        found = (each for each in self.ancestry() if (each.pipeline, each.execution) == (pipeline, execution))
        return next(found, None) if execution else None

    def published(self) -> list[Snapshot]:
        """Snapshots that were current at some time and are still there, oldest first."""
        ids = dict.fromkeys(entry["snapshot-id"] for entry in self.metadata.get("snapshot-log", ()))
        return [self.snapshots[each] for each in ids if each in self.snapshots]

    def next_generation(self) -> int:
        """One more than the highest, even after a roll back: a number means one state of the table."""
        return 1 + max((each.generation or 0 for each in self.published()), default=0)

    def columns(self) -> tuple[Column, ...]:
        """Of the current snapshot: the table's own schema may be ahead of it, where an attempt was killed."""
        return _columns(self.schema(self.current.schema_id)) if self.current else self.declared_columns()

    def declared_columns(self) -> tuple[Column, ...]:
        """Of the table itself."""
        return _columns(self.schema(self.metadata["current-schema-id"]))

    def schema(self, number: int) -> dict[str, Any]:
        """A schema by its id."""
        schemas: list[dict[str, Any]] = self.metadata["schemas"]
        return next(each for each in schemas if each["schema-id"] == number)

    def partition_by(self) -> tuple[str, ...]:
        """Columns that new files are partitioned by; another transform than identity is shown as `bucket[16] as name`."""
        number = self.metadata["default-spec-id"]
        fields = next(each["fields"] for each in self.metadata["partition-specs"] if each["spec-id"] == number)
        names = {field["id"]: field["name"] for schema in self.metadata["schemas"] for field in schema["fields"]}
        return tuple(
            names[each["source-id"]] if each["transform"] == "identity" else f"{each['transform']} as {each['name']}"
            for each in fields
            if each["transform"] != "void"
        )

    def layout_of(self, snapshot: int) -> tuple[int, int]:
        """Ids of a snapshot's schema and of the partition spec that it was written with. The spec of another writer's snapshot
        is unknown: the newest whose columns are there."""
        found = self.snapshots[snapshot]
        ids = {field["name"]: field["id"] for field in self.schema(found.schema_id)["fields"]}
        sources = {
            each["spec-id"]: [field["source-id"] for field in each["fields"]]
            for each in self.metadata["partition-specs"]
        }
        possible = sorted(spec for spec, used in sources.items() if set(used) <= set(ids.values()))
        names = json.loads(found.summary.get(f"{OURS}partition_by", "null"))
        exact = [spec for spec in possible if names is not None and sources[spec] == [ids.get(name) for name in names]]
        return found.schema_id, (exact or possible)[-1]


def _columns(schema: dict[str, Any]) -> tuple[Column, ...]:
    return tuple(Column(field["name"], spark_type(field["type"])) for field in schema["fields"])


def _snapshot(value: dict[str, Any], schema: int) -> Snapshot:
    return Snapshot(
        id=int(value["snapshot-id"]),
        parent=value.get("parent-snapshot-id"),
        time=value["timestamp-ms"] / 1000,
        schema_id=int(value.get("schema-id", schema)),
        summary={str(key): str(text) for key, text in value.get("summary", {}).items()},
    )
