/** Copies of the project for the engine: a test changes its copy, never the repository; and the CLI's commands on it. */

import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { HOME } from "../../setup/node.mjs";
import type { Outcome } from "../cli/strata.ts";
import { FakeCloud } from "./fake-aws/cloud.ts";
import { serveFakeAws } from "./fake-aws/provider.ts";

/** What the program is made of: everything but tests, documents and what is installed. */
const PARTS = [
  "index.ts",
  "package.json",
  "Pulumi.yaml",
  "Pulumi.dev.yaml",
  "Pulumi.prod.yaml",
  ...[
    "compiler",
    "components",
    "contract",
    "glue",
    "lambdas",
    "loading",
    "policy",
    "settings",
    "setup",
    "pipelines",
    "sql",
  ],
];

/** One step that a preview would take. */
export interface Step {
  readonly op: "create" | "update" | "replace" | "delete" | "same" | "read" | string;
  readonly type: string;
  readonly name: string;
}

/** A copy of the project with a backend, a CLI's home and a fake AWS account for each stack, all its own. */
export class Project {
  readonly folder = mkdtempSync(join(tmpdir(), "strata-engine-"));
  readonly home = join(this.folder, "project");
  readonly clouds = { dev: new FakeCloud("111111111111"), prod: new FakeCloud("222222222222") };
  readonly #ports = new Map<string, { port: number; stop: () => void }>();

  constructor() {
    for (const part of PARTS) cpSync(join(HOME, part), join(this.home, part), { recursive: true });
    symlinkSync(join(HOME, "node_modules"), join(this.home, "node_modules"));
    for (const folder of ["state", "pulumi"]) mkdirSync(join(this.folder, folder));
  }

  /** Starts the fake accounts and makes the stacks. */
  async start(...stacks: ("dev" | "prod")[]): Promise<this> {
    for (const stack of stacks) {
      this.#ports.set(stack, await serveFakeAws(this.clouds[stack]));
      const made = await this.pulumi(stack, ["stack", "init", stack, "--no-select"]);
      if (made.code !== 0) throw new Error(made.stderr);
    }
    return this;
  }

  stop(): void {
    for (const { stop } of this.#ports.values()) stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Replaces the users' files by others. */
  use(files: Readonly<Record<string, string>>): void {
    for (const folder of ["pipelines", "sql"]) rmSync(join(this.home, folder), { recursive: true, force: true });
    for (const [path, text] of Object.entries(files)) this.write(path, text);
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.home, path)), { recursive: true });
    writeFileSync(join(this.home, path), text);
  }

  /** Changes a text file of the copy; throws if there is nothing to change. */
  edit(path: string, from: string | RegExp, to: string): void {
    const text = readFileSync(join(this.home, path), "utf8");
    const changed = text.replace(from, to);
    if (changed === text) throw new Error(`${path} has nothing like ${from}`);
    this.write(path, changed);
  }

  read(path: string): string {
    return readFileSync(join(this.home, path), "utf8");
  }

  /** The environment of the CLI for one stack: its account, nothing of this machine's. */
  environment(stack: string): NodeJS.ProcessEnv {
    const port = this.#ports.get(stack)?.port ?? 0;
    const kept = Object.entries(process.env).filter(([name]) => !/^(AWS_|PULUMI_|NODE_CHANNEL)/.test(name));
    return {
      ...Object.fromEntries(kept),
      PATH: [dirname(process.execPath), process.env.PATH, join(HOME, "test", "engine", "bin")].join(":"),
      PULUMI_BACKEND_URL: `file://${join(this.folder, "state")}`,
      PULUMI_HOME: join(this.folder, "pulumi"),
      PULUMI_CONFIG_PASSPHRASE: "passphrase of the tests",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      PULUMI_DEBUG_PROVIDERS: `aws:${port},aws-native:${port}`,
    };
  }

  /** Runs the CLI in the project's folder. `onStart` gets the process, to be interrupted. */
  pulumi(
    stack: string,
    args: readonly string[],
    onStart: (child: ReturnType<typeof spawn>) => void = () => {},
  ): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      const child = spawn(pulumiPath(), [...args, "--non-interactive"], {
        cwd: this.home,
        env: this.environment(stack),
        stdio: ["ignore", "pipe", "pipe"],
      });
      onStart(child);
      let stdout = "";
      let stderr = "";
      child.stdout.on("data", (chunk) => (stdout += chunk));
      child.stderr.on("data", (chunk) => (stderr += chunk));
      child.on("error", reject);
      child.on("close", (code) => resolve({ code: code ?? -1, stdout, stderr }));
    });
  }

  /** Deploys; throws with the CLI's output if that fails. */
  async up(stack: string, ...more: string[]): Promise<Outcome> {
    return mustEndWell(await this.pulumi(stack, ["up", "--stack", stack, "--yes", "--skip-preview", ...more]));
  }

  /** The steps of a preview that change something. */
  async steps(stack: string): Promise<Step[]> {
    const { stdout } = mustEndWell(await this.pulumi(stack, ["preview", "--stack", stack, "--json"]));
    const { steps } = JSON.parse(stdout) as { steps: { op: string; urn: string }[] };
    return steps
      .map(({ op, urn }) => ({
        op,
        type: urn.split("::")[2]?.split("$").at(-1) ?? "",
        name: urn.split("::").slice(3).join("::"),
      }))
      .filter(({ op }) => op !== "same" && op !== "read");
  }
}

/** The CLI that the suite set up. */
export function pulumiPath(): string {
  return process.env.STRATA_PULUMI ?? "pulumi";
}

function mustEndWell(outcome: Outcome): Outcome {
  if (outcome.code !== 0) throw new Error(`pulumi ended with ${outcome.code}:\n${outcome.stdout}\n${outcome.stderr}`);
  return outcome;
}
