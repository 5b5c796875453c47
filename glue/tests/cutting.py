"""A stand-in for a bad network: a proxy that passes requests on to S3 (moto), and cuts responses off."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from urllib.parse import urlsplit

WAYS = ("half a chunk", "half the length", "no byte")
"""How a response ends: urllib3 notices the first; of the others only that bytes are missing can be known."""


@dataclass
class Cuts:
    """Which responses are cut off: the first `times` of a method that have a body."""

    method: str
    way: str
    times: int
    done: int = 0
    lock: Lock = field(default_factory=Lock)

    def one_more(self, method: str, body: bytes) -> bool:
        """True if this response is to be cut."""
        with self.lock:
            if method != self.method or not body or self.done >= self.times:
                return False
            self.done += 1
            return True


@contextmanager
def cutting(endpoint: str, cuts: Cuts) -> Iterator[str]:
    """Starts the proxy; returns its URL."""
    real = urlsplit(endpoint)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            connection = http.client.HTTPConnection(real.hostname or "", real.port)
            headers = {name: value for name, value in self.headers.items() if name.lower() != "expect"}
            connection.request(self.command, self.path, self.rfile.read(length), headers)
            answer = connection.getresponse()
            body = answer.read()
            cut = cuts.one_more(self.command, body)
            self.send_response_only(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in ("transfer-encoding", "content-length", "connection"):
                    self.send_header(name, value)
            if cut and cuts.way == "half a chunk":
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                self.wfile.write(b"%x\r\n" % len(body) + body[: len(body) // 2])
            else:
                size = len(body) if self.command != "HEAD" else int(answer.getheader("Content-Length") or 0)
                self.send_header("Content-Length", str(size))
                self.end_headers()
                self.wfile.write(body if not cut else body[: len(body) // 2] if cuts.way == "half the length" else b"")
            connection.close()
            self.close_connection = cut

        do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = handle_any  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
