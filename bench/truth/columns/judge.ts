/** Queries whose tables have known columns: what `check` says of each, beside what Spark's analyzer says. */

import { COMPILER_CODES } from "../../../compiler/codes.ts";
import { readPipeline } from "../../../compiler/read/pipeline.ts";
import { resolve } from "../../../compiler/resolve/resolve.ts";
import { RULES } from "../../../compiler/rules/index.ts";
import type { RuleFinding } from "../../../compiler/rules/rule.ts";
import type { CorporaAnalysis } from "./analysis.ts";
import type { CorpusRoot } from "./corpora.ts";
import { fileOf, inputOf, type TruthRoot } from "./root.ts";
import type { TestFile } from "./spark-tests.ts";

/** One query, judged by both. */
export interface Judged {
  readonly query: string;
  readonly sql: string;
  /** Why Spark refuses it. */
  readonly refused: string | undefined;
  /** Errors that `check` finds in its SQL. */
  readonly errors: readonly RuleFinding[];
  /** Its result columns, or all of them together, each with what is known of its name. */
  readonly columns: readonly JudgedColumn[];
}

export interface JudgedColumn {
  readonly verdict: "equal" | "unknown" | "wrong";
  /** What is wrong. */
  readonly text: string;
}

/** The queries of TPC-DS, TPC-H, SSB and `bookings`. */
export function judgeCorpus(root: CorpusRoot, analyses: CorporaAnalysis): Judged[] {
  const checked = checkRoot(root);
  return root.datasets.map(({ name, sql }) => {
    const { outputs = [], refused } = analyses[root.name]?.[name] ?? {};
    const spark = outputs.map(([column]) => column);
    return {
      query: `${root.name} ${name}`,
      sql,
      refused: refused?.[0],
      errors: checked.errors.get(fileOf(name)) ?? [],
      columns: spark.map((column, at) => judgeColumn(column, at, spark, checked.outputs.get(name))),
    };
  });
}

function judgeColumn(
  wanted: string,
  at: number,
  spark: readonly string[],
  known: readonly string[] | undefined,
): JudgedColumn {
  const found = known?.[at];
  const isEqual = known?.length === spark.length && found?.toLowerCase() === wanted.toLowerCase();
  return {
    verdict: known === undefined ? "unknown" : isEqual ? "equal" : "wrong",
    text: `column ${at + 1} is ${wanted}, not ${found}`,
  };
}

/** Syntax and tables, which are counted without columns, and what these queries need not have. */
const NOT_OF_COLUMNS = /^(Q00|Q01|Q02|Q032|C|G|W)/;

/** The queries of Spark's own tests, their columns together. */
export function judgeTests(file: TestFile): Judged[] {
  const checked = checkRoot(file);
  return [...file.queries].map(([dataset, { name, sql, outcome, condition, schema }]) => {
    const known = checked.outputs.get(dataset);
    const verdict = known === undefined ? "unknown" : isNamed(schema, known) ? "equal" : "wrong";
    return {
      query: name,
      sql,
      // A job cannot write two columns with the same name; of a query that fails as it runs, Spark's tests do not show the columns.
      refused:
        outcome === "refused"
          ? (condition ?? "without a condition")
          : hasTwice(schema)
            ? "COLUMN_ALREADY_EXISTS"
            : undefined,
      errors: (checked.errors.get(fileOf(dataset)) ?? []).filter(
        ({ code }) => !NOT_OF_COLUMNS.test(code) && !(code === "Q032" && schema === "struct<>"),
      ),
      columns:
        outcome === "taken" && schema !== "struct<>" ? [{ verdict, text: `${schema}, not ${known?.join()}` }] : [],
    };
  });
}

/** True where a struct type has two columns with the same name. */
function hasTwice(schema: string): boolean {
  const names: string[] = [];
  let rest = schema.slice("struct<".length, -1).toLowerCase();
  while (rest !== "") {
    const length = typeLength(rest);
    const [, name = ""] = /^(.*):[a-z_]+(?:<.*>|\(.*\))?(?: (?:collate|to) .*)?$/s.exec(rest.slice(0, length)) ?? [];
    names.push(name);
    rest = rest.slice(length + 1);
  }
  return new Set(names).size < names.length;
}

/** True where a struct type has these names: `struct<a:int,count(b):bigint>`. */
function isNamed(schema: string, names: readonly string[]): boolean {
  let rest = schema.slice("struct<".length, -1).toLowerCase();
  for (const [at, name] of names.entries()) {
    const start = `${at === 0 ? "" : ","}${name.toLowerCase()}:`;
    if (!rest.startsWith(start)) return false;
    rest = rest.slice(start.length + typeLength(rest.slice(start.length)));
  }
  return rest === "";
}

/** Length of the type that a text begins with. */
function typeLength(text: string): number {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at] ?? "";
    if ("<(".includes(sign)) depth += 1;
    if (">)".includes(sign)) depth -= 1;
    if (sign === "," && depth === 0) return at;
  }
  return text.length;
}

export interface Checked {
  /** By file. */
  readonly errors: ReadonlyMap<string, readonly RuleFinding[]>;
  /** Names of the columns of each dataset's result; undefined where the compiler does not know them. */
  readonly outputs: ReadonlyMap<string, readonly string[] | undefined>;
}

/** What `check` says of a root: the compiler's phases, as `compile` runs them, without a plan. */
export function checkRoot(root: TruthRoot): Checked {
  const input = inputOf(root);
  const errors: RuleFinding[] = [];
  const resolved = resolve(
    input.pipelines.map((files) => readPipeline(files, () => {})),
    input,
  );
  for (const rule of RULES)
    rule.check(resolved, (finding) => {
      if (COMPILER_CODES[finding.code].severity === "error") errors.push(finding);
    });
  const nameOf = (column: string | { readonly name: string }) => (typeof column === "string" ? column : column.name);
  const datasets = resolved.pipelines.flatMap((pipeline) => [...pipeline.datasets.values()]);
  return {
    errors: Map.groupBy(errors, ({ at }) => at.file),
    outputs: new Map(datasets.map(({ name, columns }) => [name.value, columns?.map(nameOf)])),
  };
}
