/** Expectations as written → Spark SQL that the job evaluates on an attempt's files (docs/job.md). */

import type { Located } from "../parse/tree.ts";
import type { Written } from "../read/by-contract.ts";
import type { ExpectationSyntax } from "../read/expectations.ts";
import { RESULT_VIEW } from "../read/expressions.ts";
import type { ExpectationPlan, ReferencePlan } from "./types.ts";

/** Finds what a reference reads; undefined where a dataset refers to itself. */
export type ReferenceOf = (dataset: string, view: string) => ReferencePlan | undefined;

/** Compiles a dataset's expectations, in order. */
export function compileExpectations(
  expectations: readonly ExpectationSyntax[],
  referenceOf: ReferenceOf,
): ExpectationPlan[] {
  let references = 0;
  return expectations.map(({ name, severity, body }) => {
    const none: ReferencePlan[] = [];
    const compiled = <Kind extends string, Own extends object>(kind: Kind, own: Own) => ({
      ...{ name, kind, severity, reads: none },
      ...own,
    });
    switch (body.kind) {
      case "not_null":
        return compiled(body.kind, { failing: body.columns.map((column) => `${quote(column)} IS NULL`).join(" OR ") });
      case "accepted_values": {
        const values = body.values.map(literal).join(", ");
        return compiled(body.kind, { failing: `${quoteFirst(body.columns)} NOT IN (${values})` });
      }
      case "expression":
        return compiled(body.kind, { failing: `NOT (\n${body.sql.value}\n)` });
      case "unique":
        return compiled(body.kind, unique(body.columns));
      case "references": {
        const reference = referenceOf(body.dataset.value, `strata_reference_${references}`);
        if (reference !== undefined) references += 1;
        const view = reference?.view ?? RESULT_VIEW;
        const reads = reference ? [reference] : none;
        return compiled(body.kind, { reads, ...antiJoin(body.columns, view, body.to) });
      }
      case "row_count":
        return compiled(body.kind, { rows: body.rows });
      case "freshness":
        return compiled(body.kind, {
          newest: `unix_micros(max(CAST(${quoteFirst(body.columns)} AS TIMESTAMP)))`,
          withinSeconds: body.withinSeconds,
          ...(body.of && { of: body.of.value }),
        });
      default:
        return body satisfies never;
    }
  });
}

/**
 * NULLs are left to `not_null`, as SQL's own UNIQUE does.
 *
 * Keys are equal only if their hashes are, so where no hash is there twice, no key is: grouping numbers of 64 bits is
 * what an engine does fastest. Where one is there twice (of a billion keys 1 in 40 times by chance), the keys decide.
 */
function unique(columns: readonly Located<string>[]): { count: string; quick: string; sample: string } {
  const names = columns.map(quote).join(", ");
  const present = columns.map((column) => `${quote(column)} IS NOT NULL`).join(" AND ");
  const groups = `FROM ${RESULT_VIEW} WHERE ${present} GROUP BY ${names} HAVING count(*) > 1`;
  const hashes = `FROM ${RESULT_VIEW} WHERE ${present} GROUP BY xxhash64(${names}) HAVING count(*) > 1`;
  return {
    count: `SELECT coalesce(sum(n - 1), 0) AS n FROM (SELECT count(*) AS n ${groups})`,
    quick: `SELECT count(*) AS n FROM (SELECT 1 AS one ${hashes})`,
    sample: `SELECT ${names}, count(*) AS \`rows\` ${groups}`,
  };
}

/** Rows whose key the other table does not have; a NULL refers to nothing. */
function antiJoin(
  columns: readonly Located<string>[],
  view: string,
  to: readonly Located<string>[],
): { count: string; sample: string } {
  const equal = columns.map((column, index) => `r.${quote(column)} = o.${quoteFirst(to.slice(index))}`).join(" AND ");
  const present = columns.map((column) => `r.${quote(column)} IS NOT NULL`).join(" AND ");
  const rows = `FROM ${RESULT_VIEW} AS r LEFT ANTI JOIN ${view} AS o ON ${equal} WHERE ${present}`;
  return { count: `SELECT count(*) AS n ${rows}`, sample: `SELECT r.* ${rows}` };
}

function quote({ value }: Located<string>): string {
  return `\`${value.replaceAll("`", "``")}\``;
}

function quoteFirst([first]: readonly Located<string>[]): string {
  if (first === undefined) throw new Error("an expectation without its column after checks");
  return quote(first);
}

/** A value as a literal. Numbers stay as they are written; a text with a quote or a backslash goes as its bytes. */
function literal({ value, text }: Written<string | number | boolean>): string {
  if (typeof value === "number") return /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text) ? text : String(value);
  if (typeof value !== "string") return String(value);
  if (/^[^'\\\p{Cc}]*$/u.test(value)) return `'${value}'`;
  return `decode(X'${Buffer.from(value, "utf8").toString("hex").toUpperCase()}', 'UTF-8')`;
}
