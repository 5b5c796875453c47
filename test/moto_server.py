"""moto's server on a free port of this machine; prints its URL once it listens.

It decides conditional requests one after another. S3 does so: of two that write one key if it is not there, one succeeds. moto
looks and writes in two steps, and lets both succeed.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import make_server

CONDITIONS = {"HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH"}


class OneConditionAtATime(DomainDispatcherApplication):
    """moto's application, with a lock around requests that have a condition."""

    _deciding = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if CONDITIONS.isdisjoint(environ):
            return super().__call__(environ, start_response)
        with self._deciding:
            return super().__call__(environ, start_response)


if __name__ == "__main__":
    application = OneConditionAtATime(create_backend_app)
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=MotoRequestHandler)
    os.environ["MOTO_PORT"] = str(server.server_port)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
