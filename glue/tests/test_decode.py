"""What the job makes of encoded arguments, and what it refuses."""

from __future__ import annotations

import hashlib
import json

import pytest
from encoded import encoded

from strata_glue.arguments.decode import decode
from strata_glue.arguments.parse import parse_command_line
from strata_glue.errors import JobInputError

WILD = 'é 日本 🚀 "q" \\ $.x {} --stage\nnew'
PLAIN = {
    "group_list": json.dumps([{"sql_name": WILD}]),
    "publish": json.dumps({WILD: {}}),
    "pipeline": WILD,
    "stage": "--group_list",
    "execution": WILD,
    "plan": "0" * 64,
    "params": json.dumps({WILD: WILD}, ensure_ascii=False),
    "param_types": json.dumps({WILD: "string"}),
    "datasets": json.dumps([WILD], ensure_ascii=False),
    "state": "s3://b/state/",
}
GLUE = "--JOB_ID j --JOB_RUN_ID r --JOB_NAME n --enable-metrics true --TempDir s3://b/t/ --extra-py-files s3://b/z.zip"


def test_encoding_and_decoding_lose_nothing():
    sent = encoded(PLAIN)
    assert all(value.isascii() for value in sent.values())
    assert decode(sent) == PLAIN
    argv = [*GLUE.split(), *(word for name, value in sent.items() for word in (f"--{name}", value))]
    arguments = parse_command_line(argv)
    assert (arguments.pipeline, arguments.stage, arguments.execution) == (WILD, "--group_list", WILD)
    assert (arguments.datasets, arguments.params, arguments.state) == ((WILD,), PLAIN["params"], PLAIN["state"])


@pytest.mark.parametrize("name", ["group_list", "publish", "pipeline", "stage", "plan", "param_types"])
def test_what_arrives_changed_is_refused_with_the_likely_cause(name):
    """As a process without a UTF-8 locale changes it."""
    sent = encoded(PLAIN)
    raw = {**sent, name: PLAIN[name] + "é"}
    digests = {**json.loads(sent["digests"]), name: hashlib.sha256(raw[name].encode()).hexdigest()}
    broken = {**raw, name: raw[name].encode("ascii", "replace").decode(), "digests": json.dumps(digests)}
    with pytest.raises(
        JobInputError, match=rf"--{name} differs from what the state machine sent: .* locale .*LC_ALL=C.UTF-8"
    ):
        decode(broken)


@pytest.mark.parametrize("name", ["execution", "params", "datasets"])
@pytest.mark.parametrize("change", [lambda text: "0" + text[1:], lambda text: text[:-8], lambda text: text + "?"])
def test_what_an_execution_computes_is_checked_too(name, change):
    sent = encoded(PLAIN)
    if change(sent[name]) == sent[name]:
        pytest.skip("the digest begins with 0")
    with pytest.raises(JobInputError, match=rf"--{name} .*locale"):
        decode({**sent, name: change(sent[name])})


def test_a_byte_that_is_not_a_character_is_refused():
    sent = encoded({**PLAIN, "pipeline": "p"})
    for value in ("\udcff", "%ff"):
        with pytest.raises(JobInputError, match="--pipeline"):
            decode({**sent, "pipeline": value})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"arguments_version": None},
            r"of version 1, but this job \(Strata .*\) reads version 4: start a new execution",
        ),
        ({"arguments_version": "3", "written_by": "0.0.9"}, "of version 3, compiled by Strata 0.0.9, but this job"),
        ({"digests": None}, "--digests is not a JSON object"),
        ({"digests": "[]"}, "--digests is not a JSON object"),
        ({"digests": "{}"}, "--group_list has no digest"),
        ({"group_list": None}, "--group_list is missing"),
    ],
)
def test_arguments_that_no_definition_has_are_refused(change, message):
    sent = {name: value for name, value in {**encoded(PLAIN), **change}.items() if value is not None}
    with pytest.raises(JobInputError, match=message):
        decode(sent)


def test_uris_that_read_setup_returns_need_no_digest():
    plain = {**PLAIN, "group_list": f"s3://code/groups/p/{'0' * 64}.json", "publish": "{}"}
    sent = encoded(plain)
    digests = {
        name: value
        for name, value in json.loads(sent["digests"]).items()
        if name in ("pipeline", "stage", "plan", "param_types")
    }
    assert decode({**sent, "digests": json.dumps(digests)}) == plain


def test_an_object_that_is_not_what_its_name_says_is_refused(lake, dataset):
    text = json.dumps([dataset("d", "SELECT 1 AS one")])
    address = f"s3://code/groups/{hashlib.sha256(text.encode()).hexdigest()}.json"
    lake.path(address).parent.mkdir(parents=True)
    lake.path(address).write_text(text, encoding="utf-8")
    assert lake.run(group_list=address)[0].status == "SUCCEEDED"
    lake.path(address).write_text(text[:-1], encoding="utf-8")
    result, events = lake.run(group_list=address)
    assert "does not match the digest in its name" in (result.error or "") and events == {}
