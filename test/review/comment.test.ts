/** The pull request's comment: what comes first, what is cut, and that no text gets out of its code. */

import { assert } from "chai";
import fc from "fast-check";
import { buildComment, MARKER } from "../../review/comment.ts";
import { block, inline } from "../../review/escape.ts";
import { COMMENT_LIMIT } from "../../review/fit.ts";
import { FORK_REASON, type ReviewInput } from "../../review/input.ts";
import { readDiagnostics, readDiffs, readPreview } from "../../review/read.ts";
import { anyInput, COMMIT, DIFF, EMPTY, errorAt, PREVIEW, urn } from "./inputs.ts";
import { outline } from "./markdown.ts";

const step = (op: string, name: string) => ({ op, urn: urn(name), keys: ["bucket"] });
const violation = (policy: string, level: string) => ({ policy, level, urn: urn("lake"), message: "has no key" });

/** A change of many datasets: everything that can be there is there. */
function large(datasets: number): ReviewInput {
  const names = Array.from({ length: datasets }, (_, index) => `dataset_with_a_rather_long_name_${index}`);
  return {
    commit: COMMIT,
    diagnostics: [errorAt("sql/first.sql"), errorAt("sql/w.sql", "unused", "warning")],
    diffs: [
      {
        ...DIFF,
        datasets: names.map((name) => ({ name, changes: [{ kind: "sql" }, { kind: "moved", from: "a", to: "b" }] })),
        downstream: names.map((name) => `reader_of_${name}`),
        states: { added: [], removed: [], changed: names },
      },
    ],
    previews: ["dev", "prod"].map((stack) => ({
      ...PREVIEW,
      stack,
      steps: [step("replace", "kept"), ...names.map((name) => step("update", name))],
      violations: [violation("mandatory-rule", "mandatory")],
    })),
  };
}

describe("a pull request's comment", () => {
  it("says in its head what a reviewer decides by", () => {
    const body = buildComment({
      ...EMPTY,
      diffs: [{ ...DIFF, datasets: [{ name: "orders", changes: [{ kind: "sql" }] }], downstream: ["totals"] }],
      previews: [
        { ...PREVIEW, steps: [step("create", "a"), step("replace", "b"), step("delete", "c"), step("update", "d")] },
      ],
    });
    assert.isTrue(body.startsWith(`${MARKER}\n`));
    assert.include(
      body,
      "- ✅ `strata check`: no errors, 0 warnings\n- Plan: 1 dataset changed, 1 more dataset affected",
    );
    assert.include(body, "`dev`: 1 to create, 1 to update, **1 to replace**, **1 to delete**, 0 findings");
    assert.include(body, `For commit ${COMMIT}.`);
    assert.include(body, "- `dev`: `replace` `aws:s3/bucket:Bucket` `b` (`bucket`)");
  });

  it("puts errors first, then what is lost, then violations, then the difference, then details", () => {
    const body = buildComment(large(3));
    const order = [
      "### Errors (1)",
      "### ⚠️ Resources to replace or delete (2)",
      "### Findings of the policy pack that stop a deployment (2)",
      "### Datasets changed (3)",
      "### Warnings (1)",
      "<summary>Downstream datasets (3)</summary>",
      "<summary>Changed states of the state machine (3)</summary>",
      "<summary>Resources to create or update (6)</summary>",
    ].map((title) => body.indexOf(title));
    assert.notInclude(order, -1);
    assert.deepEqual(
      order,
      [...order].sort((a, b) => a - b),
    );
  });

  it("reports that a fork's pull request has no previews, and why", () => {
    const body = buildComment({ ...EMPTY, previews: [{ ...PREVIEW, status: "left-out", reason: FORK_REASON }] });
    assert.include(body, "Preview of `dev`: left out, because the pull request comes from a fork");
  });

  it("reports a check and a comparison that did not finish", () => {
    const body = buildComment({ ...EMPTY, diagnostics: undefined, diffs: undefined });
    assert.include(body, "❌ `strata check` did not finish");
    assert.include(body, "No comparison of plans");
  });

  it("shows the error of a preview that failed", () => {
    const body = buildComment({
      ...EMPTY,
      previews: [{ ...PREVIEW, status: "failed", errors: ["no ``` credentials"] }],
    });
    assert.include(body, "````text\nno ``` credentials\n````");
  });

  it("of a change of 2,000 datasets stays below the limit, keeps what matters and counts what it cuts", () => {
    const body = buildComment(large(2_000));
    assert.isBelow(Buffer.byteLength(body), COMMENT_LIMIT);
    assert.isAbove(Buffer.byteLength(body), COMMENT_LIMIT * 0.95, "the limit is used");
    for (const kept of ["sql/first.sql:2", "`replace`", "mandatory-rule", "unused"]) assert.include(body, kept);
    assert.match(body, /- … and [\d,]+ more: run `npx --no strata plan --all --diff main`/);
    assert.include(body, "- … and 3,990 more: see the preview's job");
    assert.include(body, "### Datasets changed (2,000)");
  });

  it("keeps the limit, the marker and every fence, whatever the input", () => {
    fc.assert(
      fc.property(anyInput, fc.constantFrom(COMMENT_LIMIT - 1, 30_000), (input, limit) => {
        const body = buildComment(input, limit);
        assert.isAtMost(Buffer.byteLength(body), limit);
        assert.isTrue(body.startsWith(`${MARKER}\n`));
        const { prose, balanced } = outline(body);
        assert.isTrue(balanced, "every fence and span ends");
        assert.notMatch(prose, /@\w|<script|javascript:|\u202e/, "nothing of the users' is outside of code");
        assert.equal(prose.split(MARKER).length, 2, "one marker");
        const tags = [...prose.matchAll(/<[^>]*>/g)].map(([tag]) => tag);
        assert.includeMembers([MARKER, "<details>", "</details>", "<summary>", "</summary>"], tags);
        const count = (tag: string) => tags.filter((each) => each === tag).length;
        assert.equal(count("<details>"), count("</details>"));
      }),
      { numRuns: 150 },
    );
  });

  it("shows names as they are, however many backticks they have", () => {
    assert.equal(inline("plain"), "`plain`");
    assert.equal(inline("a`b``c"), "```a`b``c```");
    assert.equal(inline("`x`"), "`` `x` ``");
    assert.equal(inline("two\n\nlines"), "`two lines`");
    assert.equal(inline("\u202eevil"), "`\\u202eevil`");
    assert.equal(inline(""), "`(empty)`");
    assert.equal(block("a\r\nb````"), "`````text\na\nb````\n`````");
    assert.isAtMost(block("😀".repeat(5_000)).length, 2_100);
  });
});

describe("results of jobs that ran a pull request's code", () => {
  it("are read without trust: anything else is left out, and nothing throws", () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
        const input = {
          commit: COMMIT,
          diagnostics: readDiagnostics(text),
          diffs: readDiffs(text),
          previews: [readPreview(text, "dev")],
        };
        assert.isBelow(Buffer.byteLength(buildComment(input)), COMMENT_LIMIT);
      }),
    );
    assert.isUndefined(readDiagnostics(undefined));
    assert.deepInclude(readPreview(undefined, "dev"), { status: "failed", reason: "the preview wrote no result" });
  });

  it("come back as they were written", () => {
    fc.assert(
      fc.property(anyInput, ({ diffs, previews, diagnostics }) => {
        if (diagnostics !== undefined)
          assert.deepEqual(readDiagnostics(JSON.stringify({ diagnostics })), plain(diagnostics));
        for (const each of previews) assert.deepEqual(readPreview(JSON.stringify(each), each.stack), each);
        if (diffs !== undefined) {
          const read = readDiffs(JSON.stringify(diffs)) ?? [];
          assert.deepEqual(
            read.map(({ datasets, downstream, abandoned }) => plain({ datasets, downstream, abandoned })),
            diffs.map(({ datasets, downstream, abandoned }) => plain({ datasets, downstream, abandoned })),
          );
        }
      }),
      { numRuns: 50 },
    );
  });
});

/** As JSON has it: without keys that are undefined. */
function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
