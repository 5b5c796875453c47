/** The words of messages, comments and pages: docs/architecture.md, "Words". */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import { HOME } from "../../setup/node.mjs";
import { BANNED } from "./banned.ts";

/** Files in which a phrase is right, with the reason. */
const EXCEPTIONS: Readonly<Record<string, readonly { phrase: RegExp; why: string }[]>> = {
  "docs/policies.md": [{ phrase: /tidied/i, why: "the policy `bucket-tidied`: waivers may name it" }],
  "policy/rules/storage.ts": [{ phrase: /tidied/i, why: "the same" }],
  "test/policy/examples/storage.ts": [{ phrase: /tidied/i, why: "the same" }],
  "test/policy/program.test.ts": [{ phrase: /tidied/i, why: "the same" }],
};

const SKIPPED = new Set(["node_modules", "generated", "fixtures", "__pycache__"]);
const READ = /\.(?:ts|mts|mjs|py|md|yml|yaml)$/;

/** Every text file of the project with a name that is not hidden (but for `.github`), relative to the root. */
function files(folder = ""): string[] {
  return readdirSync(join(HOME, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}${entry.name}`;
    if (entry.isDirectory()) {
      const left = SKIPPED.has(entry.name) || (entry.name.startsWith(".") && entry.name !== ".github");
      return left ? [] : files(`${path}/`);
    }
    return READ.test(entry.name) ? [path] : [];
  });
}

const PATTERNS = BANNED.map((banned) => ({
  ...banned,
  pattern: new RegExp(banned.phrase.replaceAll(" ", "\\s+"), "gi"),
}));

/** The text without what begins a comment's line, at the same offsets, so that a phrase is found across lines. */
const joined = (text: string) =>
  text.replace(/\n[ \t]*(?:\*|\/\/|#|\|)?/g, (start) => `\n${" ".repeat(start.length - 1)}`);

/** Banned phrases in a text, as `line: "phrase": why`. */
function found(text: string, allowed: readonly RegExp[] = []): string[] {
  const prose = joined(text);
  return PATTERNS.flatMap(({ pattern, why, right }) =>
    [...prose.matchAll(pattern)]
      .filter(([phrase]) => !allowed.some((each) => each.test(phrase)))
      .map(({ 0: phrase, index }) => {
        const line = prose.slice(0, index).split("\n").length;
        return `${line}: "${phrase.replace(/\s+/g, " ")}": ${why}; as in "${right}"`;
      }),
  );
}

/** The page without its list of earlier words, and without the tables that contract/ generates. */
const authored = (text: string) =>
  text.replace(/\n\| before \| now \|\n(?:\|.*\n)+|<!-- contract: [\s\S]*?<!-- \/contract/g, (rows) =>
    "\n".repeat(rows.split("\n").length - 1),
  );

const read = (path: string) => readFileSync(join(HOME, path), "utf8");
const foundIn = (path: string) =>
  found(
    authored(read(path)),
    EXCEPTIONS[path]?.map(({ phrase }) => phrase),
  );

/** Lines of prose that hold more than one sentence: not code, tables or headings. */
function longLines(text: string): number[] {
  const prose = text.replace(/^```[\s\S]*?^```$/gm, (block) => "\n".repeat(block.split("\n").length - 1));
  return prose
    .split("\n")
    .map((line, index) => ({ line: line.replace(/`[^`]*`/g, "`x`"), number: index + 1 }))
    .filter(({ line }) => !/^(?: {4}|\||#)/.test(line) && /[.!?]["')*]* [A-Z`*[]/.test(line.replace(/^\s*\d+\. /, "")))
    .map(({ number }) => number);
}

describe("words", () => {
  const all = files().filter((path) => !path.startsWith("test/words/"));

  it("each banned phrase is found in its example, and not in what replaces it", () => {
    for (const { wrong, right } of BANNED) {
      assert.isNotEmpty(found(wrong), wrong);
      assert.isEmpty(found(right), right);
    }
  });

  it("a phrase is found across the lines of a comment, at its line", () => {
    assert.match(found("code\n// the mistake is\n// said here")[0] ?? "", /^2: "is said": /);
  });

  it("messages, comments and pages have no banned phrase", () => {
    const wrong = all.flatMap((path) => foundIn(path).map((each) => `${path}:${each}`));
    assert.deepEqual(wrong, [], wrong.slice(0, 99).join("\n"));
  });

  it("an exception is still needed", () => {
    for (const [path, phrases] of Object.entries(EXCEPTIONS)) {
      for (const { phrase } of phrases) assert.match(found(read(path)).join("\n"), phrase, path);
    }
  });

  it("pages have one sentence a line", () => {
    const wrong = all
      .filter((path) => path.endsWith(".md"))
      .flatMap((path) => longLines(read(path)).map((line) => `${path}:${line}`));
    assert.deepEqual(wrong, [], wrong.slice(0, 99).join("\n"));
  });
});
