"""A fake: a store that does its work except for one call, which it refuses, or does and then loses the response of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from strata_glue.store import Store

OPERATIONS = ("list", "get", "put_if", "copy", "swap", "delete", "delete_tree")
"""The operations of a store that an attempt uses."""

ERRORS = {"AccessDenied": 403, "SlowDown": 503, "InternalError": 500}
"""Refusals of S3: no permission, too many requests, an internal error."""


class Refused(Exception):
    """As boto3's `ClientError`, which is not there on every engine's environment."""

    def __init__(self, code: str) -> None:
        super().__init__(f"An error occurred ({code}): refused")
        self.response = answer(code)


def answer(code: str) -> Any:
    """S3's error response, as boto3 parses it."""
    return {"Error": {"Code": code, "Message": "refused"}, "ResponseMetadata": {"HTTPStatusCode": ERRORS[code]}}


@dataclass
class FakeRefusingStore:
    """Passes everything on to a real store except the n-th call of one operation."""

    real: Store
    operation: str
    number: int
    """From 1."""
    code: str = "AccessDenied"
    loses_answer: bool = False
    """True: the call is done, and fails afterwards."""
    calls: int = 0
    refused: list[str] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        real = getattr(self.real, name)
        if name != self.operation:
            return real

        def call(*arguments: Any) -> Any:
            self.calls += 1
            if self.calls != self.number:
                return real(*arguments)
            if self.loses_answer:
                real(*arguments)
            self.refused.append(name)
            raise Refused(self.code)

        return call


@dataclass
class FakeRefusingClient:
    """The same for one kind of S3 request: in the middle of a store's operation, whose other requests continue."""

    real: Any
    request: str
    number: int
    code: str
    calls: int = 0

    def __getattr__(self, name: str) -> Any:
        from botocore.exceptions import ClientError

        real = getattr(self.real, name)
        if name != self.request:
            return real

        def call(*arguments: Any, **named: Any) -> Any:
            self.calls += 1
            if self.calls == self.number:
                raise ClientError(answer(self.code), name)
            return real(*arguments, **named)

        return call


class FakeReadOnlyStore:
    """A store as a job of another stage has it: everything that writes is denied."""

    def __init__(self, real: Store) -> None:
        self._real = real

    def __getattr__(self, name: str) -> Any:
        return (
            self._denied
            if name in ("put", "put_if", "copy", "swap", "delete", "delete_tree")
            else getattr(self._real, name)
        )

    def _denied(self, *_: Any) -> Any:
        raise Refused("AccessDenied")
