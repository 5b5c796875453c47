/** Results of queries, as text, JSON and CSV. */

import { assert } from "chai";
import { formatTable, type Table } from "../../local/catalog/format.ts";

const COLUMNS = [
  { name: "city", number: false },
  { name: "n", number: true },
  { name: 'a "b"', number: true },
];
const TABLE: Table = {
  columns: COLUMNS,
  rows: [
    ["Москва", "9223372036854775807", "1.50"],
    ["東京", "1", null],
    ["e\u0301t\u001b[31m", "2", "12345678901234567890.12"],
    ['x,"y"\nz', null, "0.00"],
  ],
  all: 4,
};

describe("results of queries", () => {
  it("as text are aligned by display width, numbers to the right, and cannot steer the terminal", () => {
    const lines = formatTable(TABLE, "text").split("\n");
    assert.equal(lines.at(-2), "(4 rows)");
    assert.match(lines[2] ?? "", /^Москва +9223372036854775807 +1\.50$/);
    const column = (line: string | undefined) => [...(line ?? "")].indexOf("1");
    assert.equal(column(lines[3]), (lines[2] ?? "").indexOf("9223372036854775807") + 18 - 2, "two wide characters");
    assert.notInclude(lines.join("\n"), "\u001b");
    assert.isTrue(
      formatTable({ ...TABLE, all: 300_000 }, "text").endsWith("(4 of 300,000 rows; --limit 0 shows all)\n"),
    );
  });

  it("as JSON are an object a row, whose values are JSON already", () => {
    const rows = [['"東京"', "1", "null"]];
    assert.deepEqual(JSON.parse(formatTable({ columns: COLUMNS, rows, all: 1 }, "json")), [
      { city: "東京", n: 1, 'a "b"': null },
    ]);
    assert.equal(formatTable({ ...TABLE, rows: [] }, "json"), "[]\n");
  });

  it("as CSV are quoted by RFC 4180, and distinguish NULL from an empty text", () => {
    assert.deepEqual(formatTable(TABLE, "csv").split("\r\n").slice(0, 3), [
      'city,n,"a ""b"""',
      "Москва,9223372036854775807,1.50",
      "東京,1,",
    ]);
    assert.include(formatTable(TABLE, "csv"), '"x,""y""\nz",,0.00');
    const [column] = TABLE.columns;
    assert.equal(
      formatTable({ columns: [column, column] as never, rows: [["", null]], all: 1 }, "csv"),
      'city,city\r\n"",\r\n',
    );
  });

  it("may have many rows", () => {
    const rows = Array.from({ length: 300_000 }, (_, n) => [String(n)]);
    const many = { columns: [{ name: "n", number: true }], rows, all: rows.length };
    assert.isTrue(formatTable(many, "text").endsWith("(300,000 rows)\n"));
  });
});
