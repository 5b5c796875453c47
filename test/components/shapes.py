"""Puts requests to AWS's own service models: JSON lines on stdin, problems one a line on stdout.

A line is {"name", "service", "operation", "inputs", "names"}: a resource's inputs as Pulumi has them, and where a name
differs from the model's, the path of members that it replaces. Any other name is the member's without regard to case.
An input that is not a member is a problem. botocore checks required members and types; enums, patterns and lengths here.
"""

import base64
import json
import re
import sys

import botocore.session
from botocore.validate import ParamValidator

# What Python's regular expressions have no word for, or read otherwise than Java's.
REWRITES = (
    (r"\uD800\uDC00-\uDBFF\uDFFF", r"\U00010000-\U0010FFFF"),
    (r"[\w-_]", r"[\w_-]"),
    (r"\p{L}\p{Z}\p{N}", r"\w\s"),
    (r"\p{ASCII}*", r"[\x00-\x7F]*"),
)
# Services whose documentation counts a text's length in bytes of UTF-8 ("not more than 2048 bytes long"); others count characters.
BYTES = {"glue"}


class Request:
    def __init__(self, service, names):
        self.service = service
        self.names = names
        self.problems = []

    def structure(self, shape, inputs, where):
        params = {}
        for name, value in inputs.items():
            self.place(shape, params, self.names.get(name, name).split("."), value, f"{where}.{name}")
        return params

    def place(self, shape, params, path, value, where):
        """Sets a member, making the structures on the way to it."""
        first, *rest = path
        member = next((each for each in shape.members if each.lower() == first.lower()), None)
        if member is None:
            self.problems.append(f"{where}: {shape.name} has no member {first}")
            return
        inner = shape.members[member]
        if not rest:
            params[member] = self.convert(inner, value, where)
        elif inner.type_name == "map":
            params.setdefault(member, {})[rest[0]] = value
        elif inner.type_name == "list":
            self.place(inner.member, params.setdefault(member, [{}])[0], rest, value, where)
        else:
            self.place(inner, params.setdefault(member, {}), rest, value, where)

    def convert(self, shape, value, where):
        if shape.type_name == "structure" and isinstance(value, dict):
            return self.structure(shape, value, where)
        if shape.type_name == "list":
            # Pulumi has one object where a list of one is meant.
            items = value if isinstance(value, list) else [value]
            return [self.convert(shape.member, item, f"{where}[{index}]") for index, item in enumerate(items)]
        if shape.type_name == "blob" and isinstance(value, str):
            return base64.b64decode(value)
        return value

    def check(self, shape, value, where):
        """Enums, patterns and lengths of what botocore has found to be of the right type."""
        if shape.type_name == "structure":
            for name, inner in value.items():
                self.check(shape.members[name], inner, f"{where}.{name}")
        elif shape.type_name == "list":
            self.size(shape, len(value), "items", where)
            for index, item in enumerate(value):
                self.check(shape.member, item, f"{where}[{index}]")
        elif shape.type_name == "map":
            self.size(shape, len(value), "entries", where)
            for key, inner in value.items():
                self.check(shape.key, key, f"{where} key {key!r}")
                self.check(shape.value, inner, f"{where}.{key}")
        elif shape.type_name == "string":
            self.text(shape, value, where)
        elif shape.type_name in ("integer", "long", "double", "float"):
            self.size(shape, value, "", where)

    def text(self, shape, value, where):
        size = len(value.encode("utf-8", "surrogatepass")) if self.service in BYTES else len(value)
        self.size(shape, size, "bytes" if self.service in BYTES else "characters", where)
        if shape.enum and value not in shape.enum:
            self.problems.append(f"{where}: {value!r} is not one of {', '.join(shape.enum)}")
        pattern = shape.metadata.get("pattern")
        if pattern is None:
            return
        for old, new in REWRITES:
            pattern = pattern.replace(old, new)
        if not re.fullmatch(pattern, value):
            self.problems.append(f"{where}: {value!r} does not match {pattern}")

    def size(self, shape, size, unit, where):
        least, most = shape.metadata.get("min"), shape.metadata.get("max")
        if (least is not None and size < least) or (most is not None and size > most):
            self.problems.append(f"{where}: {size} {unit} is not between {least} and {most}")


def problems_of(session, line):
    shape = session.get_service_model(line["service"]).operation_model(line["operation"]).input_shape
    request = Request(line["service"], line["names"])
    params = request.structure(shape, line["inputs"], "")
    report = ParamValidator().validate(params, shape)
    if report.has_errors():
        return [*request.problems, *report.generate_report().split("\n")]
    request.check(shape, params, "")
    return request.problems


session = botocore.session.get_session()
for line in map(json.loads, sys.stdin):
    for problem in problems_of(session, line):
        print(f"{line['name']}: {line['service']} {line['operation']}: {problem}")
