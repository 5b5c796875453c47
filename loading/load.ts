/**
 * Reads a root — any folder with `pipelines/` and `sql/` — into the compiler's input.
 *
 * The only place that reads the user's configuration and SQL from disk; a file that cannot be read is a diagnostic.
 */

import { readdir } from "node:fs/promises";
import { join, sep } from "node:path";
import { type Compilation, compile } from "../compiler/compile.ts";
import { compareText, type Diagnostic, sortDiagnostics } from "../compiler/diagnostics.ts";
import { type CompileInput, type Memo, type PipelineFiles, textOf } from "../compiler/input.ts";
import { readText } from "./read-text.ts";

/** Names of the two folders and of a pipeline's files. */
export const PIPELINES_FOLDER = "pipelines";
export const SQL_FOLDER = "sql";
const FILES = { stages: "etl_stages.json", queries: "sql_queries.json", extras: "pipeline.yaml" } as const;

/** Why a root cannot be compiled. */
export class RootError extends Error {
  /** The one change to make. */
  readonly help: string;

  constructor(message: string, help: string) {
    super(message);
    this.name = "RootError";
    this.help = help;
  }
}

/** A compiled root, with its texts for the frames of diagnostics. */
export interface LoadedRoot extends Compilation {
  /** A file's text by its path relative to the root. */
  readonly textOf: (file: string) => string | undefined;
  readonly input: CompileInput;
  /** Of files that cannot be read. */
  readonly problems: readonly Diagnostic[];
}

/** Options of loading. */
export interface LoadOptions {
  /** Datasets that will run (compiler/input.ts); undefined: all. */
  readonly only?: ReadonlySet<string> | undefined;
  /** Results of earlier commands (loading/memo.ts); undefined: everything is computed. */
  readonly memo?: Memo | undefined;
}

/**
 * Loads and compiles everything below a root.
 *
 * Throws `RootError` when the root has no `pipelines/` or no pipeline in it; every other error is a diagnostic.
 */
export async function loadRoot(root: string, options: LoadOptions = {}): Promise<LoadedRoot> {
  const problems: Diagnostic[] = [];
  const names = await pipelineNames(root);
  const pipelines = await Promise.all(names.map((name) => readPipeline(root, name, problems)));
  return compileRoot(
    { pipelines, ...(await readSqlFiles(root, problems)), only: options.only, memo: options.memo },
    problems,
  );
}

/** Compiles files that were read, with the problems of those that were not. */
export function compileRoot(input: CompileInput, problems: readonly Diagnostic[]): LoadedRoot {
  return { ...withProblems(compile(input), problems), textOf: textOf(input), input, problems };
}

/** Names of the folders below `pipelines/`, sorted, without hidden ones. */
export async function pipelineNames(root: string): Promise<string[]> {
  const entries = await readdir(join(root, PIPELINES_FOLDER), { withFileTypes: true }).catch(() => {
    throw new RootError(
      `\`${root}\` has no folder \`${PIPELINES_FOLDER}\``,
      "run in the repository's root, or name it with --root",
    );
  });
  const names = entries.filter(
    (entry) => (entry.isDirectory() || entry.isSymbolicLink()) && !entry.name.startsWith("."),
  );
  if (names.length === 0) {
    throw new RootError(
      `\`${join(root, PIPELINES_FOLDER)}\` contains no pipeline`,
      "add one with `strata import SOURCE NAME`, or write the two JSON files into a folder there",
    );
  }
  return names.map((entry) => entry.name).sort();
}

async function readPipeline(root: string, name: string, problems: Diagnostic[]): Promise<PipelineFiles> {
  const read = (file: string) => readText(root, `${PIPELINES_FOLDER}/${name}/${file}`, problems);
  const [stages, queries, extras] = await Promise.all([read(FILES.stages), read(FILES.queries), read(FILES.extras)]);
  const unreadExtras = problems.some(({ file }) => file === `${PIPELINES_FOLDER}/${name}/${FILES.extras}`);
  return { name, stages, queries, extras, unreadExtras };
}

/** Files below `sql/`: `.sql` files, and others that a dataset may name by mistake. */
async function readSqlFiles(root: string, problems: Diagnostic[]): Promise<Pick<CompileInput, "sql" | "others">> {
  const base = join(root, SQL_FOLDER);
  const entries = await readdir(base, { recursive: true, withFileTypes: true }).catch(() => []);
  const keyed = entries
    .map((entry) => ({
      entry,
      key: join(entry.parentPath, entry.name)
        .slice(base.length + 1)
        .split(sep)
        .join("/"),
    }))
    .sort((a, b) => compareText(a.key, b.key));
  const isSql = ({ entry }: (typeof keyed)[number]) =>
    entry.name.toLowerCase().endsWith(".sql") && !entry.isDirectory();
  const files = await Promise.all(
    keyed
      .filter(isSql)
      .map(async ({ key }) => ({ key, file: await readText(root, `${SQL_FOLDER}/${key}`, problems, true) })),
  );
  const others = keyed.filter((each) => !isSql(each));
  return {
    sql: new Map(files.flatMap(({ key, file }) => (file ? [[key, file] as const] : []))),
    others: new Map(others.map(({ entry, key }) => [key, entry.isDirectory() ? "folder" : "file"])),
  };
}

/** An unreadable file also looks missing; its reason replaces that message, and there is no plan. */
function withProblems(compilation: Compilation, problems: readonly Diagnostic[]): Compilation {
  if (problems.length === 0) return compilation;
  const files = new Set(problems.map(({ file }) => file));
  const looksMissing = (each: Diagnostic) =>
    (each.code === "C004" && files.has(each.file)) ||
    (each.code === "C009" && files.has(/ names `(.*?)`, which /s.exec(each.message)?.[1] ?? ""));
  const merge = (own: readonly Diagnostic[]) =>
    sortDiagnostics([...own.filter((each) => !looksMissing(each)), ...problems]);
  return {
    ...compilation,
    pipelines: compilation.pipelines.map((each) => ({
      ...each,
      plan: undefined,
      diagnostics: merge(each.diagnostics),
    })),
    diagnostics: merge(compilation.diagnostics),
  };
}
