"""What SQL can reach, on the engine itself: the claims of docs/security.md, and why the compiler refuses what it does.

The list is `test/fixtures/reach.json`; `test/compiler/reach.test.ts` holds the compiler against it.
"""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from conftest import ENGINE

from strata_glue.engine.session import Engine, dataset_session

CASES = json.loads((Path(__file__).parents[2] / "test" / "fixtures" / "reach.json").read_text())
SECRET = "topsecret"


def rows_of(engine: Engine, sql: str) -> str:
    """The rows as text; empty where the engine refuses the query."""
    with dataset_session(engine) as session:
        try:
            return str(session.sql(sql).collect())
        except Exception as problem:  # every engine has errors of its own
            # The file was opened, and found not to be a schema.
            return SECRET if "schema.xsd" in str(problem) and "SAXParse" in str(problem) else ""


def test_reaches(engine: Engine, tmp_path: Path) -> None:
    for name in ("secret.txt", "schema.xsd"):
        (tmp_path / name).write_text(SECRET)
    found = {}
    for case in CASES:
        rows = rows_of(engine, case["sql"].replace("$P", str(tmp_path)))
        # A call of Java has no file to show: any result is enough.
        found[case["sql"]] = SECRET in rows or ("java.lang" in case["sql"] and rows != "")
    expected = {case["sql"]: ENGINE in case["reached_on"] for case in CASES}
    if engine.name.startswith("spark 3"):  # which has no `from_xml`
        expected |= {sql: False for sql in expected if "from_xml" in sql}
    assert found == expected


@pytest.mark.skipif(ENGINE != "spark", reason="Sail refuses document types")
def test_only_xpath_fetches_a_document_type(engine: Engine) -> None:
    asked: list[str] = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Nothing on stderr."""

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        document = f'<!DOCTYPE a SYSTEM "http://127.0.0.1:{server.server_port}/%s"><a><b>1</b></a>'
        for name in ("xpath", "xpath_int", "xpath_string"):
            rows_of(engine, f"SELECT {name}('{document % name}', 'a/b')")
        rows_of(engine, f"SELECT from_xml('{document % 'from_xml'}', 'b STRING')")
        server.shutdown()
    assert sorted(set(asked)) == ["/xpath", "/xpath_int", "/xpath_string"]
