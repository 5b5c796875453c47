/** Results of queries, as text, JSON and CSV. */

import { BIGINT, DECIMAL, INTEGER, LIST, MAP, STRUCT, VARCHAR } from "@duckdb/node-api";
import { assert } from "chai";
import { formatTable, type Table } from "../../local/catalog/format.ts";

const TABLE: Table = {
  columns: [
    { name: "city", type: "VARCHAR", shape: VARCHAR },
    { name: "n", type: "BIGINT", shape: BIGINT },
    { name: 'a "b"', type: "DECIMAL(38,2)", shape: DECIMAL(38, 2) },
  ],
  rows: [
    ["Москва", "9223372036854775807", "1.50"],
    ["東京", "1", null],
    ["e\u0301t\u001b[31m", "2", "12345678901234567890.12"],
    ['x,"y"\nz', null, "0.00"],
  ],
};

describe("results of queries", () => {
  it("as text are aligned by display width, numbers to the right, and cannot steer the terminal", () => {
    const lines = formatTable(TABLE, "text").split("\n");
    assert.equal(lines.at(-2), "(4 rows)");
    assert.match(lines[2] ?? "", /^Москва +9223372036854775807 +1\.50$/);
    const column = (line: string | undefined) => [...(line ?? "")].indexOf("1");
    assert.equal(column(lines[3]), (lines[2] ?? "").indexOf("9223372036854775807") + 18 - 2, "two wide characters");
    assert.notInclude(lines.join("\n"), "\u001b");
  });

  it("as JSON are numbers where a double keeps every digit, else text, nested ones too", () => {
    const text = formatTable(TABLE, "json");
    assert.include(text, '"n": "9223372036854775807"');
    assert.include(text, '"a \\"b\\"": "12345678901234567890.12"');
    assert.include(text, '"a \\"b\\"": 1.50');
    const large = "9007199254740993";
    const nested = [
      { name: "l", type: "", shape: LIST(BIGINT), value: [large, "1", null] },
      { name: "s", type: "", shape: STRUCT({ a: BIGINT, b: VARCHAR }), value: { a: large, b: "1" } },
      { name: "m", type: "", shape: MAP(VARCHAR, DECIMAL(4, 1)), value: [{ key: "1", value: "2.5" }] },
    ];
    const answer = formatTable({ columns: nested, rows: [nested.map(({ value }) => value)] }, "json");
    assert.deepEqual(JSON.parse(answer), [
      { l: [large, 1, null], s: { a: large, b: "1" }, m: [{ key: "1", value: 2.5 }] },
    ]);
    const rows = JSON.parse(text);
    assert.deepEqual(rows[1], { city: "東京", n: 1, 'a "b"': null });
    assert.equal(formatTable({ ...TABLE, rows: [] }, "json"), "[]\n");
  });

  it("as CSV are quoted by RFC 4180, and tell NULL from an empty text", () => {
    assert.deepEqual(formatTable(TABLE, "csv").split("\r\n").slice(0, 3), [
      'city,n,"a ""b"""',
      "Москва,9223372036854775807,1.50",
      "東京,1,",
    ]);
    assert.include(formatTable(TABLE, "csv"), '"x,""y""\nz",,0.00');
    const [column] = TABLE.columns;
    assert.equal(
      formatTable({ columns: [column, column] as never, rows: [["", null]] }, "csv"),
      'city,city\r\n"",\r\n',
    );
  });

  it("may have many rows", () => {
    const many = {
      columns: [{ name: "n", type: "INTEGER", shape: INTEGER }],
      rows: Array.from({ length: 300_000 }, (_, n) => [n]),
    };
    assert.isTrue(formatTable(many, "text").endsWith("(300,000 rows)\n"));
    assert.isTrue(formatTable(many, "text", 2).endsWith("\n0\n1\n(2 of 300,000 rows; --limit 0 shows all)\n"));
  });
});
