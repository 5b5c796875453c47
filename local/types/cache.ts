/** The engine's answers, each by the content of its question, in one file a root and engine: `.strata/cache/types-<engine>.json`. */

import { createHash } from "node:crypto";
import { join } from "node:path";
import { contentOf, type Kept, openKept } from "../../loading/kept.ts";
import type { Answer, Question } from "./answer.ts";

export interface TypesCache extends Pick<Kept, "save"> {
  readonly get: (question: Question) => Answer | undefined;
  readonly set: (question: Question, answer: Answer) => void;
}

/** `version`: of the engine and of all code that an answer depends on. */
export function openCache(root: string, engine: string, version: string): TypesCache {
  const kept = openKept(
    join(root, ".strata", "cache", `types-${engine}.json`),
    (body) => createHash("sha256").update(`${version}\n`).update(body).digest(),
    ({ made }) => made > 0,
  );
  return {
    get: (question) => kept.get(keyOf(question)) as Answer | undefined,
    set: (question, answer) => kept.put(keyOf(question), answer),
    save: kept.save,
  };
}

function keyOf({ sql, tables, params }: Question): string {
  return createHash("sha256")
    .update(JSON.stringify([sql, tables, params]))
    .digest("hex");
}

/** A digest of an engine's pinned packages and of the code that puts questions to it. */
export function versionOf(home: string, environment: string): string {
  const packages = join("setup", "python", `${environment}.txt`);
  return contentOf(
    home,
    [packages, "local/engine/analyze.py", "local/engine/judge.py", "glue/strata_glue/engine"],
    /\.py$/,
  );
}
