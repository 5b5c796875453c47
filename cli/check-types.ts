/** `--types` and `--engine` of `strata check`: which engine's analyzer is used, if any, and what is shown of it. */

import type { CompiledPipeline } from "../compiler/compile.ts";
import { counted } from "../compiler/show/counted.ts";
import type { Analysis } from "../local/types/analyze.ts";
import { checkTypes } from "../local/types/check.ts";
import { UserError } from "../local/user-error.ts";
import { javaProblem } from "../setup/java.mjs";
import { HOME } from "../setup/node.mjs";
import { ensurePython, readyPython } from "../setup/python.mjs";
import { CommandError, usageError } from "./exit.ts";
import { cancellable } from "./signals.ts";

export interface TypesFlags {
  readonly types?: "on" | "off";
  readonly engine?: "sail" | "spark";
}

/** Types that were analyzed, or why none were. */
export type CheckedTypes =
  | ({ readonly engine: "sail" | "spark" } & Analysis)
  | { readonly engine: null; readonly why: string };

const ENVIRONMENTS = { sail: "sail", spark: "spark-4.1" } as const;
const OFF = "--types off";
const SHOWN = { sail: "Sail", spark: "Spark" } as const;

/**
 * Analyzes types as the flags say: without any, if Sail's environment is there and Sail starts. `ready`: the interpreter of an
 * environment that is there.
 */
export async function typesOf(
  root: string,
  pipelines: readonly CompiledPipeline[],
  isChosen: (pipeline: string) => boolean,
  flags: TypesFlags,
  ready = readyPython,
): Promise<CheckedTypes> {
  if (flags.types === "off" && flags.engine !== undefined)
    throw usageError("`--types off` and `--engine` contradict each other", "leave one of them out");
  if (flags.types === "off") return { engine: null, why: OFF };
  const engine = flags.engine ?? "sail";
  const environment = ENVIRONMENTS[engine];
  const isWanted = flags.types === "on" || flags.engine !== undefined;
  const problem = engine === "spark" ? javaProblem() : undefined;
  if (problem !== undefined)
    throw new CommandError(`Apache Spark cannot run: ${problem}`, "or omit --engine: Sail needs no Java");
  const python = isWanted ? await ensurePython(environment) : ready(environment);
  if (python === undefined) return { engine: null, why: "no Python environment: `npm start` makes one" };
  return cancellable("cancelled", async (signal) => {
    const options = { home: HOME, root, engine, environment, python, signal };
    try {
      return { engine, ...(await checkTypes(pipelines, isChosen, options)) };
    } catch (found) {
      if (isWanted || signal.aborted || !(found instanceof UserError)) throw found;
      return { engine: null, why: found.message };
    }
  });
}

/** "; types of 16 of 17 datasets by Sail (…)"; nothing where they are not wanted. `datasets`: how many there are. */
export function typesLine(checked: CheckedTypes, datasets: number): string {
  if (checked.engine === null) return checked.why === OFF ? "" : `; types not checked (${checked.why})`;
  const analyzed = datasets - checked.notAnalyzed.length;
  const by = `by ${SHOWN[checked.engine]}`;
  if (analyzed === datasets) return `; types of ${counted(datasets, "dataset")} ${by}`;
  // What hangs on a dataset without types has that for a reason.
  const causes = checked.notAnalyzed.filter(({ why }) => !why.endsWith("has no types"));
  const [first] = causes.length > 0 ? causes : checked.notAnalyzed;
  const why = first === undefined ? "" : ` (\`${first.dataset}\`: ${first.why})`;
  return `; types of ${analyzed} of ${counted(datasets, "dataset")} ${by}${why}`;
}

/** For `--format json`. */
export function typesJson(checked: CheckedTypes): object {
  if (checked.engine === null) return { engine: null, why: checked.why };
  const { engine, types, notAnalyzed } = checked;
  return { engine, datasets: types, notAnalyzed };
}
