/** Runs the real command line in child processes, and makes roots for it. */

import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { HOME } from "../../setup/node.mjs";
import { requester } from "../serve.ts";
import type { Asked } from "./served.ts";

/** What a command did. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Commands that leave nothing in their process. */
const SERVED = ["asl", "check", "groups", "import", "permissions", "plan", "schemas"];

/**
 * Runs `strata …` and waits for its end: in a process of its own, or in the one that serves those that leave nothing in it, where no
 * environment is given.
 */
export function strata(
  args: readonly string[],
  options: { env?: NodeJS.ProcessEnv; cwd?: string } = {},
): Promise<Outcome> {
  if (options.env === undefined && SERVED.includes(args[0] ?? "")) return served({ args, cwd: options.cwd ?? HOME });
  return program(process.execPath, [join(HOME, "bin", "strata.mjs"), ...args], options);
}

const served = requester<Asked, Outcome>(join(HOME, "test", "cli", "served.ts"));

/** Runs any program and waits for its end. */
export function program(
  command: string,
  args: readonly string[],
  options: { env?: NodeJS.ProcessEnv; cwd?: string } = {},
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      ...options,
      env: { ...process.env, ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk) => (stdout += chunk));
    child.stderr.on("data", (chunk) => (stderr += chunk));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? -1, stdout, stderr }));
  });
}

/** Files by path → a folder of them, removed after each test. */
export function folderOf(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = mkdtempSync(join(tmpdir(), "strata-test-"));
  folders.push(folder);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

const folders: string[] = [];

/** To be called in `afterEach`. */
export function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** A root with one pipeline `shop`: two stages, two datasets, no mistakes. */
export const SHOP: Readonly<Record<string, string>> = {
  "pipelines/shop/etl_stages.json": '{ "bronze": ["orders"], "gold": ["totals"] }\n',
  "pipelines/shop/sql_queries.json": `{
  "orders": { "sql_name": "orders", "sql_file": "shop/orders.sql", "tables": [{ "table_name": "orders_raw", "s3_path": "s3://lake/raw/orders/" }], "s3_target": "s3://lake/bronze/orders/", "target_name": "orders_bronze" },
  "totals": { "sql_name": "totals", "sql_file": "shop/totals.sql", "tables": [{ "table_name": "orders_bronze", "s3_path": "s3://lake/bronze/orders/" }], "s3_target": "s3://lake/gold/totals/", "target_name": "totals_gold" }
}
`,
  "sql/shop/orders.sql": "SELECT id, amount FROM orders_raw\n",
  "sql/shop/totals.sql": "SELECT sum(amount) AS total FROM orders_bronze\n",
};
