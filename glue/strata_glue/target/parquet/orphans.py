"""What attempts leave in a target, and how it is known from what belongs to others."""

from __future__ import annotations

import re
from collections.abc import Iterable

from strata_glue.store import DataFile, Survey
from strata_glue.target.attempt import ATTEMPTS
from strata_glue.target.parquet.record import KEPT_FOLDER, Record

_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_OUR_NAME = re.compile(rf"part-\d{{5,}}-(?!{_UUID}\.parquet)(?:[A-Za-z0-9-]+-)?[0-9a-f]{{12}}\.parquet")
"""Engines name their files by a UUID alone: those are another writer's."""


def attempts_in(there: Survey) -> set[str]:
    """Names of the attempts that have a folder."""
    return {file.path[len(ATTEMPTS) :].split("/")[0] for file in there.own if file.path.startswith(ATTEMPTS)}


def orphan_files(found: Iterable[DataFile], record: Record) -> set[str]:
    """Strata's files that a record, read after they were listed, does not have: old ones, or copied too late."""
    known = {file.path for file in record.files}
    return {file.path for file in found if file.path not in known and is_our_name(file.path)}


def kept_waste(there: Survey, record: Record) -> set[str]:
    """Files in the folder of kept generations that neither a generation nor the content of a record, read after they
    were listed, has. No later generation can have them either, so they are not needed any more."""
    needed = {file.path for each in record.kept for file in each.files} | {file.path for file in record.files}
    kept = [file.path for file in there.own if file.path.startswith(KEPT_FOLDER)]
    return {path for path in kept if path[len(KEPT_FOLDER) :] not in needed}


def is_our_name(path: str) -> bool:
    """True for a file that Strata named, in any attempt."""
    return _OUR_NAME.fullmatch(path.rsplit("/", 1)[-1]) is not None
