/** Compiles files given as path → text: the real compiler, no disk. */

import { type Compilation, compile } from "../../compiler/compile.ts";
import type { CompileInput } from "../../compiler/input.ts";

/** Text by path relative to the root. */
export type Files = Readonly<Record<string, string>>;

/** Compiles a root. */
export function compileFiles(files: Files): Compilation {
  return compile(inputOf(files));
}

/** What the compiler gets. */
export function inputOf(files: Files): CompileInput {
  const names = [...new Set(Object.keys(files).flatMap((path) => /^pipelines\/([^/]+)\//.exec(path)?.[1] ?? []))];
  const file = (path: string) => (files[path] === undefined ? undefined : { path, text: files[path] });
  const pipelines = names.sort().map((name) => ({
    name,
    stages: file(`pipelines/${name}/etl_stages.json`),
    queries: file(`pipelines/${name}/sql_queries.json`),
    extras: file(`pipelines/${name}/pipeline.yaml`),
  }));
  const sql = Object.entries(files).flatMap(([path, text]) =>
    path.startsWith("sql/") ? [[path.slice(4), { path, text }] as const] : [],
  );
  return { pipelines, sql: new Map(sql) };
}
