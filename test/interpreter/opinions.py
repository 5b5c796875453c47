"""Two other readers of a definition, asked by JSON lines: com.dashjoin's JSONata (Java), and LocalStack's Step Functions.

LocalStack interprets states, and has com.dashjoin evaluate expressions through JPype. Here it gets the JVM of this machine and
the jars of the command line in place of its own installer, a fake Glue and Lambda client, and clocks that do not wait. It
proves how another program reads the definition, not how AWS does.

Usage: opinions.py JAR… ; a line in: {"ask": "evaluate", …} or {"ask": "run", …}; a line out: the answer.
"""

from __future__ import annotations

import enum
import functools
import hashlib
import io
import json
import logging
import re
import sys
import threading
import types
from typing import Any

import jpype
import jpype.imports  # noqa: F401  makes Java's packages importable

# LocalStack's `Batch` needs moto for one enumeration; no definition here has such a Task.
_BATCH = types.ModuleType("moto.batch.utils")
_BATCH.JobStatus = enum.Enum("JobStatus", "SUCCEEDED FAILED")
sys.modules.update({"moto": types.ModuleType("moto"), "moto.batch": types.ModuleType("moto.batch")})
sys.modules["moto.batch.utils"] = _BATCH

from botocore.exceptions import ClientError  # noqa: E402
from localstack.aws.api.stepfunctions import EvaluationFailedEventDetails, HistoryEventType  # noqa: E402
from localstack.services.stepfunctions.asl.component.common.error_name.custom_error_name import (  # noqa: E402
    CustomErrorName,
)
from localstack.services.stepfunctions.asl.component.common.error_name.error_name import ErrorName  # noqa: E402
from localstack.services.stepfunctions.asl.component.common.error_name.failure_event import (  # noqa: E402
    FailureEvent,
    FailureEventException,
)
from localstack.services.stepfunctions.asl.component.common.error_name.states_error_name import (  # noqa: E402
    StatesErrorName,
)
from localstack.services.stepfunctions.asl.component.common.error_name.states_error_name_type import (  # noqa: E402
    StatesErrorNameType,
)
from localstack.services.stepfunctions.asl.component.common.retry import retrier_decl  # noqa: E402
from localstack.services.stepfunctions.asl.component.common.string import string_expression  # noqa: E402
from localstack.services.stepfunctions.asl.component.state.state_execution.state_task import (  # noqa: E402
    lambda_eval_utils,
)
from localstack.services.stepfunctions.asl.component.state.state_execution.state_task.service import (  # noqa: E402
    state_task_service_aws_sdk,
    state_task_service_glue,
)
from localstack.services.stepfunctions.asl.component.state.state_wait.wait_function import wait_function  # noqa: E402
from localstack.services.stepfunctions.asl.eval import variable_store  # noqa: E402
from localstack.services.stepfunctions.asl.eval.environment import Environment  # noqa: E402
from localstack.services.stepfunctions.asl.eval.evaluation_details import AWSExecutionDetails  # noqa: E402
from localstack.services.stepfunctions.asl.eval.event.event_detail import EventDetails  # noqa: E402
from localstack.services.stepfunctions.asl.eval.event.event_manager import EventHistoryContext  # noqa: E402
from localstack.services.stepfunctions.asl.eval.program_state import ProgramEnded, ProgramError  # noqa: E402
from localstack.services.stepfunctions.asl.eval.states import (  # noqa: E402
    ContextObjectData,
    ExecutionData,
    StateMachineData,
)
from localstack.services.stepfunctions.asl.jsonata import jsonata, validations  # noqa: E402
from localstack.services.stepfunctions.asl.parse.asl_parser import AmazonStateLanguageParser  # noqa: E402

ARN = "arn:aws:states:us-east-1:000000000000"


class Java:
    """com.dashjoin's JSONata with AWS's `$hash`. It reads a text once, however often that is evaluated."""

    def __init__(self, jars: list[str]) -> None:
        jpype.startJVM("-XX:+UseSerialGC", classpath=jars)
        from com.dashjoin.jsonata import Jsonata
        from com.dashjoin.jsonata.json import Json
        from com.fasterxml.jackson.core import JsonGenerator
        from com.fasterxml.jackson.databind import ObjectMapper

        self._read = functools.cache(self._read_once)
        self._jsonata = Jsonata
        self._json = Json
        # In ASCII both ways: JPype does not decode what Java has for a character beyond 16 bits.
        self._mapper = ObjectMapper().configure(JsonGenerator.Feature.ESCAPE_NON_ASCII, True)
        self._hash = jpype.JProxy("com.dashjoin.jsonata.Jsonata$Fn2", {"apply": _hash})

    def _read_once(self, text: str) -> Any:
        expression = self._jsonata.jsonata(text)
        expression.registerFunction("hash", self._hash)
        return expression

    def evaluate(self, text: str, variables: dict[str, Any]) -> tuple[bool, Any]:
        """Whether there is an answer, and the answer. Raises what Java throws."""
        from java.lang import Thread

        if not Thread.isAttached():
            Thread.attach()
        values = {name: json.dumps(value) for name, value in variables.items()}
        # The null of a bound value is Java's, which the library does not know as JSONata's.
        declared = {name for name, value in values.items() if "null" in value}
        expression = self._read(f"({''.join(f'${name} := {values[name]}; ' for name in sorted(declared))}{text})")
        frame = expression.createFrame()
        for name in values.keys() - declared:
            frame.bind(name, self._json.parseJson(values[name]))
        found = expression.evaluate(None, frame)
        return found is not None, json.loads(str(self._mapper.writeValueAsString(found)))


def _hash(text: Any, algorithm: Any) -> str:
    return hashlib.new(str(algorithm).replace("-", ""), bytes(text.getBytes("UTF-8"))).hexdigest()


class FakeClient:
    """Gives a test's answers: `answers[key]` is a list of answers, of which the last one is given again and again."""

    def __init__(self, answers: dict[str, list[Any]], calls: list[Any]) -> None:
        self._answers = answers
        self._calls = calls
        self._lock = threading.Lock()
        self._run: dict[str, Any] = {}

    def _next(self, call: str, name: str, given: Any) -> Any:
        with self._lock:
            self._calls.append([call, name, given])
            left = self._answers.get(f"{call} {name}") or self._answers.get(call) or [{}]
            answer = left.pop(0) if len(left) > 1 else left[0]
        if "throw" in answer:
            code = answer["throw"].split(".")[-1]
            raise type(code, (ClientError,), {})(
                {
                    "Error": {"Code": code, "Message": answer.get("message", "")},
                    "ResponseMetadata": {"HTTPStatusCode": 400, "RequestId": "r"},
                },
                call,
            )
        return json.loads(json.dumps(answer))

    def start_job_run(self, **given: Any) -> Any:
        self._run = self._next("startJobRun", given["JobName"], given["Arguments"])
        return {"JobRunId": self._run.get("Id", "")}

    def get_job_run(self, **_: Any) -> Any:
        return {"JobRun": self._run}

    def start_crawler(self, **given: Any) -> Any:
        return self._next("startCrawler", given["Name"], None)

    def get_crawler(self, **given: Any) -> Any:
        return self._next("getCrawler", given["Name"], None)

    def invoke(self, **given: Any) -> Any:
        payload = given["Payload"]
        answer = self._next("invokeLambda", given["FunctionName"], json.loads(payload))
        return {"StatusCode": 200, "Payload": io.BytesIO(json.dumps(answer["Payload"]).encode())}


@functools.cache
def program_of(definition: str) -> Any:
    """A program keeps nothing of an execution."""
    return AmazonStateLanguageParser.parse(definition)[0]


def run(asked: dict[str, Any]) -> dict[str, Any]:
    """One execution; the answer has the calls in the order they were made."""
    calls: list[Any] = []
    client = FakeClient(asked["answers"], calls)
    for module in (state_task_service_glue, state_task_service_aws_sdk, lambda_eval_utils):
        module.boto_client_for = lambda **_: client
    program = program_of(json.dumps(asked["definition"]))
    environment = Environment(
        aws_execution_details=AWSExecutionDetails("000000000000", "us-east-1", "arn:aws:iam::000000000000:role/r"),
        execution_type="STANDARD",
        context=ContextObjectData(
            Execution=ExecutionData(
                Id=f"{ARN}:execution:m:{asked['name']}",
                Input=asked["input"],
                Name=asked["name"],
                RoleArn="arn:aws:iam::000000000000:role/r",
                StartTime="2026-01-01T00:00:00Z",
            ),
            StateMachine=StateMachineData(Id=f"{ARN}:stateMachine:m", Name="m"),
        ),
        event_history_context=EventHistoryContext.of_program_start(),
        cloud_watch_logging_session=None,
        activity_store={},
    )
    environment.states.reset(input_value=asked["input"])
    program.eval(environment)
    ended = environment.program_state()
    if isinstance(ended, ProgramEnded):
        return {"status": "SUCCEEDED", "output": environment.states.get_input(), "calls": calls}
    failure = ended.error if isinstance(ended, ProgramError) else {}
    return {"status": "FAILED", "error": failure.get("error"), "cause": failure.get("cause"), "calls": calls}


def prepare(java: Java) -> None:
    """Puts our JVM and clocks where LocalStack has its own."""

    def evaluate(text: str) -> Any:
        try:
            return java.evaluate(*without_declarations(text))[1]
        except Exception as problem:
            raise jsonata.JSONataException("UNKNOWN", str(problem)) from None

    own_eval = string_expression.StringJSONata.eval

    def failing_as_aws(self: Any, env: Environment) -> None:
        # LocalStack has no name for an expression that throws; AWS calls it as one that answers nothing.
        try:
            own_eval(self, env)
        except jsonata.JSONataException as problem:
            name = StatesErrorName(typ=StatesErrorNameType.StatesQueryEvaluationError)
            details = EvaluationFailedEventDetails(cause=problem.details, error=name.error_name)
            raise FailureEventException(
                FailureEvent(
                    env=env,
                    error_name=name,
                    event_type=HistoryEventType.EvaluationFailed,
                    event_details=EventDetails(evaluationFailedEventDetails=details),
                )
            ) from None

    string_expression.StringJSONata.eval = failing_as_aws

    def any_name(self: Any, error_name: str | None) -> None:
        # What fails in a Map keeps its name, of which LocalStack refuses those of Step Functions itself.
        ErrorName.__init__(self, error_name)

    CustomErrorName.__init__ = any_name

    def declarations(bindings: dict[str, Any]) -> str:
        # As LocalStack's own, except for texts: it puts quotes around them without escaping what is inside.
        return "".join(f"{name}:={json.dumps(value)};" for name, value in bindings.items())

    for module in (jsonata, string_expression, validations):
        module.eval_jsonata_expression = evaluate
    for module in (jsonata, variable_store, sys.modules["localstack.services.stepfunctions.asl.eval.states"]):
        module.encode_jsonata_variable_declarations = declarations
    string_expression.get_intrinsic_functions_declarations = lambda **_: ""
    retrier_decl.time = types.SimpleNamespace(sleep=lambda _: None)
    wait_function.WaitFunction.eval = lambda *_, **__: None


def without_declarations(text: str) -> tuple[str, dict[str, Any]]:
    """LocalStack's `(…)`, `$exists((…))` or `$type((…))` without the values that it declares in front, and these values."""
    start = text.index("(", text.startswith("$") and text.index("(") + 1) + 1
    at, variables = start, {}
    while declared := re.compile(r"\$(\w+):=").match(text, at):
        variables[declared[1]], end = json.JSONDecoder().raw_decode(text, declared.end())
        at = end + len(";")
    return text[:start] + text[at:], variables


def evaluate_for(java: Java, asked: dict[str, Any]) -> dict[str, Any]:
    exists, value = java.evaluate(asked["expression"], {"states": asked["states"]})
    return {"value": value} if exists else {"undefined": True}


def main(jars: list[str]) -> None:
    logging.disable(logging.CRITICAL)
    java = Java(jars)
    prepare(java)
    out, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            answer = evaluate_for(java, asked) if asked["ask"] == "evaluate" else run(asked)
        except Exception as problem:
            answer = {"problem": f"{type(problem).__name__}: {problem}"}
        out.write(json.dumps(answer) + "\n")
        out.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
