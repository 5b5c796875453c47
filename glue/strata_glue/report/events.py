"""Event lines: one JSON object a line on stdout, the same on AWS and locally (docs/job.md)."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from threading import Lock
from typing import Any

from strata_glue.contract import Event, EventContext
from strata_glue.payload import as_json

Emit = Callable[[dict[str, Any]], None]
"""Takes one finished event."""


class Events:
    """Makes events of one job run and hands them on, from any thread."""

    def __init__(self, emit: Emit, pipeline: str, stage: str, execution: str) -> None:
        self._emit, self._run = emit, (pipeline, stage, execution)
        self._lock = Lock()

    def send(self, event: Event) -> None:
        """Sends one event with the common keys."""
        time = datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        with self._lock:
            self._emit({**as_json(EventContext(time, *self._run)), **as_json(event)})


METRICS = {"rows": "Count", "bytes": "Bytes", "files": "Count", "seconds": "Seconds", "failed_expectations": "Count"}
"""Numbers of a finished dataset that become metrics, with CloudWatch's units."""


def embedded_metrics(numbers: Mapping[str, float | None]) -> dict[str, Any]:
    """What makes an event's line a metric, too: CloudWatch's embedded metric format (Amazon CloudWatch User Guide,
    "Specification: Embedded metric format"). Of the event's numbers those that are known become metrics."""
    metrics = [{"Name": name, "Unit": unit} for name, unit in METRICS.items() if numbers.get(name) is not None]
    dimensions = [["pipeline", "stage", "name"], ["pipeline"]]
    directive = {"Namespace": "Strata", "Dimensions": dimensions, "Metrics": metrics}
    milliseconds = int(datetime.now(timezone.utc).timestamp() * 1000)
    return {"Timestamp": milliseconds, "CloudWatchMetrics": [directive]}


def print_line(event: dict[str, Any]) -> None:
    """An event as a line of stdout, in ASCII: whatever the locale, it can be written and read."""
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()
