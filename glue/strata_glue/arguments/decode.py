"""Encoded arguments (compiler/emit/job/encoding.ts) → plain arguments (docs/job.md).

All of them are ASCII, and each has a digest: where a process between the definition and the job has no UTF-8 locale, every
other character of an argument becomes `?`, and the job would silently compute something else.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from urllib.parse import unquote

from strata_glue.contract import ARGUMENTS_VERSION, VERSION
from strata_glue.errors import JobInputError

CONSTANTS: Mapping[str, Callable[[str], str]] = {
    "group_list": str,
    "publish": str,
    "pipeline": lambda text: unquote(text, errors="strict"),
    "stage": lambda text: unquote(text, errors="strict"),
    "plan": str,
    "param_types": str,
}
"""Arguments that the definition holds, each with how its text is decoded."""

SEALED = ("execution", "params", "datasets")
"""Arguments that an execution computes: `<SHA-256 of the text>:<its UTF-8, percent-encoded>`."""

LOCALE = (
    "the likely cause is the locale of the process that starts Python: without UTF-8 it turns characters into `?`; "
    "set `LC_ALL=C.UTF-8` for it"
)


def decode(values: Mapping[str, str]) -> dict[str, str]:
    """Arguments by name, with or without `--` → the same without `--`, decoded. Raises `JobInputError` for arguments of
    another version, and for one that is not what was sent."""
    plain = {name.removeprefix("--"): value for name, value in values.items()}
    if "group_list" not in plain:
        raise JobInputError("--group_list is missing: start the job through its state machine")
    version = plain.pop("arguments_version", "1")
    if version != ARGUMENTS_VERSION:
        writer = f", compiled by Strata {plain['written_by']}" if "written_by" in plain else ""
        raise JobInputError(
            f"the arguments are of version {version}{writer}, but this job (Strata {VERSION}) reads version "
            f"{ARGUMENTS_VERSION}: start a new execution instead of a redrive, or deploy the stack with the job's release"
        )
    digests = _digests(plain.pop("digests", ""))
    for name in CONSTANTS:
        if name in plain:
            plain[name] = _constant(name, plain[name], digests.get(name))
    for name in SEALED:
        if name in plain:
            plain[name] = _unsealed(name, plain[name])
    return plain


def of_content(address: str, text: str) -> str:
    """The text of an object that holds a large argument; its key is the digest. Raises `JobInputError`."""
    named = address.rsplit("/", 1)[-1].removesuffix(".json")
    if _is_digest(named) and _sha256(text.encode("utf-8")) != named:
        raise JobInputError(
            f"{address} does not match the digest in its name: it was truncated or changed; delete it, then deploy again"
        )
    return text


def _constant(name: str, text: str, digest: str | None) -> str:
    # What read-setup answers has no digest beside it: an address has it in its key, and `{}` says nothing.
    if digest is None and not (text.startswith("s3://") or text == "{}"):
        raise JobInputError(f"--{name} has no digest in --digests: start the job through its state machine")
    if digest is not None and _sha256(text.encode("utf-8", "surrogateescape")) != digest:
        raise JobInputError(f"--{name} differs from what the state machine sent: {LOCALE}")
    try:
        return CONSTANTS[name](text)
    except ValueError:
        raise JobInputError(f"--{name} is not percent-encoded UTF-8") from None


def _unsealed(name: str, sealed: str) -> str:
    digest, _, encoded = sealed.partition(":")
    try:
        text = unquote(encoded, errors="strict")
    except ValueError:
        raise JobInputError(f"--{name} is not percent-encoded UTF-8 after a digest: {LOCALE}") from None
    if _sha256(text.encode("utf-8", "surrogateescape")) != digest:
        raise JobInputError(f"--{name} differs from what the state machine sent: {LOCALE}")
    return text


def _digests(text: str) -> dict[str, str]:
    try:
        digests = json.loads(text)
    except (ValueError, RecursionError):
        digests = None
    if not isinstance(digests, dict):
        raise JobInputError(f"--digests is not a JSON object: {LOCALE}")
    return digests


def _is_digest(text: str) -> bool:
    return len(text) == len(_sha256(b"")) and set(text) <= set("0123456789abcdef")


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
