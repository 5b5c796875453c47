/** `strata run`: runs a pipeline locally. */

import type { Plan } from "../compiler/plan/types.ts";
import type { LoadedRoot } from "../loading/load.ts";
import { reporterFor } from "../local/report/reporter.ts";
import { executionName, type RunResult, runPipeline } from "../local/run/run.ts";
import { backfill } from "./backfill.ts";
import { EXIT, usageError } from "./exit.ts";
import { reporterContext } from "./reporting.ts";
import { cancelled, findExecution, nameInterrupted, resumeCommand, resumedInput } from "./resume.ts";
import { choose, load, planOf, printJson, refuseOwnFiles } from "./root.ts";
import { checkedSelection, engineRun, executionInput, type RunOptions, type Shared } from "./run-options.ts";
import { abortOnSignals } from "./signals.ts";

const HELP =
  "fix the errors; `strata check` lists them. If only the SQL of some datasets has errors, run others with --datasets";

/** Runs a pipeline; exit 1 if it failed, 130 if it was cancelled. */
export async function run(name: string | undefined, options: RunOptions): Promise<number> {
  const { each, execution } = options;
  const earlier = execution === undefined ? undefined : await findExecution(execution, options, name);
  const given = executionInput(options);
  const { datasets } = earlier?.selection ?? given;
  const loaded = await load(options, Array.isArray(datasets) ? datasets : undefined);
  const plan = planOf(loaded, choose(loaded, name ?? earlier?.pipeline), HELP);
  refuseOwnFiles(plan, options);
  await nameInterrupted(options, options, execution);
  if (each !== undefined) return backfill(plan, given, { ...options, each }, loaded);
  if (options.again) throw usageError("`--again` needs `--each`", "a run without --each is always a new execution");
  const input = earlier === undefined ? given : await resumedInput(plan, earlier, given);
  await checkedSelection(plan, input);
  const { result, resume } = await execute(plan, input, options, loaded);
  if (options.format === "json") printJson({ ...result, ...(resume && { resume }) });
  if (result.status === "CANCELLED") throw cancelled(result, resume);
  return result.status === "SUCCEEDED" ? EXIT.ok : EXIT.failed;
}

/** A run's result, and the command that resumes it if it did not succeed. */
export interface Executed {
  readonly result: RunResult;
  readonly resume: string | undefined;
}

/** Runs a checked plan with progress on stderr (JSON) or stdout (text). */
export async function execute(
  plan: Plan,
  input: Readonly<Record<string, unknown>>,
  options: Shared & Pick<RunOptions, "engine" | "format" | "execution"> & { readonly namesEngine?: boolean },
  loaded: LoadedRoot,
): Promise<Executed> {
  const args = await engineRun(plan, options);
  const execution = options.execution ?? executionName(plan.pipeline);
  const command = resumeCommand(execution, options);
  const stop = abortOnSignals(
    `cancelled before the targets were read, so the commits of execution ${execution} are unknown\n  help: resume it: ${command}`,
  );
  const reporter = reporterFor(process.stderr, options.format === "json" ? process.stderr : process.stdout, {
    ...reporterContext(loaded, plan, options),
    namesEngine: options.namesEngine ?? true,
  });
  try {
    const result = await runPipeline({
      ...args,
      input,
      execution,
      signal: stop.signal,
      onEvent: reporter.onEvent,
    });
    const resume = result.status === "SUCCEEDED" ? undefined : command;
    reporter.finish(result, resume);
    return { result, resume };
  } finally {
    reporter.close();
    stop.dispose();
  }
}
