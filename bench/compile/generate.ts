/**
 * A pipeline as large companies have them, to measure: datasets in twelve stages, of SQL like that of TPC-DS. The same for the same number.
 *
 * The first stage reads raw tables; every later dataset reads three of the three stages before it, so that what its columns are follows
 * through the whole graph.
 */

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { randomOf } from "../random.ts";
import { bronze, FORMS, type Form, type Parts } from "./forms.ts";
import { type Choose, declared, rawTable, type Table } from "./tables.ts";

export const STAGES = 12;

/** The pipeline's name. */
export const GENERATED = "generated";

/** Raw tables, at most. */
const RAW = 60;

/** One dataset. */
export interface Dataset extends Table {
  readonly stage: number;
  /** Below `sql/`. */
  readonly file: string;
  readonly sql: string;
  readonly reads: readonly Table[];
}

/** A pipeline. */
export interface Generated {
  readonly raw: readonly Table[];
  readonly datasets: readonly Dataset[];
}

/** Makes a pipeline of a number of datasets, at least one a stage. */
export function generate(number: number): Generated {
  const random = randomOf(1);
  const choose: Choose = (of) => of[Math.floor(random() * of.length)] as (typeof of)[number];
  const perStage = Math.ceil(number / STAGES);
  const raw = Array.from({ length: Math.min(RAW, perStage) }, (_, at) => rawTable(at));
  const stages: Dataset[][] = [];
  let at = 0;
  for (let stage = 0; stage < STAGES; stage += 1) {
    const before = stages.slice(-3).flat();
    const datasets: Dataset[] = [];
    for (; datasets.length < perStage && at < number; at += 1) {
      const reads = stage === 0 ? [raw[at % raw.length] as Table] : threeOf(before, choose);
      const form = stage === 0 ? bronze : (FORMS[at % FORMS.length] as Form);
      const name = `set_${at}`;
      datasets.push({
        ...form({ prefix: `c${at}`, tables: reads as unknown as Parts["tables"], choose }),
        name,
        stage,
        file: `${GENERATED}/stage_${stage}/${name}.sql`,
        location: `s3://lake/stage_${stage}/${name}/`,
        reads,
      });
    }
    stages.push(datasets);
  }
  return { raw, datasets: stages.flat() };
}

/** Three that differ. */
function threeOf(tables: readonly Table[], choose: Choose): Table[] {
  const found = new Set<Table>();
  while (found.size < Math.min(3, tables.length)) found.add(choose(tables));
  return [...found];
}

/** Its files by path. */
export function filesOf({ raw, datasets }: Generated): Map<string, string> {
  const queries = datasets.map(({ name, file, location, reads }) => [
    name,
    {
      sql_name: name,
      sql_file: file,
      tables: reads.map((table) => ({ table_name: table.name, s3_path: table.location })),
      s3_target: location,
    },
  ]);
  const stages = Map.groupBy(datasets, ({ stage }) => `stage_${stage}`);
  const names = Object.fromEntries([...stages].map(([stage, each]) => [stage, each.map(({ name }) => name)]));
  const folder = `pipelines/${GENERATED}`;
  return new Map([
    [`${folder}/etl_stages.json`, `${JSON.stringify(names, null, 2)}\n`],
    [`${folder}/sql_queries.json`, `${JSON.stringify(Object.fromEntries(queries), null, 2)}\n`],
    [`${folder}/pipeline.yaml`, `sources:\n${raw.map(declared).join("")}`],
    ...datasets.map(({ file, sql }) => [`sql/${file}`, sql] as const),
  ]);
}

/** Writes them into a folder. */
export function writeGenerated(folder: string, generated: Generated): void {
  for (const [path, text] of filesOf(generated)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}
