"""Locations on S3, by boto3. The only module of the job that imports it."""

from __future__ import annotations

import builtins
import io
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any, BinaryIO, cast

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from strata_glue.fail_points import fail_point
from strata_glue.store.answers import MISSING, PAUSE_SECONDS, TRIES, ask, code_of, page_of, whole_object
from strata_glue.store.base import OWN_FOLDER, Conflict, DataFile, Stored, Swap, split

REQUESTS_AT_ONCE = 16
"""Copies and deletes under way at once: well below S3's 3,500 writes a second and prefix, and enough for thousands of files."""

KEYS_A_DELETE = 1000
"""DeleteObjects takes up to 1,000 keys."""

PASSING = {"InternalError", "SlowDown", "ServiceUnavailable", "RequestTimeout"}
"""Errors of single keys that are worth another try; the response as a whole is a success, so boto3 makes none."""


class S3Store:
    """S3 of the job's own account, or of an endpoint (tests)."""

    def __init__(self, endpoint: str | None = None) -> None:
        config = Config(
            retries={"mode": "standard", "max_attempts": 8},
            max_pool_connections=REQUESTS_AT_ONCE * 2,
            s3={"addressing_style": "path"} if endpoint else {},
        )
        self.client = boto3.client("s3", endpoint_url=endpoint, config=config)
        """Every request goes through it: tests watch it and make some of its calls fail."""

    def exists(self, location: str) -> bool:
        bucket, prefix = split(location)
        answer = page_of(self.client, Bucket=bucket, Prefix=prefix, MaxKeys=2, Delimiter="/")
        folders = [each["Prefix"] for each in answer.get("CommonPrefixes", [])]
        return bool(answer.get("Contents")) or any(each != f"{prefix}{OWN_FOLDER}/" for each in folders)

    def list(self, location: str) -> builtins.list[DataFile]:
        bucket, prefix = split(location)
        files: builtins.list[DataFile] = []
        following: dict[str, str] | None = {}
        while following is not None:
            page = page_of(self.client, Bucket=bucket, Prefix=prefix, **following)
            files += [
                DataFile(each["Key"][len(prefix) :], each["Size"], each["ETag"]) for each in page.get("Contents", [])
            ]
            following = {"ContinuationToken": page["NextContinuationToken"]} if page.get("IsTruncated") else None
        return sorted(files, key=lambda file: file.path)

    def open(self, location: str, path: str) -> BinaryIO:
        bucket, prefix = split(location)
        return cast(BinaryIO, io.BufferedReader(_RangeReader(self.client, bucket, prefix + path), 64 * 1024))

    def put(self, location: str, path: str, content: bytes) -> None:
        bucket, prefix = split(location)
        ask(self.client.put_object, Bucket=bucket, Key=prefix + path, Body=content)

    def get(self, location: str, path: str) -> Stored | None:
        bucket, prefix = split(location)
        try:
            content, answer = whole_object(self.client, Bucket=bucket, Key=prefix + path)
        except ClientError as error:
            if code_of(error) in MISSING:
                return None
            raise
        return Stored(content, answer["ETag"])

    def put_if(self, location: str, path: str, content: bytes, tag: str | None) -> str:
        bucket, prefix = split(location)
        condition = {"IfNoneMatch": "*"} if tag is None else {"IfMatch": tag}
        try:
            answer = ask(self.client.put_object, Bucket=bucket, Key=prefix + path, Body=content, **condition)
        except ClientError as error:
            # 412: it is another one. 409: another conditional write is under way. 404: it was deleted meanwhile.
            if code_of(error) in {"PreconditionFailed", "412", "ConditionalRequestConflict", "409", *MISSING}:
                raise Conflict(f"{location}{path} was written by another writer") from None
            raise
        return str(answer["ETag"])

    def copy(self, location: str, names: dict[str, str]) -> None:
        bucket, prefix = split(location)

        def copy(pair: tuple[str, str]) -> None:
            old, new = (prefix + path for path in pair)
            origin = {"Bucket": bucket, "Key": old}
            try:
                ask(self.client.copy_object, CopySource=origin, Bucket=bucket, Key=new)
            except ClientError as error:
                if code_of(error) in MISSING:
                    if self._has(bucket, new):
                        return
                    raise FileNotFoundError(f"s3://{bucket}/{old}") from None
                if code_of(error) not in {"InvalidRequest", "EntityTooLarge"}:
                    raise
                ask(
                    self.client.copy, CopySource=origin, Bucket=bucket, Key=new
                )  # larger than the 5 GiB that CopyObject takes: in parts
            fail_point("copied")

        self._each(copy, [*names.items()])

    def swap(self, location: str, change: Swap) -> bool:
        """S3 cannot change several objects atomically."""
        return False

    def delete(self, location: str, paths: builtins.list[str]) -> None:
        bucket, prefix = split(location)
        self._delete_keys(bucket, [prefix + path for path in paths])

    def delete_tree(self, location: str, known: builtins.list[str] | None = None) -> None:
        bucket, prefix = split(location)
        paths = [file.path for file in self.list(location)] if known is None else known
        self._delete_keys(bucket, [prefix + path for path in paths])

    def engine_path(self, location: str, path: str = "") -> str:
        return f"{location}{path}"

    def read_text(self, address: str) -> str:
        bucket, key = split(address)
        return whole_object(self.client, Bucket=bucket, Key=key)[0].decode("utf-8")

    def _has(self, bucket: str, key: str) -> bool:
        try:
            ask(self.client.head_object, Bucket=bucket, Key=key)
        except ClientError as error:
            if code_of(error) in MISSING:
                return False
            raise
        return True

    def _delete_keys(self, bucket: str, keys: builtins.list[str]) -> None:
        chunks = [keys[start : start + KEYS_A_DELETE] for start in range(0, len(keys), KEYS_A_DELETE)]

        def delete(chunk: list[str]) -> None:
            left = chunk
            for attempt in range(TRIES):
                objects = [{"Key": key} for key in left]
                answer = ask(self.client.delete_objects, Bucket=bucket, Delete={"Objects": objects, "Quiet": True})
                errors = answer.get("Errors", [])
                if not errors:
                    return
                left = [error["Key"] for error in errors]
                lasting = [error for error in errors if error["Code"] not in PASSING]
                if lasting or attempt == TRIES - 1:
                    first = (lasting or errors)[0]
                    raise ClientError(
                        {"Error": {"Code": first["Code"], "Message": first.get("Message", "")}}, "DeleteObjects"
                    )
                time.sleep(PAUSE_SECONDS * 2**attempt)

        self._each(delete, chunks)

    def _each(self, work: Any, items: builtins.list[Any]) -> None:
        """Tries all; the first failure is raised when none is running any more."""
        with ThreadPoolExecutor(REQUESTS_AT_ONCE) as pool:
            for future in [pool.submit(work, item) for item in items]:
                future.result()


class _RangeReader(io.RawIOBase):
    """An object as a seekable file: a ranged GET a read, so that a Parquet footer costs two requests."""

    def __init__(self, s3: Any, bucket: str, key: str) -> None:
        self._s3, self._bucket, self._key = s3, bucket, key
        try:
            self._size = int(ask(s3.head_object, Bucket=bucket, Key=key)["ContentLength"])
        except ClientError as error:
            if code_of(error) in MISSING:
                raise FileNotFoundError(f"s3://{bucket}/{key}") from None
            raise
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
        content, _ = whole_object(self._s3, Bucket=self._bucket, Key=self._key, Range=span)
        buffer[: len(content)] = content
        self._at += len(content)
        return len(content)
