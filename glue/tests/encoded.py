"""Plain arguments → what the definition makes of them (compiler/emit/job/encoding.ts, which test_decode.py holds this to)."""

from __future__ import annotations

import hashlib
import json
from urllib.parse import quote

from strata_glue.arguments.decode import CONSTANTS, SEALED
from strata_glue.contract import ARGUMENTS_VERSION


def encoded(arguments: dict[str, str]) -> dict[str, str]:
    """Arguments by name, without `--`; what the job's own defaults hold (`state`, …) stays as it is."""
    texts = {name: _percent(arguments[name]) for name in ("pipeline", "stage") if name in arguments}
    sent = {name: value for name, value in {**arguments, **texts}.items() if name in CONSTANTS}
    digests = {name: hashlib.sha256(value.encode()).hexdigest() for name, value in sent.items()}
    for name in SEALED:
        if name in arguments:
            content = arguments[name].encode()
            sent[name] = f"{hashlib.sha256(content).hexdigest()}:{_percent(arguments[name], first=False)}"
    others = {name: value for name, value in arguments.items() if name not in sent}
    return {**others, **sent, "arguments_version": ARGUMENTS_VERSION, "digests": json.dumps(digests)}


def _percent(text: str, *, first: bool = True) -> str:
    encoded = quote(text, safe="!~*'()")
    return f"%2D{encoded[1:]}" if first and encoded.startswith("-") else encoded
