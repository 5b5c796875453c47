/** Rules on what is legal and wrong: what lints find in a query, where it holds in the tables that the query reads. */

import type { LintCode } from "../codes.ts";
import { offeredFix } from "../fix/offer.ts";
import type { Lint } from "../names/types.ts";
import { nearest } from "../nearest.ts";
import type { ResolvedSql } from "../resolve/sql-files.ts";
import type { Dataset, Root } from "../resolve/types.ts";
import { type Finding, type Rule, rule } from "./rule.ts";
import { expectationOn, upstreamColumns } from "./upstream-columns.ts";

const CODES: readonly LintCode[] = ["Q050", "Q051", "Q052", "Q053", "Q054", "Q055", "Q056", "Q057", "Q058", "Q059"];

/** Those that do no harm where nothing is stored. */
const IN_TARGETS: ReadonlySet<LintCode> = new Set(["Q055", "Q057", "Q059"]);

/** One rule a code. */
export const lints: readonly Rule[] = CODES.map((code) =>
  rule(code, {
    sql(sql, dataset, report, root) {
      if (IN_TARGETS.has(code) && dataset.target === undefined) return;
      for (const lint of dataset.names?.lints ?? []) {
        const found = lint.code === code ? findingOf(lint, sql, dataset, root) : undefined;
        if (found) report(found);
      }
    },
  }),
);

function findingOf(lint: Lint, sql: ResolvedSql, dataset: Dataset, root: Root): Finding | undefined {
  const { message, help, given, fix } = lint;
  const edits = fix?.edits.map(({ text, ...extent }) => sql.edit(extent, text));
  const finding = { at: sql.at(lint), message, help, fixes: fix && edits ? [offeredFix(fix.title, edits)] : [] };
  if (given === undefined) return finding;
  const columns = [...upstreamColumns(dataset, given.origin, root)];
  if (given.kind === "nullable") return expectationOn("not_null", columns) ? undefined : finding;
  if (given.kind === "extracted") {
    const maker = columns.find((each) => each.dataset.names?.extracted[each.column] === given.path);
    return maker && { ...finding, notes: [{ place: placeOf(maker.dataset, maker.column), message: "taken out here" }] };
  }
  const expectation = expectationOn("accepted_values", columns);
  const values = expectation?.body.values.map(({ value }) => String(value));
  if (expectation === undefined || values === undefined || values.includes(given.text)) return undefined;
  const near = values.find((each) => each.toLowerCase() === given.text.toLowerCase()) ?? nearest(given.text, values);
  return {
    ...finding,
    help:
      near === undefined
        ? `write one of ${values
            .slice(0, 8)
            .map((each) => `'${each}'`)
            .join(", ")}`
        : `did you mean '${near}'?`,
    notes: [{ place: expectation.at, message: "its values" }],
    fixes:
      near === undefined || /['\\]/.test(near) ? [] : [offeredFix(`write '${near}'`, [sql.edit(lint, `'${near}'`)])],
  };
}

/** Where a dataset's query makes a column. */
function placeOf({ sql, names, name }: Dataset, column: string) {
  const item = names?.outputs?.find((each) => each.name.toLowerCase() === column);
  return sql && item ? sql.at(item) : name.at;
}
