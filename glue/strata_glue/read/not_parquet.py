"""What a file that is not Parquet is, and what to do with it."""

from __future__ import annotations

from strata_glue.read.content import ContentFile
from strata_glue.store import Store

LEAST_BYTES = 12
"""A Parquet file has two magic numbers and the length of its footer."""

_MAGIC = b"PAR1"
_FORMATS = {
    b"PARE": "an encrypted Parquet file",
    b"\x1f\x8b": "compressed with gzip",
    b"BZh": "compressed with bzip2",
    b"\x28\xb5\x2f\xfd": "compressed with zstd",
    b"PK\x03\x04": "a zip archive or an Excel file",
    b"Obj\x01": "an Avro file",
    b"ORC": "an ORC file",
    b"ARROW1": "an Arrow file",
    b"SQLite format 3": "a SQLite database",
}
_UNFINISHED = (".tmp", ".part", ".partial", ".filepart", ".crdownload", ".inprogress")
_TABLES = (".csv", ".tsv", ".json", ".jsonl", ".ndjson")

_CONVERT = "write it as Parquet, and keep the original in a separate folder"
_AWAY = "move it to a separate folder, or let its name start with `_`: such files are skipped"
_ANEW = "write the complete file, or remove it"


def what_it_is(store: Store, location: str, file: ContentFile, error: Exception) -> str:
    """For example `is text, not a Parquet file: move it …`. `error`: why its footer cannot be read."""
    reason = " ".join(str(error).split())[:200]
    try:
        with store.open(location, file.place) as stream:
            head = stream.read(512)
    except Exception:  # denied or removed: the first error explains it
        return f"cannot be read ({reason})"
    name = file.path.lower()
    if name.endswith(_UNFINISHED):
        return f"is an incomplete Parquet file; by its name its upload is not finished: wait for it, or remove it ({reason})"
    if file.size < LEAST_BYTES and not head.strip():
        return f"is not a readable Parquet file ({file.size} bytes): an interrupted upload; {_ANEW}"
    if head.startswith(_MAGIC):
        return f"begins as a Parquet file but does not end as one: an interrupted upload; {_ANEW} ({reason})"
    known = next((what for magic, what in _FORMATS.items() if head.startswith(magic)), None)
    if known is not None:
        return f"is {known}, which is not a readable Parquet file: {_CONVERT}"
    text = _text(head)
    if text is None:
        return f"is not a readable Parquet file: {_AWAY} ({reason})"
    if name.endswith(_TABLES) or text.lstrip().startswith(("{", "[")):
        what = "JSON" if text.lstrip().startswith(("{", "[")) else "CSV"
        return f"is {what}, not a Parquet file: if it has rows of the table, {_CONVERT}; else {_AWAY}"
    return f"is text, not a Parquet file: {_AWAY}"


def _text(head: bytes) -> str | None:
    try:
        text = head.decode("utf-8", "strict" if len(head) < 512 else "ignore")
    except UnicodeDecodeError:
        return None
    return text if all(each.isprintable() or each.isspace() for each in text) else None
