/** Text for terminals: widths, columns, what cannot steer one. */

import { assert } from "chai";
import { diagnostic } from "../../compiler/diagnostics.ts";
import { renderDiagnostics } from "../../compiler/show/render.ts";
import { lineUp, printable, widthOf } from "../../compiler/show/text.ts";

describe("text for a terminal", () => {
  it("is as wide as its characters are shown", () => {
    const widths = { "": 0, abc: 3, é: 1, "e\u0301": 1, 東京: 4, "👩‍🚀": 2, "🇩🇪": 2, ｱ: 1 };
    for (const [text, width] of Object.entries(widths)) assert.equal(widthOf(text), width, text);
  });

  it("lines up columns of any script, numbers at their right side", () => {
    const rows = [
      ["name", "rows", "note"],
      ["東京", "12", ""],
      ["e\u0301", "3,000", "x"],
    ];
    assert.deepEqual(
      lineUp(rows, (column) => column === 1, true),
      ["name   rows  note", "----  -----  ----", "東京     12", "e\u0301     3,000  x"],
    );
    assert.deepEqual(lineUp([]), []);
  });

  it("shows what would steer it", () => {
    assert.equal(printable("a\u001b[2J\u202e\n"), "a\\u001b[2J\\u202e\\u000a");
  });

  it("puts carets below what is shown before them, however wide", () => {
    const line = "\u0007\t東京👩‍🚀 e\u0301 here";
    const at = { file: "f", line: 1, column: line.indexOf("here") + 1, length: 4 };
    const shown = renderDiagnostics([diagnostic({ code: "Q001", at, message: "m", help: "h" })], () => line);
    const [, , text = "", carets = ""] = shown.split("\n");
    assert.equal(widthOf(text.slice(0, text.indexOf("here"))), carets.indexOf("^"));
    assert.include(carets, "^^^^");
  });
});
