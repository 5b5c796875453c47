/** A root of many datasets, for measuring `strata check`: four stages, each dataset reads two of the stage before. */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const STAGES = ["bronze", "silver", "facts", "marts"];

/** Files of a pipeline `many` with a number of datasets, by path. */
export function manyDatasets(number: number): Record<string, string> {
  const perStage = Math.ceil(number / STAGES.length);
  const files: Record<string, string> = {};
  const datasets: Record<string, object> = {};
  const stages: Record<string, string[]> = {};
  for (let index = 0; index < number; index += 1) {
    const [stage, place] = [Math.floor(index / perStage), index % perStage];
    const name = `d${index}`;
    const sources = [place, (place * 7 + 1) % perStage].map((each) =>
      stage === 0 ? `s3://lake/raw/t${each}/` : targetOf((stage - 1) * perStage + each, stage - 1),
    );
    const file = `many/${name}.sql`;
    files[`sql/${file}`] =
      `SELECT a.id, a.amount + b.amount AS amount, upper(a.name) AS name\nFROM a JOIN b ON a.id = b.id\nWHERE a.amount > ${index}\n`;
    datasets[name] = {
      sql_name: name,
      sql_file: file,
      tables: [...new Set(sources)].map((s3_path, at) => ({ table_name: at === 0 ? "a" : "b", s3_path })),
      s3_target: targetOf(index, stage),
    };
    if (new Set(sources).size === 1)
      files[`sql/${file}`] = `SELECT a.id, a.amount, a.name FROM a WHERE a.amount > ${index}\n`;
    const stageName = STAGES[stage] ?? "";
    stages[stageName] = stages[stageName] ?? [];
    stages[stageName].push(name);
  }
  files["pipelines/many/etl_stages.json"] = JSON.stringify(stages, null, 2);
  files["pipelines/many/sql_queries.json"] = JSON.stringify(datasets, null, 2);
  return files;
}

function targetOf(index: number, stage: number): string {
  return `s3://lake/${STAGES[stage]}/d${index}/`;
}

/** Writes them into a folder. */
export function writeMany(folder: string, number: number): void {
  for (const path of ["sql/many", "pipelines/many"]) mkdirSync(join(folder, path), { recursive: true });
  for (const [path, text] of Object.entries(manyDatasets(number))) writeFileSync(join(folder, path), text);
}
