/** Fixes applied to texts: by ranges, whole or not at all. */

import { assert } from "chai";
import fc from "fast-check";
import type { Edit, Fix } from "../../../compiler/diagnostics.ts";
import { applyFixes } from "../../../compiler/fix/apply.ts";
import { locate } from "../../../compiler/parse/text.ts";

const TEXTS: Readonly<Record<string, string>> = {
  "a.sql": "SELECT '🚀', \"range\"\r\nFROM größe\n",
  "b.json": "[1,\n 2]",
};
const textOf = (file: string) => TEXTS[file];

/** A text in place of `old`, which is once in the file. */
function edit(file: string, old: string, text: string): Edit {
  const at = textOf(file)?.indexOf(old) ?? -1;
  return { file, range: locate(file, textOf(file) ?? "").range(at, old.length), text };
}
const fix = (...edits: Edit[]): Fix => ({ safe: true, title: "t", edits });
const applied = (...fixes: Fix[]) => {
  const { texts, fixes: done } = applyFixes(fixes, textOf);
  return { texts: Object.fromEntries(texts), done: done.map((each) => fixes.indexOf(each)) };
};

describe("fixes applied to texts", () => {
  it("counts lines that end in CRLF, and columns in UTF-16 units", () => {
    const { texts } = applied(fix(edit("a.sql", '"range"', "`range`"), edit("a.sql", "größe", "sizes")));
    assert.deepEqual(texts, { "a.sql": "SELECT '🚀', `range`\r\nFROM sizes\n" });
  });

  it("applies all edits of a fix or none: one that overlaps an earlier one is left out", () => {
    const first = fix(edit("a.sql", '"range"', "x"));
    const second = fix(edit("b.json", "1", "0"), edit("a.sql", ', "range"', ""));
    assert.deepEqual(applied(first, second), { texts: { "a.sql": "SELECT '🚀', x\r\nFROM größe\n" }, done: [0] });
    assert.deepEqual(applied(second, first).done, [0]);
  });

  it("applies edits that touch, and the same edit of two fixes once", () => {
    const { texts, done } = applied(
      fix(edit("b.json", "1", "3")),
      fix(edit("b.json", ",\n ", ", ")),
      fix(edit("b.json", "1", "3")),
    );
    assert.deepEqual(texts, { "b.json": "[3, 2]" });
    assert.deepEqual(done, [0, 1, 2]);
  });

  it("leaves out a fix of another file, of a position that the text lacks, and one whose own edits overlap", () => {
    const behind = { file: "b.json", range: { start: { line: 1, column: 9 }, end: { line: 2, column: 1 } }, text: "" };
    const none = { file: "c.json", range: { start: { line: 1, column: 1 }, end: { line: 1, column: 1 } }, text: "x" };
    const itself = fix(edit("b.json", "1", ""), edit("b.json", "1,", "x"));
    assert.deepEqual(applied(fix(behind), fix(none), itself, fix()), { texts: {}, done: [] });
  });

  it("touches nothing outside its ranges, whatever the text", () => {
    const line = fc.string({ unit: fc.constantFrom("a", "🚀", "é", "\r\n", "\n", "\r", " ", '"'), maxLength: 20 });
    fc.assert(
      fc.property(line, fc.nat(), fc.nat(), line, (text, from, length, put) => {
        const start = from % (text.length + 1);
        const end = Math.min(text.length, start + (length % 5));
        const { range } = locate("f", text);
        const one = fix({ file: "f", range: range(start, end - start), text: put });
        const result = applyFixes([one], () => text).texts.get("f") ?? text;
        // A position between the two halves of a line's end, or of a character, is one that an editor has, too.
        assert.equal(result, text.slice(0, start) + put + text.slice(end));
      }),
    );
  });
});
