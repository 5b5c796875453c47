/** `strata recover`: finishes or undoes interrupted runs, lists kept generations, goes back to one. */

import { existsSync } from "node:fs";
import { suggest } from "../compiler/nearest.ts";
import { physicalName } from "../compiler/plan/bind.ts";
import { type DatasetPlan, type Plan, stagedDatasets, type TargetPlan } from "../compiler/plan/types.ts";
import type { LoadedRoot } from "../loading/load.ts";
import { recoverTargets } from "../local/recover/recover.ts";
import { generationsText, recoveredText } from "../local/report/recover.ts";
import { namingUser } from "../local/run/busy.ts";
import { HOME } from "../setup/node.mjs";
import { ensurePython } from "../setup/python.mjs";
import { stackBindingsFor } from "./bindings.ts";
import { CommandError, EXIT, usageError } from "./exit.ts";
import { nameInterrupted } from "./resume.ts";
import { choose, lakeOf, load, planOf, printJson, type RootOptions, refuseOwnFiles, stateOf } from "./root.ts";
import { namesOf } from "./run-options.ts";
import { cancellable } from "./signals.ts";

interface RecoverCommandOptions extends RootOptions {
  readonly stack?: string;
  readonly datasets?: string;
  readonly to?: string;
  readonly generations?: boolean;
  readonly rebuild?: string;
  readonly yes?: boolean;
  readonly format: "text" | "json";
}

/** Exit 1 if a target could not be recovered. */
export async function recover(name: string | undefined, options: RecoverCommandOptions): Promise<number> {
  const loaded = await load(options);
  const plan = planOf(loaded, choose(loaded, name));
  const to = generationOf(options);
  checkRebuild(options);
  const targets = targetsOf(plan, options);
  if (options.stack === undefined) refuseOwnFiles(plan, options);
  const place =
    options.stack === undefined ? lakePlace(options) : await stackPlace(plan, options.stack, options, loaded);
  const interrupted = options.stack ? [] : await nameInterrupted(options);
  const python = await ensurePython(place.store === null ? "aws" : "sail");
  return cancellable("cancelled; run it again to continue", async (signal) => {
    const list = options.generations === true;
    const { answers, problem } = await recoverTargets({
      home: HOME,
      python,
      ...place,
      targets: targets.map(({ dataset, target: { bucket, prefix, table }, isIceberg }) => ({
        dataset,
        location: `s3://${place.bucketOf(bucket)}/${prefix}`,
        ...(isIceberg && { table: { database: plan.pipeline, name: table } }),
      })),
      ...to,
      list,
      ...(options.rebuild !== undefined && { rebuild: { accept: options.yes === true } }),
      signal,
    });
    signal.throwIfAborted();
    if (problem !== undefined && answers.length === 0) throw await namingUser(problem, stateOf(options));
    const failed = problem !== undefined || answers.some(({ action }) => action === "failed");
    if (options.format === "json")
      printJson({
        status: failed ? "FAILED" : "SUCCEEDED",
        datasets: answers,
        ...(interrupted.length > 0 && { brokenOff: interrupted }),
      });
    else process.stdout.write(list ? generationsText(answers) : recoveredText(answers));
    if (problem !== undefined) throw problem;
    return failed ? EXIT.failed : EXIT.ok;
  });
}

/** The store of the targets: a lake's folder, or (`null`) S3 in a region. */
interface Place {
  readonly store: string | null;
  readonly region?: string;
  /** A logical bucket's name in that store. */
  readonly bucketOf: (logical: string) => string;
}

function lakePlace(options: RootOptions): Place {
  const store = lakeOf(options);
  if (!existsSync(store)) throw new CommandError(`there is no lake ${store}`, "name its folder with --lake");
  return { store, bucketOf: (logical) => logical };
}

/** A deployed stack's buckets, with the caller's credentials. */
async function stackPlace(plan: Plan, stack: string, options: RootOptions, loaded: LoadedRoot): Promise<Place> {
  if (options.lake !== undefined) throw usageError("`--lake` and `--stack` exclude each other", "give one of them");
  const { region, buckets } = await stackBindingsFor(plan, { ...options, stack }, loaded);
  return { store: null, region, bucketOf: physicalName(buckets) };
}

/** `--to` as a number; needs exactly one dataset. */
function generationOf({ to, datasets, generations }: RecoverCommandOptions): { to?: number } {
  if (to === undefined) return {};
  if (generations === true) throw usageError("`--generations` and `--to` exclude each other", "give one of them");
  if (!/^[1-9]\d{0,14}$/.test(to))
    throw usageError(`\`--to ${to}\` is not a generation`, "`strata recover --generations` lists the kept ones");
  if (datasets === undefined || namesOf("--datasets", datasets).length !== 1)
    throw usageError("`--to` needs exactly one dataset", "name it: --datasets NAME --to GENERATION");
  return { to: Number(to) };
}

/** `--rebuild` names its dataset and excludes the other modes. */
function checkRebuild({ rebuild, yes, to, generations, datasets }: RecoverCommandOptions): void {
  if (rebuild === undefined) {
    if (yes === true) throw usageError("`--yes` needs `--rebuild`", "add --rebuild DATASET");
    return;
  }
  if (to !== undefined || generations === true || datasets !== undefined)
    throw usageError("`--rebuild` excludes `--to`, `--generations` and `--datasets`", "give one of them");
}

interface Chosen {
  readonly dataset: string;
  readonly target: TargetPlan;
  readonly isIceberg: boolean;
}

/** Only Iceberg tables in a lake: elsewhere they are in a catalog, and only an engine changes them. */
function targetsOf(plan: Plan, { datasets: names, rebuild, stack }: RecoverCommandOptions): Chosen[] {
  const datasets = stagedDatasets(plan);
  const chosen =
    rebuild !== undefined
      ? [named(datasets, rebuild)]
      : names === undefined
        ? datasets
        : [...new Set(namesOf("--datasets", names))].map((text) => named(datasets, text));
  const targets = chosen.flatMap(({ name, target, publish }) => {
    const isIceberg = publish.format === "iceberg";
    return target === undefined || (isIceberg && stack !== undefined) ? [] : [{ dataset: name, target, isIceberg }];
  });
  const table = rebuild !== undefined && chosen.find(({ publish }) => publish.format === "iceberg");
  if (table)
    throw usageError(
      `dataset \`${table.name}\` is an Iceberg table, which needs no rebuild: its metadata lists its content`,
      "go back to an earlier snapshot: --datasets NAME --generations, then --to GENERATION (docs/publish.md)",
    );
  if ((rebuild ?? names) !== undefined && targets.length < chosen.length) throw refusal(chosen);
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
  if (bare !== undefined) return usageError(`dataset \`${bare.name}\` has no target to recover`);
  const iceberg = chosen.find(({ publish }) => publish.format === "iceberg");
  return usageError(
    `dataset \`${iceberg?.name}\` is an Iceberg table, whose commits need no recovery on AWS`,
    "read an earlier snapshot of it, or roll it back with Spark (docs/publish.md)",
  );
}
