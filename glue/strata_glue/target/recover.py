"""`strata recover`: finishes interrupted publishes, removes what killed attempts left, goes back to a kept generation.

python -m strata_glue.target.recover   in: {"store": "<lake>" | "<endpoint>" | null, "to": n | null, "list": bool,
                                     "rebuild": bool, "accept": bool,
                                     "targets": [{"dataset", "location", "table"?}]}
                                    table: {"database", "name"} of an Iceberg table
                                out: a line a target, as `Recovered.as_line`; then, if no other target can be recovered,
                                     {"fatal": {"message", "help", "busy"?}}, exit 3

With `list` nothing is changed: each line has `generations`, the current one first. With `rebuild` nothing is
changed without `accept`: each line has `takes`, `gives_up`, `leaves` and `removes`.
"""

from __future__ import annotations

import json
import sys
from shlex import quote
from typing import Any

from strata_glue.contract import TableName
from strata_glue.engine.failure import failure_of
from strata_glue.store import Store, open_store
from strata_glue.store.folder import LakeRefused, take_lake
from strata_glue.store.local import LocalStore
from strata_glue.target.open import open_target
from strata_glue.target.target import Recovered

EXIT_FATAL = 3


def main() -> int:
    """Reads the request from stdin; returns the exit code."""
    request = json.loads(sys.stdin.read())
    try:
        store = open_store(request.get("store"))
        changes = not request.get("list") and (not request.get("rebuild") or bool(request.get("accept")))
        _lock = take_lake(store.root) if changes and isinstance(store, LocalStore) else None
        failed = False
        for each in request["targets"]:
            done = _one(store, each, request, changes)
            failed = failed or done.action == "failed"
            print(done.as_line(), flush=True)
    except LakeRefused as error:
        return _fatal(error.as_line)
    except Exception as error:
        refusal = _refusal_of_all(error)
        if refusal is None:
            raise
        return _fatal(refusal)
    return 1 if failed else 0


def _fatal(problem: dict[str, Any]) -> int:
    print(json.dumps({"fatal": problem}), flush=True)
    return EXIT_FATAL


def _refusal_of_all(error: Exception) -> dict[str, Any] | None:
    """An error that S3 would return for every target; None for an error of one target."""
    if "botocore" not in sys.modules:
        return None
    from strata_glue.store.answers import StoreUnreachable, is_of_caller

    if is_of_caller(error):
        remedy = "log in (`aws sso login`), set AWS_PROFILE, or set the keys of a role"
        return {"message": f"no usable AWS credentials: {' '.join(str(error).split())}", "help": remedy}
    if isinstance(error, StoreUnreachable):
        return {"message": str(error)}
    return None


def _one(store: Store, each: dict[str, Any], request: dict[str, Any], changes: bool) -> Recovered:
    dataset, location, generation, table = each["dataset"], each["location"], request.get("to"), each.get("table")
    try:
        target = open_target(store, location, table and TableName(table["database"], table["name"]))
        if request.get("rebuild"):
            return target.rebuild(dataset, changes)
        if not changes:
            return target.generations(dataset)
        return target.recover(dataset) if generation is None else target.restore(dataset, generation)
    except Exception as error:  # one target's error must not hide the others
        if _refusal_of_all(error) is not None:
            raise
        failure = failure_of(error, "")
        message = (failure.shown or failure.message).replace("--rebuild DATASET", f"--rebuild {quote(dataset)}")
        return Recovered(dataset, location, "failed", message=message)


if __name__ == "__main__":
    sys.exit(main())
