/** `strata recover`: makes targets whole after a run was killed, tells which generations are kept, goes back to one. */

import { existsSync } from "node:fs";
import { suggest } from "../compiler/nearest.ts";
import { type DatasetPlan, type Plan, stagedDatasets } from "../compiler/plan.ts";
import { recoverTargets } from "../local/recover/recover.ts";
import { generationsText, recoveredText } from "../local/report/recover.ts";
import { HOME } from "../setup/node.mjs";
import { ensurePython } from "../setup/python.mjs";
import { CommandError, EXIT, usageError } from "./exit.ts";
import { choose, lakeOf, load, planOf, type RootOptions } from "./root.ts";
import { abortOnSignals } from "./signals.ts";

interface RecoverCommandOptions extends RootOptions {
  readonly datasets?: string;
  readonly to?: string;
  readonly generations?: boolean;
  readonly format: "text" | "json";
}

/** Exit 1 if one of the targets could not be made whole. */
export async function recover(name: string | undefined, options: RecoverCommandOptions): Promise<number> {
  const loaded = await load(options);
  const plan = planOf(loaded, choose(loaded, name));
  const to = generationOf(options);
  const targets = targetsOf(plan, options.datasets);
  const store = lakeOf(options);
  if (!existsSync(store)) throw new CommandError(`there is no lake ${store}`, "name its folder with --lake");
  const python = await ensurePython("sail");
  const stop = abortOnSignals();
  try {
    const list = options.generations === true;
    const answers = await recoverTargets({ home: HOME, python, store, targets, ...to, list, signal: stop.signal });
    if (stop.signal.aborted)
      throw new CommandError("cancelled; what is not told as done is as it was", undefined, EXIT.cancelled);
    const failed = answers.some(({ action }) => action === "failed");
    if (options.format === "json")
      process.stdout.write(
        `${JSON.stringify({ status: failed ? "FAILED" : "SUCCEEDED", datasets: answers }, null, 2)}\n`,
      );
    else process.stdout.write(list ? generationsText(answers) : recoveredText(answers));
    return failed ? EXIT.failed : EXIT.ok;
  } finally {
    stop.dispose();
  }
}

/** `--to` as a number, and only where it is clear whose generation it is. */
function generationOf({ to, datasets, generations }: RecoverCommandOptions): { to?: number } {
  if (to === undefined) return {};
  if (generations === true) throw usageError("--generations only tells, and --to changes", "give one of them");
  if (!/^[1-9]\d{0,14}$/.test(to))
    throw usageError(`--to ${to} is no generation`, "`strata recover --generations` tells which are kept");
  if (datasets === undefined || datasets.split(",").length !== 1)
    throw usageError("--to goes back with exactly one dataset", "name it: --datasets NAME --to GENERATION");
  return { to: Number(to) };
}

function targetsOf(plan: Plan, names: string | undefined): { dataset: string; location: string }[] {
  const datasets = stagedDatasets(plan);
  const chosen = names === undefined ? datasets : names.split(",").map((text) => named(datasets, text.trim()));
  const targets = chosen.flatMap(({ name, target, publish }) =>
    target === undefined || publish.format === "iceberg" ? [] : [{ dataset: name, location: target.location }],
  );
  if (names !== undefined && targets.length < chosen.length) throw refusal(chosen);
  return targets;
}

function named(datasets: readonly DatasetPlan[], name: string): DatasetPlan {
  const known = datasets.map((dataset) => dataset.name);
  const found = datasets.find((dataset) => dataset.name === name);
  if (found === undefined) throw usageError(`there is no dataset \`${name}\``, suggest(name, known, "dataset"));
  return found;
}

function refusal(chosen: readonly DatasetPlan[]): CommandError {
  const bare = chosen.find(({ target }) => target === undefined);
  if (bare !== undefined) return usageError(`dataset \`${bare.name}\` has no target, so there is nothing to recover`);
  const iceberg = chosen.find(({ publish }) => publish.format === "iceberg");
  return usageError(
    `dataset \`${iceberg?.name}\` is an Iceberg table, whose commits need no recovery`,
    "read an earlier snapshot of it instead (docs/publish.md)",
  );
}
