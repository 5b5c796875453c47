/** Which columns a query names, and whether it looks at more than one row. */

import type { Token } from "./lexer.ts";
import { aliasName } from "./outputs.ts";
import { firstOf, has, isNode, nameOf, nodesBelow, nodesIn, nodesOf, type SyntaxNode } from "./tree.ts";

/** Functions of Spark 4.1 without brackets, and `GROUP BY ALL`. */
const CONSTANTS = /^(current_(date|time|timestamp|user)|user|session_user|all)$/i;

/** Functions whose first argument is a unit of time where they have three. */
export const WITH_UNIT: ReadonlySet<string> = new Set(
  "DATEADD DATE_ADD TIMESTAMPADD DATEDIFF DATE_DIFF TIMESTAMPDIFF TIMEDIFF".split(" "),
);

/**
 * Names of columns, sorted, each once. Of `a.b` the last part where `a` is a table or an alias of one, else the first:
 * a field of a struct. Parameters of lambda functions are left out.
 */
export function columnsOf(query: SyntaxNode): string[] {
  const tables = new Set<string | undefined>();
  const found: (readonly string[])[] = [];
  const lambdas = new Set<string>();
  const units = new Set<Token | undefined>();
  for (const node of nodesBelow(query)) {
    if (node.rule === "reference") {
      const parts = nodesOf(node, "qualified").flatMap(nodesIn).map(nameOf);
      for (const name of [parts.at(-1), parts.join(".")]) tables.add(name?.toLowerCase());
    }
    if (node.rule === "alias") tables.add(aliasName(node));
    if (node.rule === "operandValue" && has(node, "->"))
      for (const name of nodesOf(node, "name")) lambdas.add(nameOf(name).toLowerCase());
    if (node.rule === "call") units.add(unitOf(node));
    if (node.rule === "primary" && !units.has(firstOf(node))) found.push(namesIn(node));
  }
  const names = found.flatMap((parts) => {
    const table = parts.slice(0, -1).findIndex((_, at) =>
      tables.has(
        parts
          .slice(0, at + 1)
          .join(".")
          .toLowerCase(),
      ),
    );
    return parts.slice(table + 1, table + 2);
  });
  return [...new Set(names)].filter((name) => !lambdas.has(name.toLowerCase()) && !CONSTANTS.test(name)).sort();
}

/** The names of `a.b.c`; empty for anything else. */
function namesIn({ parts: [value, ...more] }: SyntaxNode): string[] {
  if (!isNode(value) || value.parts.length !== 1) return [];
  const [name] = nodesOf(value, "name");
  if (name === undefined || isNode(name.parts[0])) return [];
  const end = more.findIndex((part) => (isNode(part) ? part.rule !== "name" : part.text !== "."));
  const fields = (end < 0 ? more : more.slice(0, end)).filter(isNode);
  return [name, ...fields].map(nameOf);
}

/** `DAY` of `dateadd(DAY, 1, a)`. */
function unitOf(call: SyntaxNode): Token | undefined {
  const [unit, ...others] = nodesOf(call, "argument");
  return unit && others.length === 2 && WITH_UNIT.has(firstOf(call)?.upper ?? "") ? firstOf(unit) : undefined;
}

/** Spark 4.1's groups `agg_funcs` and `window_funcs`. */
const AGGREGATES = new Set(
  `any any_value approx_count_distinct approx_percentile approx_top_k approx_top_k_accumulate approx_top_k_combine array_agg avg
  bit_and bit_or bit_xor bitmap_and_agg bitmap_construct_agg bitmap_or_agg bool_and bool_or collect_list collect_set corr count
  count_if count_min_sketch covar_pop covar_samp cume_dist dense_rank every first first_value grouping grouping_id
  histogram_numeric hll_sketch_agg hll_union_agg kll_sketch_agg_bigint kll_sketch_agg_double kll_sketch_agg_float kurtosis lag last
  last_value lead listagg max max_by mean median min min_by mode nth_value ntile percent_rank percentile percentile_approx
  percentile_cont percentile_disc rank regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy
  row_number skewness some std stddev stddev_pop stddev_samp string_agg sum theta_intersection_agg theta_sketch_agg
  theta_union_agg try_avg try_sum var_pop var_samp variance`.split(/\s+/),
);

/** True where a query has an aggregate or window function. */
export function hasAggregates(query: SyntaxNode): boolean {
  for (const node of nodesBelow(query)) {
    const isCall = node.rule === "call" || (node.rule === "operandValue" && has(node, "IGNORE"));
    if (isCall && (has(node, "OVER") || AGGREGATES.has(firstOf(node)?.text.toLowerCase() ?? ""))) return true;
  }
  return false;
}
