/** Untrusted JSON → input of a comment: invalid parts become empty, nothing throws. */

import type { PlanDiff } from "../compiler/show/diff/plans.ts";
import type { CheckDiagnostic, Preview, PreviewStep, Violation } from "./input.ts";

type Dict = Readonly<Record<string, unknown>>;

/** The diagnostics of `strata check --format json`; undefined if this is not its output. */
export function readDiagnostics(text: string | undefined): CheckDiagnostic[] | undefined {
  const { diagnostics } = dict(parse(text));
  if (!Array.isArray(diagnostics)) return undefined;
  return diagnostics.map(dict).map((each) => ({
    code: string(each.code),
    severity: string(each.severity),
    message: string(each.message),
    file: string(each.file),
    line: number(each.line),
    help: string(each.help),
  }));
}

/** The list of `strata plan --diff --all --format json`; undefined if this is not its output. */
export function readDiffs(text: string | undefined): PlanDiff[] | undefined {
  const diffs = parse(text);
  if (!Array.isArray(diffs)) return undefined;
  return diffs.map(dict).map((each) => ({
    pipeline: string(each.pipeline),
    datasets: list(each.datasets)
      .map(dict)
      .map(({ name, changes }) => ({ name: string(name), changes: list(changes).map(change).filter(isPresent) })),
    downstream: strings(each.downstream),
    stages: { ...threeLists(each.stages), reordered: dict(each.stages).reordered === true },
    touched: strings(each.touched),
    states: threeLists(each.states),
    abandoned: strings(each.abandoned),
  }));
}

/** A preview as `previewOf` wrote it. */
export function readPreview(text: string | undefined, stack: string): Preview {
  const each = dict(parse(text));
  const known = ["previewed", "failed", "left-out"] as const;
  const status = known.find((name) => name === each.status) ?? "failed";
  return {
    stack,
    status,
    reason: each.status === undefined ? "the preview wrote no result" : string(each.reason),
    steps: list(each.steps).map(dict).map(step),
    violations: list(each.violations).map(dict).map(violation),
    errors: strings(each.errors),
  };
}

function step({ op, urn, keys }: Dict): PreviewStep {
  return { op: string(op), urn: string(urn), keys: strings(keys) };
}

function violation({ policy, level, urn, message }: Dict): Violation {
  return { policy: string(policy), level: string(level), urn: string(urn), message: string(message) };
}

type Change = PlanDiff["datasets"][number]["changes"][number];

function change(value: unknown): Change | undefined {
  const each = dict(value);
  const optional = (text: unknown) => (text === undefined ? undefined : string(text));
  switch (each.kind) {
    case "added":
    case "removed":
      return { kind: each.kind, stage: string(each.stage) };
    case "moved":
      return { kind: "moved", from: string(each.from), to: string(each.to) };
    case "sources":
      return { kind: "sources", added: strings(each.added), removed: strings(each.removed) };
    case "settings":
      return { kind: "settings", changed: strings(each.changed) };
    case "expectations":
      return { kind: "expectations", ...threeLists(each) };
    case "target":
      return { kind: "target", from: optional(each.from), to: optional(each.to) };
    case "sql":
    case "config":
      return { kind: each.kind };
    default:
      return undefined;
  }
}

function threeLists(value: unknown) {
  const { added, removed, changed } = dict(value);
  return { added: strings(added), removed: strings(removed), changed: strings(changed) };
}

function parse(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}

function dict(value: unknown): Dict {
  return typeof value === "object" && value !== null ? (value as Dict) : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function strings(value: unknown): string[] {
  return list(value).map(string);
}

function string(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function number(value: unknown): number {
  return typeof value === "number" && Number.isSafeInteger(value) ? value : 0;
}

function isPresent<T>(value: T | undefined): value is T {
  return value !== undefined;
}
