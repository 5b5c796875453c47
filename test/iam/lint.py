"""Reads policies as JSON lines ({"name", "policy"}) and prints parliament's findings, one a line; exit 1 if there is any."""

import json
import sys

from parliament import analyze_policy_string, enhance_finding

findings = [
    (case["name"], enhance_finding(finding))
    for case in map(json.loads, sys.stdin)
    for finding in analyze_policy_string(case["policy"]).findings
]
for name, finding in findings:
    print(f"{name}: {finding.severity} {finding.issue} {finding.detail}")
sys.exit(1 if findings else 0)
