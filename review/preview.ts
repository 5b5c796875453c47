/**
 * The engine's event log (`pulumi preview --event-log FILE`, one JSON object per line) → what a reviewer must know.
 *
 * Not `--json`, which drops the policy pack's findings. Values of properties are dropped: they may be long, and a reviewer
 * decides by operations, names and rules.
 */

import type { Preview, PreviewStep, Violation } from "./input.ts";

/** The preview of a stack that ended with this exit code. */
export function previewOf(stack: string, log: string, exitCode: number): Preview {
  const events = log.split("\n").flatMap((line): Event[] => {
    try {
      return [JSON.parse(line) as Event];
    } catch {
      return [];
    }
  });
  const errors = events.flatMap(({ diagnosticEvent: each }) =>
    each?.severity === "error" && each.ephemeral !== true ? [plain(`${each.prefix ?? ""}${each.message ?? ""}`)] : [],
  );
  return {
    stack,
    status: exitCode === 0 ? "previewed" : "failed",
    reason: exitCode === 0 ? "" : `pulumi preview ended with exit code ${exitCode}`,
    steps: events.flatMap(({ resourcePreEvent }) => stepOf(resourcePreEvent?.metadata)),
    violations: events.flatMap(({ policyEvent }) => violationOf(policyEvent)),
    errors: [...new Set(errors)],
  };
}

interface Event {
  readonly diagnosticEvent?: { severity?: string; prefix?: string; message?: string; ephemeral?: boolean };
  readonly resourcePreEvent?: { metadata?: Metadata };
  readonly policyEvent?: { resourceUrn?: string; policyName?: string; enforcementLevel?: string; message?: string };
}

interface Metadata {
  readonly op?: string;
  readonly urn?: string;
  readonly diffs?: readonly string[];
  readonly detailedDiff?: Readonly<Record<string, unknown>>;
}

/** `create-replacement` and `delete-replaced` are halves of `replace`, and the engine logs all three. */
const NOT_SHOWN = ["same", "read", "read-replacement", "create-replacement", "delete-replaced", "discard", "refresh"];

function stepOf(metadata: Metadata | undefined): PreviewStep[] {
  if (metadata?.op === undefined || metadata.urn === undefined || NOT_SHOWN.includes(metadata.op)) return [];
  const keys = new Set([...Object.keys(metadata.detailedDiff ?? {}), ...(metadata.diffs ?? [])]);
  return [{ op: metadata.op, urn: metadata.urn, keys: [...keys].sort() }];
}

function violationOf(event: Event["policyEvent"]): Violation[] {
  if (event === undefined) return [];
  const { policyName: policy = "", enforcementLevel: level = "", resourceUrn: urn = "", message = "" } = event;
  return [{ policy, level, urn, message: plain(message) }];
}

/** Without the engine's colour tags (`<{%fg 1%}>`) and a terminal's. */
function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences of terminal colours
  return text.replace(/<\{%[^%]*%\}>/g, "").replace(/\u001b\[[0-9;]*m/g, "");
}
