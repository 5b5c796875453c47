/** Columns of the corpora: what `check` says of them beside what Spark's analyzer says. */

import { compile } from "../../../compiler/compile.ts";
import type { Diagnostic } from "../../../compiler/diagnostics.ts";
import { readPipeline } from "../../../compiler/read/pipeline.ts";
import { resolve } from "../../../compiler/resolve/resolve.ts";
import { count, percent, print } from "../print.ts";
import type { Analysis, CorporaAnalysis } from "./analysis.ts";
import type { CorpusRoot } from "./corpora.ts";
import { fileOf, inputOf, type TruthRoot } from "./root.ts";

/** Errors of a root's files. */
export function errorsOf(root: TruthRoot): Diagnostic[] {
  return compile(inputOf(root)).diagnostics.filter(({ severity }) => severity === "error");
}

/** Names of the columns of each dataset's result, as far as the compiler knows them. */
export function outputsOf(root: TruthRoot): ReadonlyMap<string, readonly string[] | undefined> {
  const input = inputOf(root);
  const { pipelines } = resolve(
    input.pipelines.map((files) => readPipeline(files, () => {})),
    input,
  );
  const nameOf = (column: string | { readonly name: string }) => (typeof column === "string" ? column : column.name);
  const datasets = pipelines.flatMap((pipeline) => [...pipeline.datasets.values()]);
  return new Map(datasets.map(({ name, columns }) => [name.value, columns?.map(nameOf)]));
}

/** Errors of queries that Spark takes. True where there are none. */
export function falseNames(root: CorpusRoot, analyses: CorporaAnalysis, list: boolean): boolean {
  const refused = new Set(
    Object.entries(analyses[root.name] ?? {}).flatMap(([name, each]) => (each.refused ? [fileOf(name)] : [])),
  );
  const wrong = errorsOf(root).filter(({ file }) => !refused.has(file));
  const files = new Set(wrong.map(({ file }) => file));
  print(
    `${root.name.padEnd(16)} ${count(root.datasets.length)} queries ${count(files.size)} false errors ${percent(files.size, root.datasets.length)} with columns${files.size > 0 ? "  too many" : ""}`,
  );
  if (list) for (const { code, file, line, message } of wrong) print(`  ${code} ${file}:${line}: ${message}`);
  return files.size === 0;
}

/** Output columns whose name is Spark's. True where enough of them are. */
export function equalNames(
  what: string,
  roots: readonly CorpusRoot[],
  analyses: CorporaAnalysis,
  { wanted, list }: { readonly wanted: number; readonly list: boolean },
): boolean {
  const compared = roots.flatMap((root) => {
    const known = outputsOf(root);
    return root.datasets.flatMap(({ name }) => {
      const spark = analyses[root.name]?.[name]?.outputs ?? [];
      return spark.map((_, at) => comparedAt(name, at, spark, known.get(name)));
    });
  });
  const of = (verdict: string) => compared.filter((each) => each.verdict === verdict);
  const isGood = of("equal").length >= wanted * compared.length;
  print(
    `${what.padEnd(16)} ${count(compared.length)} columns ${count(of("equal").length)} named as Spark names them ${percent(of("equal").length, compared.length)} ${count(of("unknown").length)} not known ${count(of("wrong").length)} wrong${isGood ? "" : "  too few"}`,
  );
  if (list) for (const { text } of of("wrong")) print(`  ${text}`);
  if (list) for (const query of new Set(of("unknown").map((each) => each.query))) print(`  ${query}: not known`);
  return isGood && of("wrong").length === 0;
}

function comparedAt(
  query: string,
  at: number,
  spark: NonNullable<Analysis["outputs"]>,
  known: readonly string[] | undefined,
) {
  const [wanted = ""] = spark[at] ?? [];
  const found = known?.[at];
  const isEqual = known?.length === spark.length && found?.toLowerCase() === wanted.toLowerCase();
  const verdict = known === undefined ? "unknown" : isEqual ? "equal" : "wrong";
  return { query, verdict, text: `${query}: column ${at + 1} is ${wanted}, not ${found}` };
}
