/** Types of a root's datasets, by an engine on empty tables, each after those that it reads. Nothing of it is in the plan. */

import type { CompiledPipeline } from "../../compiler/compile.ts";
import type { Diagnostic } from "../../compiler/diagnostics.ts";
import { type AnalyzedColumn, type Answer, type Question, stored, type Types, type WireColumn } from "./answer.ts";
import type { TypesCache } from "./cache.ts";
import type { AnalyzingEngine } from "./engine.ts";
import { findings } from "./findings.ts";
import { keyOf, ordered, type Query } from "./order.ts";

/** A dataset whose types are not known, and why. */
export interface NotAnalyzed {
  readonly pipeline: string;
  readonly dataset: string;
  readonly why: string;
}

/** What came of an analysis. */
export interface Analysis {
  readonly types: Types;
  readonly diagnostics: readonly Diagnostic[];
  readonly notAnalyzed: readonly NotAnalyzed[];
}

/** Columns, or why there are none. */
type Known = { readonly columns: readonly WireColumn[] } | { readonly why: string };

/** Analyzes the chosen pipelines, and what they read. */
export async function analyze(
  pipelines: readonly CompiledPipeline[],
  isChosen: (pipeline: string) => boolean,
  cache: TypesCache,
  engine: Pick<AnalyzingEngine, "ask">,
): Promise<Analysis> {
  const byFile = diagnosticsByFile(pipelines);
  const known = new Map<string, Known>();
  const types = new Map<string, Map<string, AnalyzedColumn[]>>();
  const diagnostics: Diagnostic[] = [];
  const notAnalyzed: NotAnalyzed[] = [];
  for (const query of ordered(pipelines, isChosen)) {
    const { pipeline, dataset } = query;
    const ofFile = byFile.get(query.at({ offset: 0, length: 1 }).file) ?? [];
    const question = questionOf(query, ofFile, known);
    const answer = "why" in question ? undefined : await answerOf(question, cache, engine);
    const why = "why" in question ? question.why : whyNot(answer);
    const columns = answer?.columns ?? null;
    known.set(
      keyOf(pipeline, dataset),
      columns === null ? { why: `\`${dataset}\` has no types` } : { columns: stored(columns, query.isIceberg) },
    );
    if (!isChosen(pipeline)) continue;
    diagnostics.push(...findings(query, answer?.mistakes ?? [], ofFile));
    if (why !== undefined) notAnalyzed.push({ pipeline, dataset, why });
    if (columns === null) continue;
    const own = types.get(pipeline) ?? new Map<string, AnalyzedColumn[]>();
    types.set(pipeline, own);
    own.set(
      dataset,
      columns.map(([name, type, unsure]) => ({ name, type, unsure })),
    );
  }
  const shown = Object.fromEntries([...types].map(([name, own]) => [name, Object.fromEntries(own)]));
  return { types: shown, diagnostics, notAnalyzed };
}

function diagnosticsByFile(pipelines: readonly CompiledPipeline[]): Map<string, Diagnostic[]> {
  const found = new Map<string, Diagnostic[]>();
  for (const each of pipelines.flatMap(({ diagnostics }) => diagnostics))
    found.set(each.file, [...(found.get(each.file) ?? []), each]);
  return found;
}

/** Errors of names stop no analysis: an engine may find other mistakes beside them. */
const OF_NAMES = /^Q03\d$/;

function questionOf(
  query: Query,
  ofFile: readonly Diagnostic[],
  known: ReadonlyMap<string, Known>,
): Question | { readonly why: string } {
  const error = ofFile.find(({ severity, code }) => severity === "error" && !OF_NAMES.test(code));
  if (error !== undefined) return { why: `its SQL has the error ${error.code}` };
  const tables: [string, readonly WireColumn[]][] = [];
  for (const { name, from } of query.tables) {
    if (from.kind === "unknown") return { why: from.why };
    if (from.kind === "declared") {
      tables.push([name, from.columns.map((each) => [each.name, each.type, false])]);
      continue;
    }
    const source = known.get(keyOf(from.pipeline, from.dataset)) ?? { why: `\`${from.dataset}\` has no types` };
    if ("why" in source) return source;
    tables.push([name, source.columns]);
  }
  return {
    sql: query.sql,
    tables,
    params: query.params.map(({ name, type, default: value }) => [name, type, value ?? null]),
  };
}

async function answerOf(question: Question, cache: TypesCache, engine: Pick<AnalyzingEngine, "ask">): Promise<Answer> {
  const cached = cache.get(question);
  if (cached !== undefined) return cached;
  const { answer, lasting } = await engine.ask(question);
  if (lasting) cache.set(question, answer);
  return answer;
}

function whyNot(answer: Answer | undefined): string | undefined {
  if (answer === undefined || answer.columns !== null || answer.mistakes.length > 0) return undefined;
  return answer.refused ?? "the engine gives no columns";
}
