/** What `check` finds of the mistakes of an analyst. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import type { Diagnostic } from "../../../compiler/diagnostics.ts";
import { locate } from "../../../compiler/parse/text.ts";
import { type LoadedRoot, loadRoot } from "../../../loading/load.ts";
import { folderOf, removeFolders } from "../../cli/strata.ts";
import { parseArchive } from "../../txtar.ts";
import { type Edit, HARMLESS, MISTAKES, type Mistake } from "./mistakes.ts";

const { sections } = parseArchive(readFileSync(join(import.meta.dirname, "shop.txtar"), "utf8"));
const SHOP = new Map(sections.map(({ name, body }) => [name, body]));

/** Most mistakes that may be pending: this number only falls. */
const PENDING = 6;

describe("mistakes of an analyst", () => {
  afterEach(removeFolders);

  it("has a pipeline without a mistake", async () => {
    assert.deepEqual((await check([])).diagnostics, []);
  });

  for (const mistake of MISTAKES)
    it(`${mistake.pending ? `does not find yet (${mistake.pending})` : "finds"}: ${mistake.what}`, async () => {
      const loaded = await check(mistake.edits);
      const isFound = loaded.diagnostics.some((each) => isRight(each, mistake, loaded));
      const shown = loaded.diagnostics.map(({ code, file, line, column }) => `${code} ${file}:${line}:${column}`);
      assert.equal(isFound, mistake.pending === undefined, shown.join(", ") || "nothing");
    });

  for (const { what, edits } of HARMLESS)
    it(`takes: ${what}`, async () => {
      const { diagnostics } = await check(edits);
      assert.deepEqual(
        diagnostics.filter(({ severity }) => severity !== "note"),
        [],
      );
    });

  it("finds the number of them that it says", () => {
    assert.lengthOf(MISTAKES, 46);
    assert.lengthOf(
      MISTAKES.filter(({ pending }) => pending !== undefined),
      PENDING,
    );
  });
});

/** Loads the pipeline with some texts replaced. */
async function check(edits: readonly Edit[]): Promise<LoadedRoot> {
  const files = new Map(SHOP);
  for (const [file, from, to] of edits) {
    const text = files.get(file) ?? "";
    assert.include(text, from, `edit of ${file}`);
    files.set(
      file,
      text.replace(from, () => to),
    );
  }
  return loadRoot(folderOf(Object.fromEntries(files)));
}

/** True for a diagnostic with the code, at the text. */
function isRight({ code, file, line, column }: Diagnostic, { found }: Mistake, loaded: LoadedRoot): boolean {
  const [wantedCode, wantedFile, wantedText] = found ?? [];
  if (code !== wantedCode || file !== wantedFile) return false;
  const text = loaded.textOf(file) ?? "";
  const offset = locate(file, text).offset({ line, column }) ?? text.length;
  return text.slice(offset).startsWith(wantedText ?? "");
}
