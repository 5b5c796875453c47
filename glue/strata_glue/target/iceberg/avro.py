"""Records of an Avro file (Avro 1.12 specification, "Object Container Files"), as manifests of Iceberg tables are.

Sail 0.7 reads Avro, but no record with an empty one in it, which every table without partitions has; the job has no library
that does on both engines.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from typing import Any

_MAGIC = b"Obj\x01"
_SYNC = 16
"""Bytes after each block."""


def records(content: bytes) -> Iterator[dict[str, Any]]:
    """Every record, fields by name; texts as text, `float` and `double` as their bytes. Raises `ValueError` for what is no Avro file."""
    try:
        yield from _records(content)
    except (IndexError, KeyError, TypeError, UnicodeDecodeError, zlib.error, RecursionError):
        raise ValueError("it is no Avro file: its content ends or breaks off within a record") from None


def _records(content: bytes) -> Iterator[dict[str, Any]]:
    if not content.startswith(_MAGIC):
        raise ValueError("it is no Avro file")
    at = _Reader(content, len(_MAGIC))
    header = at.value({"type": "map", "values": "bytes"})
    schema, codec = json.loads(header["avro.schema"]), header.get("avro.codec", b"null")
    if codec not in (b"null", b"deflate"):
        raise ValueError(f"its codec is {codec.decode()}, and null and deflate are read")
    at.take(_SYNC)
    while not at.ended:
        count, block = at.long(), at.bytes()
        inside = _Reader(zlib.decompress(block, -15) if codec == b"deflate" else block)
        for _ in range(count):
            yield inside.value(schema)
        at.take(_SYNC)


class _Reader:
    """Values one after another."""

    def __init__(self, data: bytes, at: int = 0) -> None:
        self._data, self._at = data, at
        self._named: dict[str, Any] = {}

    @property
    def ended(self) -> bool:
        return self._at >= len(self._data)

    def take(self, size: int) -> bytes:
        if size < 0 or self._at + size > len(self._data):
            raise IndexError
        self._at += size
        return self._data[self._at - size : self._at]

    def long(self) -> int:
        value = shift = 0
        while True:
            byte = self.take(1)[0]
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return (value >> 1) ^ -(value & 1)

    def bytes(self) -> bytes:
        return self.take(self.long())

    def value(self, schema: Any) -> Any:
        if isinstance(schema, list):
            return self.value(schema[self.long()])
        if not isinstance(schema, dict):
            return self._simple(schema)
        kind = schema["type"]
        if "name" in schema:
            self._named[schema["name"]] = schema
        if kind == "record":
            return {field["name"]: self.value(field["type"]) for field in schema["fields"]}
        if kind == "array":
            return [self.value(schema["items"]) for _ in self._items()]
        if kind == "map":
            return {self.bytes().decode(): self.value(schema["values"]) for _ in self._items()}
        if kind == "fixed":
            return self.take(schema["size"])
        return schema["symbols"][self.long()] if kind == "enum" else self.value(kind)

    def _items(self) -> Iterator[int]:
        while (count := self.long()) != 0:
            if count < 0:
                self.long()  # bytes of the block
            yield from range(abs(count))

    def _simple(self, kind: str) -> Any:
        if kind in ("int", "long"):
            return self.long()
        if kind in ("bytes", "string"):
            content = self.bytes()
            return content.decode() if kind == "string" else content
        if kind in ("float", "double"):
            return self.take(4 if kind == "float" else 8)
        if kind == "boolean":
            return self.take(1) != b"\x00"
        return None if kind == "null" else self.value(self._named[kind])
