"""Another user of the machine, who tries what the job's ports let them do: `python stranger.py PORT…`.

Only root can become another user. Any other user connects as themselves, which shows the same: TCP does not check who connects,
and the test is that no process outside gets in. Prints a JSON object: each port → its outcome.
"""

from __future__ import annotations

import json
import os
import socket
import struct
import sys
from contextlib import suppress

UNPRIVILEGED = 65534


def main(ports: list[int]) -> None:
    try:  # where there is none, no port speaks it
        import grpc
        from pyspark.sql.connect.proto import base_pb2
    except ImportError:
        grpc = base_pb2 = None
    "localhost".encode("idna")  # loaded now: the other user may have no right to read this Python's files
    with suppress(OSError):  # root of a user namespace that has no such user
        if os.geteuid() == 0:
            os.setgroups([])
            os.setgid(UNPRIVILEGED)
            os.setuid(UNPRIVILEGED)
    print(json.dumps({port: attempt(port, grpc, base_pb2) for port in ports}))


def attempt(port: int, grpc, base_pb2) -> str:
    try:
        one = socket.create_connection(("127.0.0.1", port), timeout=5)
    except OSError:
        return "refused"
    with one:
        return spark_connect(port, grpc, base_pb2) if grpc else spark_rpc(one)


def spark_connect(port: int, grpc, base_pb2) -> str:
    """Runs a query by Spark Connect."""
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        call = channel.unary_stream(
            "/spark.connect.SparkConnectService/ExecutePlan",
            request_serializer=base_pb2.ExecutePlanRequest.SerializeToString,
            response_deserializer=base_pb2.ExecutePlanResponse.FromString,
        )
        request = base_pb2.ExecutePlanRequest(session_id="00000000-0000-4000-8000-000000000000")
        request.plan.root.sql.query = "SELECT 1"
        try:
            return f"answered {sum(1 for _ in call(request, timeout=20))} messages"
        except grpc.RpcError as problem:
            return f"refused: {problem.code()}"


def spark_rpc(one: socket.socket) -> str:
    """Sends Spark's driver an RPC (a frame of type 3) that is not a serialized object; returns its reaction."""
    body = b"no serialized object"
    message = struct.pack(">bqi", 3, 1, len(body)) + body
    one.sendall(struct.pack(">q", 8 + len(message)) + message)
    one.settimeout(5)
    answer = b""
    with suppress(TimeoutError, ConnectionResetError):
        while part := one.recv(65536):
            answer += part
    return (
        "took it for a message"
        if b"StreamCorrupted" in answer or b"EOFException" in answer
        else f"refused: {answer[:300]!r}"
    )


if __name__ == "__main__":
    main([int(port) for port in sys.argv[1:]])
