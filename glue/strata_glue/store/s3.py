"""Locations on S3, by boto3. The only module of the job that imports it."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from typing import Any, BinaryIO, cast

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from strata_glue.store.base import DataFile, is_data_path, split

REQUESTS_AT_ONCE = 16
"""Copies and deletes under way at once: well below S3's 3,500 writes a second and prefix, and enough for thousands of files."""

KEYS_A_DELETE = 1000
"""DeleteObjects takes up to 1,000 keys."""


class S3Store:
    """S3 of the job's own account, or of an endpoint (tests)."""

    def __init__(self, endpoint: str | None = None) -> None:
        config = Config(
            retries={"mode": "standard", "max_attempts": 8},
            max_pool_connections=REQUESTS_AT_ONCE * 2,
            s3={"addressing_style": "path"} if endpoint else {},
        )
        self._s3 = boto3.client("s3", endpoint_url=endpoint, config=config)

    def exists(self, location: str) -> bool:
        bucket, prefix = split(location)
        answer = self._s3.list_objects_v2(Bucket=bucket, Prefix=prefix, MaxKeys=1)
        return bool(answer.get("KeyCount", 0) > 0)

    def data_files(self, location: str) -> list[DataFile]:
        _, prefix = split(location)
        found = [DataFile(each["Key"][len(prefix) :], each["Size"]) for each in self._objects(location)]
        return sorted((file for file in found if is_data_path(file.path)), key=lambda file: file.path)

    def open(self, location: str, path: str) -> BinaryIO:
        bucket, prefix = split(location)
        return cast(BinaryIO, io.BufferedReader(_RangeReader(self._s3, bucket, prefix + path), 64 * 1024))

    def put(self, location: str, path: str, content: bytes) -> None:
        bucket, prefix = split(location)
        self._s3.put_object(Bucket=bucket, Key=prefix + path, Body=content)

    def move_in(self, source: str, target: str, names: dict[str, str]) -> None:
        (source_bucket, source_prefix), (bucket, prefix) = split(source), split(target)

        def copy(pair: tuple[str, str]) -> None:
            old, new = pair
            origin = {"Bucket": source_bucket, "Key": source_prefix + old}
            self._s3.copy(origin, bucket, prefix + new)

        self._each(copy, list(names.items()))

    def delete(self, location: str, paths: list[str]) -> None:
        bucket, prefix = split(location)
        self._delete_keys(bucket, [prefix + path for path in paths])

    def folders(self, location: str) -> list[str]:
        bucket, prefix = split(location)
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix, Delimiter="/")
        common = [each["Prefix"] for page in pages for each in page.get("CommonPrefixes", [])]
        return sorted(each[len(prefix) : -1] for each in common)

    def delete_tree(self, location: str) -> None:
        bucket, _ = split(location)
        self._delete_keys(bucket, [each["Key"] for each in self._objects(location)])

    def engine_path(self, location: str, path: str = "") -> str:
        return f"{location}{path}"

    def read_text(self, address: str) -> str:
        bucket, key = split(address)
        body: bytes = self._s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        return body.decode("utf-8")

    def _objects(self, location: str) -> list[dict[str, Any]]:
        bucket, prefix = split(location)
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        return [each for page in pages for each in page.get("Contents", [])]

    def _delete_keys(self, bucket: str, keys: list[str]) -> None:
        chunks = [keys[start : start + KEYS_A_DELETE] for start in range(0, len(keys), KEYS_A_DELETE)]

        def delete(chunk: list[str]) -> None:
            objects = [{"Key": key} for key in chunk]
            answer = self._s3.delete_objects(Bucket=bucket, Delete={"Objects": objects, "Quiet": True})
            for error in answer.get("Errors", []):
                raise ClientError(
                    {"Error": {"Code": error["Code"], "Message": error.get("Message", "")}}, "DeleteObjects"
                )

        self._each(delete, chunks)

    def _each(self, work: Any, items: list[Any]) -> None:
        """All are tried; the first failure is raised when none is under way any more."""
        with ThreadPoolExecutor(REQUESTS_AT_ONCE) as pool:
            for future in [pool.submit(work, item) for item in items]:
                future.result()


class _RangeReader(io.RawIOBase):
    """An object as a seekable file: a ranged GET a read, so that a Parquet footer costs two requests."""

    def __init__(self, s3: Any, bucket: str, key: str) -> None:
        self._s3, self._bucket, self._key = s3, bucket, key
        self._size = int(s3.head_object(Bucket=bucket, Key=key)["ContentLength"])
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: Any) -> int:
        end = min(self._at + len(buffer), self._size)
        if self._at >= end:
            return 0
        span = f"bytes={self._at}-{end - 1}"
        content = self._s3.get_object(Bucket=self._bucket, Key=self._key, Range=span)["Body"].read()
        buffer[: len(content)] = content
        self._at += len(content)
        return len(content)
