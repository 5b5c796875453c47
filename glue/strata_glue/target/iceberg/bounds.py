"""Refuses metadata of a lake's tables that names files outside the lake: it has absolute paths, and may be another user's.

On AWS the job's role is the bound.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from strata_glue.errors import DatasetError
from strata_glue.store import Store
from strata_glue.store.folder import open_file
from strata_glue.store.local import LocalStore
from strata_glue.target.iceberg.catalog import IcebergTable, folder_of
from strata_glue.target.iceberg.history import History

_WRITE_PATHS = ("write.data.path", "write.metadata.path", "write.object-storage.path", "write.folder-storage.path")
"""Properties that say where a writer puts files."""


def check_metadata(store: Store, table: IcebergTable, metadata: dict[str, Any]) -> None:
    """Checks where files are written, and each snapshot's manifest list. Raises `DatasetError` (`RECORD_BROKEN`)."""
    properties = metadata.get("properties") or {}
    lists = [each["manifest-list"] for each in metadata.get("snapshots") or () if "manifest-list" in each]
    written = [properties[name] for name in _WRITE_PATHS if name in properties]
    place = metadata.get("location", "")
    check_paths(store, table, [f"{place}/", *(f"{each}/" for each in written), *lists])


def check_paths(store: Store, table: IcebergTable, paths: Iterable[Any]) -> None:
    """Raises `DatasetError` (`RECORD_BROKEN`) for the first path that leads out of the lake."""
    if not isinstance(store, LocalStore):
        return
    # The table's folder may be below a link of the user's.
    places = (f"{store.root}/".replace("//", "/"), f"{folder_of(table, store)}/")
    for given in paths:
        path = path_of(given)
        if "\0" in path or {".", ".."} & set(path.split("/")) or not path.startswith(places):
            raise DatasetError(
                "RECORD_BROKEN",
                f"the metadata of {table.location} names {given!r}, which is not in the lake: a lake with Iceberg tables "
                "cannot be moved; put it back, or remove the table's folder and run its dataset again",
            )


def check_files(
    store: Store, table: IcebergTable, history: Callable[[IcebergTable], History | None], snapshot: int
) -> bool:
    """Checks that every file of a snapshot is in the lake. Raises `DatasetError` (`RECORD_BROKEN`).

    Returns whether a manifest lists deletes of single rows, which only other writers make: Strata's tables are copy-on-write.
    """
    if not isinstance(store, LocalStore):
        return False
    now = history(table)
    found = [each for each in now.metadata["snapshots"] if each["snapshot-id"] == snapshot] if now else []
    lists = [each["manifest-list"] for each in found if "manifest-list" in each]
    listed = [each for file in lists for each in records_of(file, "manifest_path", "content")]
    manifests = [each["manifest_path"] for each in listed]
    # Of format version 1, without a list.
    manifests += [path for each in found for path in each.get("manifests") or ()]
    check_paths(store, table, manifests)
    entries = (each for file in manifests for each in records_of(file, "data_file", "file_path"))
    check_paths(store, table, (each["data_file"]["file_path"] for each in entries))
    return any(each.get("content") for each in listed)  # 0: data; format version 1 does not say


def records_of(file: str, *fields: str) -> list[dict[str, Any]]:
    """Records of a manifest, or of a list of manifests, in a lake: these fields of each record, however deep.

    Not by pyiceberg 0.12: its decoder reads beyond the end of damaged files and ends the process (docs/dependencies.md).
    Not by Iceberg in the JVM: 1.10 cannot read a manifest if a partition column is missing.
    Raises `DatasetError` (`RECORD_BROKEN`).
    """
    import fastavro  # here, since only lakes with Iceberg tables need it

    try:
        with open_file(Path(path_of(file))) as stream:
            schema = fastavro.reader(stream).writer_schema
            stream.seek(0)
            # Without values of partitions: Python has no date of year 12000.
            records: Iterable[Any] = fastavro.reader(stream, reader_schema=_only(fields, schema))
            return list(records)
    except Exception as error:  # the file may hold anything
        why = error if isinstance(error, OSError) else "it is not a complete Avro file"
        raise DatasetError(
            "RECORD_BROKEN", f"{file} cannot be read ({why}): restore it from a backup of the lake"
        ) from None


def _only(names: tuple[str, ...], schema: Any) -> Any:
    """An Avro schema with only these fields of its records."""
    if not isinstance(schema, dict) or schema["type"] != "record":
        return schema
    fields = [{**each, "type": _only(names, each["type"])} for each in schema["fields"] if each["name"] in names]
    return {"type": "record", "name": schema["name"], "fields": fields}


def path_of(file: Any) -> str:
    """Spark writes plain paths, Sail `file:` addresses; neither is decoded."""
    return re.sub("^file:/*", "/", str(file))
