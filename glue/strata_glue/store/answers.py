"""S3's answers, whole: boto3 repeats failed requests, but not every interrupted response."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from botocore.exceptions import (
    ClientError,
    ConnectionError,
    FlexibleChecksumError,
    HTTPClientError,
    IncompleteReadError,
)
from botocore.parsers import ResponseParserError
from urllib3.exceptions import HTTPError

TRIES = 5
PAUSE_SECONDS = 0.1
"""Where boto3 does not repeat by itself: interrupted responses, and keys for which DeleteObjects returns an error."""

MISSING = {"NoSuchKey", "404", "NotFound"}
"""Codes of an object that is not there; HEAD has no body, so only the status."""


class StoreUnreachable(OSError):
    """S3 returned no complete response to any of the tries."""


_NO_CALLER = {
    "ConfigParseError",
    "CredentialRetrievalError",
    "InvalidConfigError",
    "LoginError",
    "MissingDependencyException",
    "NoCredentialsError",
    "PartialCredentialsError",
    "ProfileNotFound",
    "SSOError",
    "TokenRetrievalError",
}
"""boto3's exceptions, by name: Glue 5.1's boto3 does not have them all."""

_NO_CALLER_CODES = {
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidAccessKeyId",
    "InvalidToken",
    "SignatureDoesNotMatch",
    "TokenRefreshRequired",
}


class _Interrupted(Exception):
    """A response of which only a part arrived."""


def ask(call: Callable[..., Any], **request: Any) -> Any:
    """A request's response. Every request of the store may be repeated: each is idempotent.

    Raises `ClientError` for what S3 refuses, `StoreUnreachable` where no response arrives.
    """
    problem: Exception | None = None
    for attempt in range(TRIES):
        try:
            return call(**request)
        except (HTTPClientError, ConnectionError) as error:  # boto3 has repeated it
            raise _unreachable(request, error) from None
        # boto3 reads the body of an error, and parses every body, where it repeats nothing.
        except (HTTPError, ResponseParserError, _Interrupted) as error:
            problem = error
        time.sleep(PAUSE_SECONDS * 2**attempt)
    raise _unreachable(request, problem) from None


def whole_object(s3: Any, **request: str) -> tuple[bytes, dict[str, Any]]:
    """An object's bytes, or a range of them, and the response's headers."""

    def read(**request: str) -> tuple[bytes, dict[str, Any]]:
        answer = s3.get_object(**request)
        try:
            return answer["Body"].read(), answer
        except (HTTPClientError, IncompleteReadError, FlexibleChecksumError) as error:
            raise _Interrupted(str(error)) from None

    content, answer = ask(read, **request)
    return content, answer


def page_of(s3: Any, **request: Any) -> dict[str, Any]:
    """A page of a listing."""

    def read(**request: Any) -> dict[str, Any]:
        answer: dict[str, Any] = s3.list_objects_v2(**request)
        # An answer that is interrupted before its first byte is parsed to nothing, as if nothing were there.
        if "Name" not in answer:
            raise _Interrupted("a listing without a bucket's name")
        return answer

    page: dict[str, Any] = ask(read, **request)
    return page


def is_of_caller(error: Exception) -> bool:
    """True where credentials are missing or invalid: S3 then refuses every request."""
    if isinstance(error, ClientError):
        return code_of(error) in _NO_CALLER_CODES
    return any(each.__name__ in _NO_CALLER for each in type(error).__mro__)


def code_of(error: ClientError) -> str:
    """The error's code, as S3 names it."""
    return str(error.response.get("Error", {}).get("Code", ""))


def _unreachable(request: dict[str, Any], problem: Exception | None) -> StoreUnreachable:
    place = f"s3://{request.get('Bucket')}/{request.get('Key', request.get('Prefix', ''))}"
    reason = " ".join(str(problem).split())[:300]
    return StoreUnreachable(
        f"incomplete response of S3 for {place} ({reason}): run it again; if that does not help, check the network"
    )
