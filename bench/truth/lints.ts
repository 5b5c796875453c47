/** What lints say of queries that others wrote: each finding was read, and a person agrees with it (docs/diagnostics.md, "Lints"). */

import { readPipeline } from "../../compiler/read/pipeline.ts";
import { resolve } from "../../compiler/resolve/resolve.ts";
import { lints } from "../../compiler/rules/lints.ts";
import { inputOf, type TruthRoot } from "./columns/root.ts";
import { count, print } from "./print.ts";

/** Each finding that is right. */
const AGREED = new Set([
  // The only version of query 22 in which nothing joins `warehouse`.
  "Q051 sql/tpcds-v2.7.0/q22.sql",
  // Nothing that is declared keeps NULL out of `s_suppkey`.
  "Q053 sql/tpch/q16.sql",
]);

/** True where there is no other finding. */
export function agreedLints(what: string, root: TruthRoot, list: boolean): boolean {
  const input = inputOf(root);
  const resolved = resolve(
    input.pipelines.map((files) => readPipeline(files, () => {})),
    input,
  );
  const found: string[] = [];
  for (const rule of lints) rule.check(resolved, ({ code, at }) => found.push(`${code} ${at.file}`));
  const others = found.filter((each) => !AGREED.has(each));
  print(
    `${what.padEnd(16)} ${count(root.datasets.length)} queries ${count(found.length)} lints, ${others.length} not agreed with`,
  );
  if (list) for (const each of others) print(`  ${each}`);
  return others.length === 0;
}
