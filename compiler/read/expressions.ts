/**
 * Expressions of expectations are SQL, too: which texts the parser must see before a compilation.
 *
 * The parser is large and lives outside the compiler's core, so callers that read files ask here for the texts, have
 * them analysed (or find them in their cache) and hand the facts in with everything else.
 */

import type { PipelineFiles, SourceFile } from "../input.ts";
import { readJson } from "../parse/json.ts";
import type { SqlFacts } from "../parse/sql/facts.ts";
import { locate } from "../parse/text.ts";
import { readYaml } from "../parse/yaml.ts";
import { readDataset } from "./dataset.ts";
import type { ExpectationSyntax } from "./expectations.ts";
import { readExtras } from "./extras.ts";

/** What the attempt's rows are called in expectations (glue/strata_glue/target/expectations.py). */
export const RESULT_VIEW = "strata_result";

/**
 * Two queries that both parse only if the text is one expression: in the first a second clause or a closing bracket
 * would be a mistake, in the second one that only a WHERE clause allows.
 */
export function expressionQueries(expression: string): readonly [where: string, inBrackets: string] {
  return [
    `SELECT 1 FROM ${RESULT_VIEW} WHERE\n${expression}\n`,
    `SELECT 1 FROM ${RESULT_VIEW} WHERE (\n${expression}\n)`,
  ];
}

/** Every query that `compile` will ask the facts of, each once. Mistakes of the files are the compilation's to report. */
export function queriesToAnalyze(pipelines: readonly PipelineFiles[]): string[] {
  const silent = () => {};
  const ofDatasets = (file: SourceFile): readonly ExpectationSyntax[] => {
    const root = readJson(locate(file.path, file.text), silent);
    const entries = root?.kind === "object" ? root.entries : [];
    return entries.flatMap((entry) => readDataset(entry, silent)?.publish.expectations ?? []);
  };
  const ofDefaults = (file: SourceFile): readonly ExpectationSyntax[] => {
    const root = readYaml(locate(file.path, file.text), silent);
    return root ? readExtras(root, silent).expectations : [];
  };
  const mayHave = (file: SourceFile | undefined): file is SourceFile => file?.text.includes("expression") === true;
  const found = pipelines.flatMap(({ queries, extras }) => [
    ...(mayHave(queries) ? ofDatasets(queries) : []),
    ...(mayHave(extras) ? ofDefaults(extras) : []),
  ]);
  const texts = found.flatMap(({ body }) => (body.kind === "expression" ? expressionQueries(body.sql.value) : []));
  return [...new Set(texts)];
}

/** What is wrong with an expression; undefined if nothing is, or if its facts are not known. */
export function expressionProblem(expression: string, facts: ReadonlyMap<string, SqlFacts>): string | undefined {
  const found = expressionQueries(expression).flatMap((query) => facts.get(query) ?? []);
  for (const { syntaxError, notAnalyzed, statements, tables, params, positional, aggregates } of found) {
    if (syntaxError !== undefined) return `does not parse: ${syntaxError.message}`;
    if (notAnalyzed !== undefined) return `has ${notAnalyzed.construct}, which the parser does not read`;
    if (statements.length !== 1) return "is more than one statement";
    if (params.length > 0 || positional.length > 0) return "uses a parameter";
    if (tables.length !== 1) return "reads another table";
    if (aggregates) return "looks at more than one row";
  }
  return undefined;
}

/** Columns that an expression names; empty where its facts are not known. */
export function expressionColumns(expression: string, facts: ReadonlyMap<string, SqlFacts>): readonly string[] {
  return facts.get(expressionQueries(expression)[0])?.columns ?? [];
}
