/**
 * read-setup: at the start of an execution reads the pipeline's files from the code bucket, compiles them, writes each
 * stage's group and publish argument as objects and answers the addresses. SQL never enters the execution's state.
 *
 * For teams that edit SQL in S3 without a deploy (`setup: runtime`); the same compiler as everywhere.
 */

import { HeadObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { compile } from "../../compiler/compile.ts";
import { pipelinesWithTables } from "../../compiler/emit/job/publish.ts";
import { allFreightOf, type Cargo, isNothing } from "../../compiler/emit/job/travel.ts";
import type { BucketBinding, DatabaseBinding } from "../../compiler/plan/bindings.ts";
import type { Plan } from "../../compiler/plan/types.ts";
import { renderDiagnostics } from "../../compiler/show/render.ts";
import { readSource } from "./source.ts";

/** What the state machine sends. */
export interface ReadSetupEvent {
  readonly pipeline: string;
  /** The deployed stages, in order: each has a job and a state. */
  readonly stages: readonly string[];
}

/** In the order of the stages. */
export interface ReadSetupAnswer {
  /** Addresses of the groups. */
  readonly groups: readonly string[];
  /** Addresses of the publish arguments; `{}` for a stage with nothing but defaults. */
  readonly publish: readonly string[];
}

/** Settings of the function (components/read-setup.ts). */
export interface ReadSetupSettings {
  readonly codeBucket: string;
  readonly groupPrefix: string;
  readonly buckets: readonly BucketBinding[];
  /** Of the pipelines whose Iceberg tables were written or read when the stack was deployed. */
  readonly databases: readonly DatabaseBinding[];
}

/** Longest error message: an execution's cause holds 32,768 characters. */
const LONGEST_MESSAGE = 30_000;

/** The pipeline's files have mistakes; the message is what `strata check` prints. */
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

/** Does the work with a given client: tests bring their own. */
export async function readSetup(
  event: ReadSetupEvent,
  settings: ReadSetupSettings,
  s3: S3Client,
): Promise<ReadSetupAnswer> {
  const input = await readSource(s3, settings.codeBucket);
  const compiled = compile(input).pipelines.find(({ name }) => name === event.pipeline);
  if (compiled === undefined)
    throw new DiagnosticsError(
      `s3://${settings.codeBucket}/pipelines/${event.pipeline}/ holds no pipeline: upload its two JSON files`,
    );
  if (compiled.plan === undefined) {
    const errors = compiled.diagnostics.filter(({ severity }) => severity === "error");
    const texts = new Map(
      [
        ...input.pipelines.flatMap(({ stages, queries, extras }) => [stages, queries, extras]),
        ...input.sql.values(),
      ].flatMap((file) => (file ? [[file.path, file.text] as const] : [])),
    );
    throw new DiagnosticsError(renderDiagnostics(errors, (file) => texts.get(file)));
  }
  refuseOtherStages(compiled.plan, event.stages);
  refuseOtherDatabases(compiled.plan, settings);
  const { groups, publish } = allFreightOf(compiled.plan, settings);
  return {
    groups: await Promise.all(groups.map((each) => put(s3, settings, each))),
    publish: await Promise.all(publish.map((each) => (isNothing(each) ? each.json : put(s3, settings, each)))),
  };
}

/** A new stage needs a job and a state: that is a deploy. */
function refuseOtherStages(plan: Plan, deployed: readonly string[]): void {
  const names = plan.stages.map(({ name }) => name);
  if (JSON.stringify(names) === JSON.stringify(deployed)) return;
  throw new DiagnosticsError(
    `the stages in S3 (${names.join(", ")}) are not those that are deployed (${deployed.join(", ")}): run \`pulumi up\` to add, remove, rename or reorder stages`,
  );
}

/** Tables of one more pipeline are in a database that the jobs may not read: that is a deploy, too. */
function refuseOtherDatabases(plan: Plan, { databases }: ReadSetupSettings): void {
  const known = databases.map(({ pipeline }) => pipeline);
  const other = pipelinesWithTables(plan).find((pipeline) => !known.includes(pipeline));
  if (other === undefined) return;
  throw new DiagnosticsError(`Iceberg tables of pipeline ${other} are read for the first time: run \`pulumi up\``);
}

/** Objects are called by their content: one that is there is right. */
async function put(s3: S3Client, settings: ReadSetupSettings, { json, key: Key }: Cargo): Promise<string> {
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
