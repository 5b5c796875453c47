/** What messages say beside their codes: suggestions, and one block for one cause. */

import { readFileSync } from "node:fs";
import { assert } from "chai";
import { diagnostic } from "../../compiler/diagnostics.ts";
import { nearest, suggest } from "../../compiler/nearest.ts";
import { countDiagnostics, renderDiagnostics } from "../../compiler/show/render.ts";
import { SHOP } from "../cli/strata.ts";
import { compileFiles } from "./files.ts";

describe("suggestions for a misspelt name", () => {
  // The job's own suggestions are held to the same table (glue/tests/test_nearest.py).
  const NAMES = JSON.parse(readFileSync(new URL("nearest.json", import.meta.url), "utf8")) as readonly [
    name: string,
    known: readonly string[],
    meant: string | null,
  ][];
  for (const [name, known, meant] of NAMES)
    it(`${name || "nothing"} means ${meant ?? "nothing"} of ${known.join(", ") || "nothing"}`, () =>
      assert.equal(nearest(name, known) ?? null, meant));

  it("names what is known where nothing is near", () => {
    assert.equal(suggest("routes_bronze", ["airports_bronze"], "table"), "known tables: `airports_bronze`");
  });
});

describe("a named query", () => {
  const codesOf = (bytes: number) =>
    compileFiles({
      ...SHOP,
      "pipelines/shop/pipeline.yaml": `queries:\n  long: "${"x".repeat(bytes)}"\n`,
    }).diagnostics.map(({ code, message }) => `${code} ${message}`);

  it("may have as many bytes as Athena takes, and no more", () => {
    assert.deepEqual(codesOf(262_144), []);
    assert.deepEqual(codesOf(262_145), ["L001 query `long` is too long: 262,145 bytes"]);
  });
});

describe("printed diagnostics", () => {
  const at = (line: number, message = "parameter `:day` is not declared") =>
    diagnostic({ code: "Q007", at: { file: "sql/a.sql", line, column: 8, length: 4 }, message, help: "declare it" });

  it("that say the same are one block with all places, and each is counted", () => {
    const found = [at(1), at(2, "something else"), at(3), at(10)];
    const text = renderDiagnostics(found, () => "SELECT :day\n".repeat(10));
    assert.equal(
      text,
      [
        "error[Q007]: parameter `:day` is not declared",
        " --> sql/a.sql:1:8",
        "1 | SELECT :day",
        "  |        ^^^^",
        " ::: sql/a.sql:3:8 the same",
        " ::: sql/a.sql:10:8 the same",
        "  = help: declare it",
        "",
        "error[Q007]: something else",
        " --> sql/a.sql:2:8",
        "2 | SELECT :day",
        "  |        ^^^^",
        "  = help: declare it",
      ].join("\n"),
    );
    assert.equal(countDiagnostics(found), "4 errors");
  });

  it("of very many places list some and count the rest", () => {
    const text = renderDiagnostics(
      Array.from({ length: 1221 }, (_, index) => at(index + 1)),
      () => undefined,
    );
    assert.include(text, "the same at 1,200 more places\n");
    assert.isBelow(text.split("\n").length, 30);
  });
});
