/** Calls the job's recovery (glue/strata_glue/target/recover.py) for targets of a lake, or of S3. */

import { spawn } from "node:child_process";
import { environmentFor } from "../../setup/environment.mjs";
import { UserError } from "../user-error.ts";
import { type Fatal, fatalError } from "../worker/fatal.ts";
import { workerEnvironment } from "../worker/worker.ts";

export interface RecoverOptions {
  /** The installation. */
  readonly home: string;
  /** Interpreter of an environment with the job's packages. */
  readonly python: string;
  /** A lake's folder; null: S3, with the environment's credentials. */
  readonly store: string | null;
  /** Region of S3, if the environment has none. */
  readonly region?: string;
  readonly targets: readonly {
    readonly dataset: string;
    readonly location: string;
    /** An Iceberg table's entry in the catalog. */
    readonly table?: { readonly database: string; readonly name: string };
  }[];
  /** Generation to go back to. */
  readonly to?: number;
  /** List generations, and change nothing. */
  readonly list: boolean;
  /** Make the target's existing files its content; only lists them unless accepted. */
  readonly rebuild?: { readonly accept: boolean };
  readonly signal: AbortSignal;
}

/** A current or kept generation. */
export interface Generation {
  readonly generation: number;
  readonly time: string;
  readonly execution: string;
  readonly rows: number;
  readonly files: number;
}

/** The result for one target. */
export interface Recovered {
  readonly dataset: string;
  readonly target: string;
  readonly action:
    | "nothing"
    | "finished"
    | "cleaned"
    | "restored"
    | "rolled_back"
    | "rebuilt"
    | "would_rebuild"
    | "listed"
    | "failed";
  /** The current generation; absent if nothing was ever committed. */
  readonly generation?: number;
  readonly files?: number;
  /** Attempts and orphan files that were deleted. */
  readonly removed: number;
  readonly message?: string;
  /** With `list`: newest first; the first one is current. */
  readonly generations?: readonly Generation[];
  /** Of a rebuild: files of the new content. */
  readonly takes?: readonly { readonly file: string; readonly rows: number; readonly bytes: number }[];
  /** Of a rebuild: files that are no longer content; what is left of them is deleted. */
  readonly gives_up?: readonly { readonly file: string; readonly why: string; readonly rows?: number }[];
  /** Of a rebuild: files of other writers, which stay and are not read. */
  readonly leaves?: readonly string[];
  /** Of a rebuild: orphan files that are removed. */
  readonly removes?: readonly string[];
  /** Of a rebuild: the record could be read, so executions and kept generations stay. */
  readonly remembers?: boolean;
}

/** The results, and why they are incomplete. */
export interface Recovery {
  /** One answer per target, in order, as far as it got. */
  readonly answers: readonly Recovered[];
  /** Why the remaining targets were not tried: the lake is in use, or there are no credentials. */
  readonly problem?: UserError;
}

/** Runs the job's recovery; rejects with `UserError` if it does not start. */
export async function recoverTargets(options: RecoverOptions): Promise<Recovery> {
  const { store, targets, to, list, rebuild } = options;
  const { code, out, err } = await ask(
    options,
    JSON.stringify({
      store,
      targets,
      to: to ?? null,
      list,
      rebuild: rebuild !== undefined,
      accept: rebuild?.accept === true,
    }),
  );
  // A killed process may have written a part of its last line.
  const lines = out.split("\n").slice(0, -1);
  const answered = lines.map((line) => JSON.parse(line) as Recovered & { readonly fatal?: Fatal });
  const fatal = answered.at(-1)?.fatal;
  const answers = fatal === undefined ? answered : answered.slice(0, -1);
  if (fatal !== undefined) return { answers, problem: fatalError(fatal) };
  const problem = new UserError(
    `recovery ended with exit code ${code}: ${err.trim().split("\n").at(-1)?.slice(0, 500) ?? ""}`,
    "run the command again to continue",
  );
  return answers.length < targets.length && !options.signal.aborted ? { answers, problem } : { answers };
}

async function ask({ home, python, store, region, signal }: RecoverOptions, request: string) {
  const env = workerEnvironment(home);
  const child = spawn(python, ["-m", "strata_glue.target.recover"], {
    // S3 needs the caller's credentials; a lake needs none.
    env: store !== null ? env : { AWS_DEFAULT_REGION: region, ...environmentFor("aws"), PYTHONPATH: env.PYTHONPATH },
    stdio: ["pipe", "pipe", "pipe"],
    // In its own process group: this process handles Ctrl-C.
    detached: true,
    signal,
    killSignal: "SIGKILL",
  });
  let [out, err] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text) => (out += text));
  child.stderr.setEncoding("utf8").on("data", (text) => (err += text));
  child.stdin.on("error", () => {}); // `close` reports its end
  child.stdin.end(request);
  return new Promise<{ code: number | null; out: string; err: string }>((resolve, reject) => {
    child.on("error", (problem) => {
      if (!signal.aborted) reject(new UserError(`recovery cannot start: ${problem.message}`, "run `npm start` once"));
    });
    child.on("close", (code) => resolve({ code, out, err }));
  });
}
