"""What a result depends on, as digests: equal fingerprints, equal inputs (`skip_unchanged`, the ledger)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace

from strata_glue.contract import Dataset, FreshnessExpectation, PublishSettings
from strata_glue.engine.params import Value
from strata_glue.payload import as_json
from strata_glue.read.resolved import ResolvedSource

FINGERPRINTS_VERSION = 2
"""Part of every fingerprint; raised when the job computes something else of the same inputs."""


def fingerprints(
    dataset: Dataset, settings: PublishSettings, params: dict[str, Value], sources: Sequence[ResolvedSource]
) -> dict[str, str]:
    """SHA-256, 64 hex digits each, of SQL, parameters, sources and settings; `sources`: those of expectations, too."""
    compared = {each.of for each in settings.expectations if isinstance(each, FreshnessExpectation)}
    used = {
        name: value
        for name, value in params.items()
        if settings.params is None or name in settings.params or name in compared
    }
    return {
        "sql": _digest(dataset.sql),
        "params": _digest({name: str(value) for name, value in used.items()}),
        "sources": _digest([[each.source.table, each.source.location, each.identity] for each in sources]),
        "settings": _digest(
            [FINGERPRINTS_VERSION, dataset.target, as_json(replace(settings, waits_for=()), brief=True)]
        ),
    }


def _digest(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
