/**
 * read-setup: at the start of an execution it reads the pipeline's files from the code bucket, compiles them, writes each
 * stage's group and publish argument as objects and returns their URIs. SQL never enters the execution's state.
 *
 * For teams that edit SQL in S3 without a deploy (`setup: runtime`); the same compiler as everywhere.
 */

import { HeadObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { compile } from "../../compiler/compile.ts";
import { allPayloadsOf, isNothing, type Payload } from "../../compiler/emit/job/payloads.ts";
import { textOf } from "../../compiler/input.ts";
import { bind } from "../../compiler/plan/bind.ts";
import type { BucketBinding, DatabaseBinding } from "../../compiler/plan/bindings.ts";
import { pipelinesWithTables } from "../../compiler/plan/tables.ts";
import type { Plan } from "../../compiler/plan/types.ts";
import { renderDiagnostics } from "../../compiler/show/render.ts";
import { readSource } from "./source.ts";

/** The function's input. */
export interface ReadSetupEvent {
  readonly pipeline: string;
  /** The deployed stages, in order; each has a job and a state. */
  readonly stages: readonly string[];
}

/** In the order of the stages. */
export interface ReadSetupAnswer {
  /** URIs of the groups. */
  readonly groups: readonly string[];
  /** URIs of the publish arguments; `{}` for a stage with only defaults. */
  readonly publish: readonly string[];
}

/** Settings of the function (components/read-setup.ts). */
export interface ReadSetupSettings {
  readonly codeBucket: string;
  readonly groupPrefix: string;
  readonly buckets: readonly BucketBinding[];
  /** Pipelines whose Iceberg tables the deployed stack writes or reads. */
  readonly databases: readonly DatabaseBinding[];
}

/** Longest error message: an execution's cause has at most 32,768 characters. */
const LONGEST_MESSAGE = 30_000;

/** The pipeline's files have errors; the message is the output of `strata check`. */
export class DiagnosticsError extends Error {
  constructor(message: string) {
    super(
      message.length <= LONGEST_MESSAGE
        ? message
        : `${message.slice(0, LONGEST_MESSAGE)}\n… (cut; \`strata check\` shows all)`,
    );
    this.name = "StrataDiagnostics";
  }
}

/** The handler with a given client, which tests replace. */
export async function readSetup(
  event: ReadSetupEvent,
  settings: ReadSetupSettings,
  s3: S3Client,
): Promise<ReadSetupAnswer> {
  const input = await readSource(s3, settings.codeBucket);
  const compiled = compile(input).pipelines.find(({ name }) => name === event.pipeline);
  if (compiled === undefined)
    throw new DiagnosticsError(
      `s3://${settings.codeBucket}/pipelines/${event.pipeline}/ contains no pipeline: upload its two JSON files`,
    );
  if (compiled.plan === undefined) {
    const errors = compiled.diagnostics.filter(({ severity }) => severity === "error");
    throw new DiagnosticsError(renderDiagnostics(errors, textOf(input)));
  }
  refuseOtherStages(compiled.plan, event.stages);
  refuseOtherDatabases(compiled.plan, settings);
  const { groups, publish } = allPayloadsOf(bind(compiled.plan, settings), settings);
  return {
    groups: await Promise.all(groups.map((each) => put(s3, settings, each))),
    publish: await Promise.all(publish.map((each) => (isNothing(each) ? each.json : put(s3, settings, each)))),
  };
}

/** A new stage needs a job and a state, hence a deployment. */
function refuseOtherStages(plan: Plan, deployed: readonly string[]): void {
  const names = plan.stages.map(({ name }) => name);
  if (JSON.stringify(names) === JSON.stringify(deployed)) return;
  throw new DiagnosticsError(
    `the stages in S3 (${names.join(", ")}) differ from the deployed ones (${deployed.join(", ")}): run \`pulumi up\` to add, remove, rename or reorder stages`,
  );
}

/** Tables of another pipeline are in a database that the jobs may not read; that also needs a deployment. */
function refuseOtherDatabases(plan: Plan, { databases }: ReadSetupSettings): void {
  const known = databases.map(({ pipeline }) => pipeline);
  const other = pipelinesWithTables(plan).find((pipeline) => !known.includes(pipeline));
  if (other === undefined) return;
  throw new DiagnosticsError(`Iceberg tables of pipeline ${other} are read for the first time: run \`pulumi up\``);
}

/** Objects are named by their hash, so an existing one is correct. */
async function put(s3: S3Client, settings: ReadSetupSettings, { json, key: Key }: Payload): Promise<string> {
  const object = { Bucket: settings.codeBucket, Key };
  const there = await s3.send(new HeadObjectCommand(object)).then(
    () => true,
    () => false,
  );
  if (!there) await s3.send(new PutObjectCommand({ ...object, Body: json, ContentType: "application/json" }));
  return `s3://${settings.codeBucket}/${Key}`;
}

/** Entry point of the function. */
export async function handler(event: ReadSetupEvent): Promise<ReadSetupAnswer> {
  const { STRATA_CODE_BUCKET = "", STRATA_GROUP_PREFIX = "", STRATA_S3_ENDPOINT } = process.env;
  const { STRATA_BUCKETS = "[]", STRATA_DATABASES = "[]" } = process.env;
  const s3 = new S3Client(STRATA_S3_ENDPOINT ? { endpoint: STRATA_S3_ENDPOINT, forcePathStyle: true } : {});
  const settings = {
    codeBucket: STRATA_CODE_BUCKET,
    groupPrefix: STRATA_GROUP_PREFIX,
    buckets: JSON.parse(STRATA_BUCKETS) as BucketBinding[],
    databases: JSON.parse(STRATA_DATABASES) as DatabaseBinding[],
  };
  return readSetup(event, settings, s3);
}
