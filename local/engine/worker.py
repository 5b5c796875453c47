"""The warm local worker: one engine, one request after another, in JSON lines.

Started by a command as its own process group: `python local/engine/worker.py --engine sail|spark|none --store LAKE
[--reads] [--jars FOLDER] [--network]`.
In: `{"id": 1, "args": {"--group_list": "…", …}}`, a job run with the arguments as the definition has them; or, with `--reads`
<<<<<<< HEAD
while another process may run, one of `"query"`, `"describe"`, `"committed"`, `"compare"`, `"schemas"` (query.py, tables.py, compare.py, schemas.py), of
another lake with `"lake"`.
=======
while another process may run, one of `"query"`, `"describe"`, `"committed"`, `"compare"` (query.py, tables.py, compare.py), of
another lake with `"lake"`; or `"analyze"`, of no lake (analyze.py).
>>>>>>> 246df51 (Analyze the types of datasets in strata check)
Out: `{"ready": {"engine": …}}`, then for each request events `{"id": 1, "event": {…}}` and `{"id": 1, "done": …}`, of a job
`{"status": …, "error": …}`, or `{"id": 1, "failed": "…"}` for a bug; or once `{"fatal": {"message": …, "help": …, "busy": bool}}`. `ready` also has `"warning"` where
others on this machine may reach the engine.

When stdin ends the parent is gone, even by SIGKILL: the whole process group is killed at once, whatever it computes.
"""

from __future__ import annotations

import argparse
import json
import os
import queue
import signal
import sys
import threading
import traceback
from pathlib import Path
from typing import Any, TextIO

from isolation import isolate

EXIT_FATAL = 3

OPEN = "warning: other users of this machine can reach the engine while it runs (docs/security.md)"


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--engine", choices=["sail", "spark", "none"], required=True)
    parser.add_argument("--store", required=True)
    parser.add_argument("--reads", action="store_true", help="changes nothing, so needs no lock")
    parser.add_argument("--jars", type=Path, help="a folder of jars for Spark")
    parser.add_argument("--network", action="store_true", help="for stores beyond this machine's disks")
    options = parser.parse_args()
    isolated = options.engine != "none" and not options.network and isolate()
    out = _protect_stdout()
    lake = Path(options.store)
    requests: queue.Queue[dict[str, Any]] = queue.Queue()
    threading.Thread(target=_read_requests, args=(requests,), daemon=True).start()
    if not options.reads:
        from strata_glue.store.folder import LakeRefused, take_lake

        try:
            _lock = take_lake(lake)  # held to the end
        except LakeRefused as error:
            return _fatal(out, error.as_line)
    engine = None
    try:
        if options.engine != "none":
            from engines import start_engine

            engine = start_engine(options.engine, lake, options.jars, isolated=isolated)
    except Exception as error:  # for whatever reason: the user gets one line
        return _fatal(
            out, {"message": f"the engine {options.engine} does not start: {' '.join(str(error).split())[:500]}"}
        )
    warning = {"warning": OPEN} if getattr(engine, "is_open", False) else {}
    _send(out, {"ready": {"engine": engine.name if engine else "none", **warning}})
    _serve(requests, engine, options.store, out)
    return 0


def _serve(requests: queue.Queue[dict[str, Any]], engine: Any, lake: str, out: TextIO) -> None:
    while True:
        request = requests.get()
        number = request["id"]
        try:
            done = _run(request, engine, lake, out) if "args" in request else _read(request, engine, lake, out)
        except Exception as error:  # a bug in Strata; the command must not wait for ever
            traceback.print_exc()
            _send(out, {"id": number, "failed": f"{type(error).__name__}: {' '.join(str(error).split())[:500]}"})
        else:
            _send(out, {"id": number, "done": done})


def _read(request: dict[str, Any], engine: Any, lake: str, out: TextIO) -> Any:
    """Requests that only read a lake, or no data at all."""
    if "analyze" in request:
        from analyze import analyzer

        return analyzer(engine).analyze(request["analyze"])
    from strata_glue.store import open_store
    from tables import Table, committed, describe

    store = open_store(request.get("lake", lake))
    if "describe" in request:
        return describe(store, [Table.of(each) for each in request["describe"]])
    if "schemas" in request:
        from schemas import schemas

        return schemas(store, request["schemas"])
    if "committed" in request:
        asked = request["committed"]
        tables = [Table.of(each) for each in asked["tables"]]
        return committed(store, tables, asked["pipeline"], asked["execution"])
    from query import bound_memory, query

    bound_memory(lambda message: _send(out, message))
    if "compare" in request:
        return _compared(request["compare"], engine)
    return query(request["query"], engine, store, lambda event: _send(out, {"id": request["id"], "event": event}))


def _compared(asked: dict[str, Any], engine: Any) -> dict[str, Any]:
    from compare import compare
    from strata_glue.engine.failure import failure_of
    from tables import Table

    try:
        return compare(asked["lakes"], Table.of(asked["table"]), asked["key"], engine)
    except Exception as error:
        return {"error": failure_of(error, "").message}


def _run(request: dict[str, Any], engine: Any, lake: str, out: TextIO) -> dict[str, Any]:
    from strata_glue.arguments.decode import decode
    from strata_glue.arguments.parse import from_mapping
    from strata_glue.errors import JobInputError
    from strata_glue.job import run_job
    from strata_glue.store import open_store

    number = request["id"]
    try:
        arguments = from_mapping(decode(request["args"]))
        store = open_store(arguments.store or lake)

        def emit(event: dict[str, Any]) -> None:
            _send(out, {"id": number, "event": event})

        def show(name: str, message: str) -> None:
            emit({"event": "error_shown", "name": name, "message": message})

        result = run_job(arguments, engine, store, emit, show)
    except JobInputError as error:
        return {"status": "FAILED", "error": str(error)}
    return {"status": result.status, "error": result.error}


def _protect_stdout() -> TextIO:
    """Messages are written to a copy of stdout; what a library prints to file 1 goes to stderr."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return out


_WRITING = threading.Lock()


def _send(out: TextIO, message: dict[str, Any]) -> None:
    with _WRITING:
        out.write(json.dumps(message, ensure_ascii=False) + "\n")
        out.flush()


def _fatal(out: TextIO, problem: dict[str, Any]) -> int:
    _send(out, {"fatal": problem})
    return EXIT_FATAL


def _read_requests(requests: queue.Queue[dict[str, Any]]) -> None:
    for line in sys.stdin:
        if line.strip():
            requests.put(json.loads(line))
    _die()


def _die() -> None:
    """The parent is gone. Only a group of our own is killed: a worker started by hand must not take its shell along."""
    if os.getpgid(0) == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(EXIT_FATAL)


if __name__ == "__main__":
    code = main()
    sys.stderr.flush()
    # Threads of an engine may still run; their results are no longer needed.
    os._exit(code)
