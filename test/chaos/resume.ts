/**
 * Runs of the real command line that are ended at a step of the job, by a signal to the worker or to the command, and are
 * then resumed by exactly the command that was named. The content is then as after one undisturbed run.
 */

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AskedTable } from "../../local/catalog/crawl.ts";
import { HOME } from "../../setup/node.mjs";
import { folderOf, program } from "../cli/strata.ts";
import { rowsOf, startReader } from "../local/reader.ts";
import { parquet } from "../local/runs.ts";

/** How a run ends: the worker's own end, or signals to the command. */
export const WAYS = ["worker", "SIGKILL", "SIGINT", "SIGINT,SIGINT", "SIGTERM"] as const;
export type Way = (typeof WAYS)[number];

/** A dataset of each way to write, in an order that is always the same: one after another, each in a stage of its own. */
const DATASETS: Record<string, { sql: string; strata: object }> = {
  added: { sql: "SELECT id, :no AS no FROM t", strata: { write: "append" } },
  whole: { sql: "SELECT id, :no AS no FROM t", strata: { write: "replace", keep: 1 } },
  parts: {
    sql: "SELECT id, :no AS no, :no % 2 AS part FROM t",
    strata: { write: "replace_partitions", partition_by: ["part"] },
  },
  lines: { sql: "SELECT id, :no AS no FROM t", strata: { write: "append", format: "iceberg" } },
  keyed: {
    sql: "SELECT id + :no % 2 AS id, :no AS no FROM t",
    strata: { write: "merge", merge_key: ["id"], format: "iceberg" },
  },
};
const IDS = [1, 2, 3];

type Row = Record<string, number>;

/** What a target holds after one more run. */
const AFTER: Record<string, (before: Row[], no: number) => Row[]> = {
  added: (before, no) => [...before, ...IDS.map((id) => ({ id, no }))],
  whole: (_, no) => IDS.map((id) => ({ id, no })),
  parts: (before, no) => [
    ...before.filter(({ part }) => part !== no % 2),
    ...IDS.map((id) => ({ id, no, part: no % 2 })),
  ],
  lines: (before, no) => [...before, ...IDS.map((id) => ({ id, no }))],
  keyed: (before, no) => {
    const rows = new Map(before.map((row) => [row.id, row]));
    for (const id of IDS) rows.set(id + (no % 2), { id: id + (no % 2), no });
    return [...rows.values()];
  },
};

const ROOT = {
  "pipelines/kinds/etl_stages.json": JSON.stringify(
    Object.fromEntries(Object.keys(DATASETS).map((name) => [`stage ${name}`, [name]])),
  ),
  "pipelines/kinds/sql_queries.json": JSON.stringify(
    Object.fromEntries(
      Object.entries(DATASETS).map(([name, { strata }]) => [
        name,
        {
          sql_name: name,
          sql_file: `kinds/${name}.sql`,
          tables: [{ table_name: "t", s3_path: "s3://data/raw/t/" }],
          s3_target: `s3://data/out/${name}/`,
          strata,
        },
      ]),
    ),
  ),
  "pipelines/kinds/pipeline.yaml": "params: { no: { type: int } }\n",
  ...Object.fromEntries(Object.entries(DATASETS).map(([name, { sql }]) => [`sql/kinds/${name}.sql`, `${sql}\n`])),
};

/** A lake, and what is to stand in it. */
export class Bench {
  /** A blank in it, so that the named command must quote. Sail's Iceberg tables take none, so that the lake has none. */
  readonly root = folderOf(Object.fromEntries(Object.entries(ROOT).map(([path, text]) => [`a root/${path}`, text])));
  readonly lake = mkdtempSync(join(tmpdir(), "strata-resume-"));
  expected: Record<string, Row[]> = Object.fromEntries(Object.keys(DATASETS).map((name) => [name, []]));
  no = 0;

  /** The first run, undisturbed; returns the names of its steps. */
  async open(): Promise<string[]> {
    await parquet(join(this.lake, "data", "raw", "t", "a.parquet"), { id: IDS });
    const steps = join(this.root, "steps");
    for (const _ of [1, 2]) {
      rmSync(steps, { force: true });
      const done = await this.run({ STRATA_TEST_STEPS: steps });
      if (done.code !== 0) throw new Error(`an undisturbed run failed: ${done.stdout}${done.stderr}`);
      await this.compare("an undisturbed run");
    }
    return readFileSync(steps, "utf8").trimEnd().split("\n");
  }

  close(): void {
    rmSync(this.lake, { recursive: true, force: true });
  }

  /** Ends a run at a step, in a way; then does what its last lines say. Throws what is wrong. */
  async round(step: number, way: Way): Promise<void> {
    const signals = way === "worker" ? {} : { STRATA_TEST_SIGNALS: way };
    const before = this.expected;
    const ended = await this.run({ STRATA_TEST_KILL_AT: String(step), ...signals });
    const code = way === "worker" ? 1 : way === "SIGKILL" ? -1 : 130;
    if (ended.code !== code) throw new Error(`exit code ${ended.code}, not ${code}: ${ended.stdout}${ended.stderr}`);
    const named = way === "SIGKILL" ? await this.strata(["query", "SELECT 1"]) : ended;
    const line = /resume(?: it)?: (.* run --execution .*)$/m.exec(named.stderr + named.stdout)?.[1];
    if (line === undefined) throw new Error(`no command is named: ${named.stdout}${named.stderr}`);
    if (way !== "SIGKILL") await this.checkWords(before, ended.stdout);
    // A shell of the user's, who copies the line: there is no `strata` on the PATH.
    const gone = await program("sh", ["-c", line], { env: { npm_command: undefined } });
    if (gone.code !== 0) throw new Error(`${line}: exit code ${gone.code}: ${gone.stdout}${gone.stderr}`);
    await this.compare(line);
    if (way !== "SIGKILL") return;
    const after = await this.strata(["query", "SELECT 1"]);
    if (after.stderr.includes("was interrupted")) throw new Error(`it is complete and still named: ${after.stderr}`);
  }

  /** What is committed is reported with its rows, and nothing else is reported as committed. */
  private async checkWords(before: Record<string, Row[]>, stdout: string): Promise<void> {
    for (const [name, held] of Object.entries(await this.rows())) {
      const rows = held.map(({ no }) => no);
      const committed = rows.includes(this.no);
      const line = new RegExp(`^${name} +(SUCCEEDED|COMMITTED) +(\\d+) `, "m").exec(stdout);
      if (committed !== (line !== null)) throw new Error(`${name} is ${committed ? "" : "not "}committed: ${stdout}`);
      if (committed && Number(line?.[2]) !== rows.length) throw new Error(`${name} has ${rows.length} rows: ${stdout}`);
      const wanted = committed ? this.expected[name] : before[name];
      if (rows.length !== wanted?.length) throw new Error(`${name} has ${rows.length} rows, not ${wanted?.length}`);
    }
  }

  private async run(wishes: NodeJS.ProcessEnv) {
    this.no += 1;
    this.expected = Object.fromEntries(
      Object.entries(this.expected).map(([name, rows]) => [name, AFTER[name]?.(rows, this.no) ?? []]),
    );
    return this.strata(["run", "--concurrency", "1", "--param", `no=${this.no}`], wishes);
  }

  private strata(args: readonly string[], wishes: NodeJS.ProcessEnv = {}) {
    const preload = ["--import", join(HOME, "test", "local", "kill.ts"), join(HOME, "bin", "strata.mjs")];
    const where = ["--root", join(this.root, "a root"), "--lake", this.lake];
    return program(process.execPath, [...preload, ...args, ...where], { env: { npm_command: undefined, ...wishes } });
  }

  /** The current rows of each dataset. */
  private async rows(): Promise<Record<string, Row[]>> {
    const reader = startReader();
    try {
      const found: Record<string, Row[]> = {};
      for (const [name, { strata }] of Object.entries(DATASETS)) {
        const table = { name, location: `s3://data/out/${name}/`, ...strata } as AskedTable;
        found[name] = await rowsOf<Row>(reader, this.lake, table, `SELECT * FROM ${name}`);
      }
      return found;
    } finally {
      await reader.kill();
    }
  }

  private async compare(when: string): Promise<void> {
    const text = (rows: Row[]) =>
      rows
        .map((row) => JSON.stringify(Object.entries(row).sort()))
        .sort()
        .join("\n");
    const all = await this.rows();
    for (const [name, rows] of Object.entries(this.expected)) {
      const found = all[name] ?? [];
      if (text(found) !== text(rows))
        throw new Error(`after ${when} ${name} holds\n${text(found)}\nand not\n${text(rows)}`);
    }
  }
}
