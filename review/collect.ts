/** Runs the checks of a pull request and writes the results to files. Runs the pull request's code, so it has no secret. */

import { spawn } from "node:child_process";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HOME } from "../setup/node.mjs";
import { previewOf } from "./preview.ts";

/** Files that one job hands to another. */
export const FILES = { check: "check.json", sarif: "check.sarif", diff: "diff.json" } as const;

/** The file of a stack's preview. */
export function previewFile(stack: string): string {
  return `preview-${stack}.json`;
}

/** Check, SARIF and the difference against `base`. Returns check's exit code; all files are written in any case. */
export async function collect(base: string, out: string, root: string = HOME): Promise<number> {
  await mkdir(out, { recursive: true });
  const strata = (...args: string[]) =>
    run(process.execPath, [join(HOME, "bin", "strata.mjs"), ...args, "--root", root]);
  const check = await strata("check", "--format", "json");
  await writeFile(join(out, FILES.check), check.stdout);
  await writeFile(join(out, FILES.sarif), (await strata("check", "--format", "sarif")).stdout);
  // For readers of the job's log.
  process.stdout.write((await strata("check")).stdout);
  const diff = await strata("plan", "--all", `--diff=${base}`, "--format", "json");
  process.stderr.write(diff.stderr);
  if (diff.code === 0) await writeFile(join(out, FILES.diff), diff.stdout);
  return check.code === 0 ? diff.code : check.code;
}

/** A stack's preview with the policy pack. Returns Pulumi's exit code; the result is written in any case. */
export async function preview(stack: string, out: string, pulumi = "pulumi"): Promise<number> {
  await mkdir(out, { recursive: true });
  const log = join(tmpdir(), `strata-preview-${process.pid}.jsonl`);
  try {
    const args = ["preview", "--stack", stack, "--non-interactive", "--diff", "--suppress-outputs"];
    const { code, stdout, stderr } = await run(
      pulumi,
      [...args, "--policy-pack", "policy", "--event-log", log],
      EVENT_LOG,
    );
    process.stdout.write(stdout);
    process.stderr.write(stderr);
    const result = previewOf(stack, await readFile(log, "utf8").catch(() => ""), code);
    // Without a log Pulumi failed before its engine started: its output is the only result.
    const errors = code !== 0 && result.errors.length === 0 ? [stderr.trim().slice(-2_000)] : result.errors;
    await writeFile(join(out, previewFile(stack)), `${JSON.stringify({ ...result, errors })}\n`);
    return code;
  } finally {
    await rm(log, { force: true });
  }
}

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Enables `--event-log`, a hidden flag for programs; Pulumi's Automation API sets it, too. */
const EVENT_LOG = { PULUMI_DEBUG_COMMANDS: "true" };

function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: HOME,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk) => (stdout += chunk));
    child.stderr.on("data", (chunk) => (stderr += chunk));
    child.on("error", (problem) =>
      resolve({ code: 127, stdout, stderr: `cannot start ${command}: ${problem.message}\n` }),
    );
    child.on("close", (code) => resolve({ code: code ?? 1, stdout, stderr }));
  });
}
