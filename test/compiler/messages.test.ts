/** What messages say beside their codes: suggestions, and one block for one cause. */

import { assert } from "chai";
import { diagnostic } from "../../compiler/diagnostics.ts";
import { nearest, suggest } from "../../compiler/nearest.ts";
import { countDiagnostics, renderDiagnostics } from "../../compiler/render.ts";

describe("suggestions for a misspelt name", () => {
  const MEANT: readonly [string, string][] = [
    ["oders", "orders"],
    ["oders_bronze", "orders_bronze"],
    ["orders_bronz", "orders_bronze"],
    ["orders_brnoze", "orders_bronze"],
    ["orders-bronze", "orders_bronze"],
    ["ORDERS_BRONZE", "orders_bronze"],
    ["Ordres", "orders"],
    ["form", "from"],
    ["id", "ID"],
    ["shop/order.sql", "shop/orders.sql"],
  ];
  for (const [name, known] of MEANT) it(`${name} means ${known}`, () => assert.equal(nearest(name, [known]), known));

  const OTHERS: readonly [string, string][] = [
    ["routes_bronze", "airports_bronze"],
    ["routes_bronze", "orders_bronze"],
    ["orders_silver", "orders_bronze"],
    ["bronze_seats", "bronze_tickets"],
    ["orders", "orders_bronze"],
    ["x", "y"],
    ["shop/tickets.sql", "shop/seats.sql"],
    ["", "orders"],
  ];
  for (const [name, known] of OTHERS)
    it(`${name || "nothing"} does not mean ${known}`, () => assert.isUndefined(nearest(name, [known])));

  it("prefers the name that differs in case only, of two that with the same case", () => {
    assert.equal(nearest("FLIGHT", ["flights", "Flight", "FLIGHTS"]), "Flight");
    assert.equal(nearest("FLIGTH_ID", ["flight_id", "FLIGHT_ID"]), "FLIGHT_ID");
  });

  it("names what is known where nothing is near", () => {
    assert.equal(suggest("routes_bronze", ["airports_bronze"], "table"), "known tables: `airports_bronze`");
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
