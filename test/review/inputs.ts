/** Inputs of comments for tests: by hand, and any at all. */

import fc from "fast-check";
import type { PlanDiff } from "../../compiler/show/diff/plans.ts";
import type { CheckDiagnostic, Preview, ReviewInput } from "../../review/input.ts";

export const COMMIT = "0123456789abcdef0123456789abcdef01234567";

export const EMPTY: ReviewInput = { commit: COMMIT, diagnostics: [], diffs: [], previews: [] };

export const DIFF: PlanDiff = {
  pipeline: "shop",
  datasets: [],
  downstream: [],
  stages: { added: [], removed: [], reordered: false },
  touched: [],
  states: { added: [], removed: [], changed: [] },
  abandoned: [],
};

export const PREVIEW: Preview = {
  stack: "dev",
  status: "previewed",
  reason: "",
  steps: [],
  violations: [],
  errors: [],
};

export const urn = (name: string, type = "aws:s3/bucket:Bucket") => `urn:pulumi:dev::strata::${type}::${name}`;

export function errorAt(file: string, message = "wrong", severity = "error"): CheckDiagnostic {
  return { code: "Q004", severity, message, file, line: 2, help: "write it right" };
}

/** Text that would do harm outside code, and any other. */
const NASTY = [
  "@octocat",
  "```",
  "`````\n# out",
  "</details><script>alert(1)</script>",
  "<!-- strata-review -->",
  "[x](javascript:alert(1))",
  "a|b",
  "\u202egnp.exe",
  "~~~",
  "`",
  "",
  " ",
  "line\n\n- [ ] item\r\n> quote",
  "é".repeat(400),
];
const text = fc.oneof(
  fc.constantFrom(...NASTY),
  fc.array(fc.constantFrom(...NASTY), { maxLength: 4 }).map((parts) => parts.join("")),
  fc.string({ unit: "binary", maxLength: 60 }),
);
const texts = fc.array(text, { maxLength: 30 });
const lists = { added: texts, removed: texts };
const change = fc.oneof(
  fc.record({ kind: fc.constantFrom("added" as const, "removed" as const), stage: text }),
  fc.record({ kind: fc.constant("moved" as const), from: text, to: text }),
  fc.record({ kind: fc.constant("sources" as const), ...lists }),
  fc.record({ kind: fc.constant("target" as const), from: fc.option(text, { nil: undefined }), to: text }),
  fc.record({ kind: fc.constant("settings" as const), changed: texts }),
  fc.record({ kind: fc.constant("expectations" as const), ...lists, changed: texts }),
  fc.record({ kind: fc.constantFrom("sql" as const, "config" as const) }),
);
const diff: fc.Arbitrary<PlanDiff> = fc.record({
  pipeline: text,
  datasets: fc.array(fc.record({ name: text, changes: fc.array(change, { minLength: 1, maxLength: 4 }) }), {
    maxLength: 30,
  }),
  downstream: texts,
  stages: fc.record({ ...lists, reordered: fc.boolean() }),
  touched: texts,
  states: fc.record({ ...lists, changed: texts }),
  abandoned: texts,
});
const preview: fc.Arbitrary<Preview> = fc.record({
  stack: text,
  status: fc.constantFrom("previewed", "failed", "left-out"),
  reason: text,
  steps: fc.array(
    fc.record({ op: fc.oneof(fc.constantFrom("replace", "delete", "create", "update"), text), urn: text, keys: texts }),
    { maxLength: 30 },
  ),
  violations: fc.array(
    fc.record({ policy: text, level: fc.constantFrom("mandatory", "advisory"), urn: text, message: text }),
    { maxLength: 30 },
  ),
  errors: fc.array(text, { maxLength: 30 }),
});

/** Any input at all. */
export const anyInput: fc.Arbitrary<ReviewInput> = fc.record({
  commit: fc.oneof(fc.constant(COMMIT), text),
  diagnostics: fc.option(
    fc.array(
      fc.record({
        code: text,
        severity: fc.constantFrom("error", "warning"),
        message: text,
        file: text,
        line: fc.nat(),
        help: text,
      }),
      { maxLength: 60 },
    ),
    { nil: undefined },
  ),
  diffs: fc.option(fc.array(diff, { maxLength: 5 }), { nil: undefined }),
  previews: fc.array(preview, { maxLength: 12 }),
});
