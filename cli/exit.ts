/** Exit codes, and errors as one line. */

import { printable } from "../compiler/show/text.ts";
import { RootError } from "../loading/load.ts";
import { NoFile } from "../loading/read-file.ts";
import { systemProblem } from "../local/system-problem.ts";
import { UserError } from "../local/user-error.ts";
import { SetupError } from "../setup/stamp.mjs";

/** 0 done; 1 the user's files or data have an error, or a run failed; 2 wrong usage. */
export const EXIT = { ok: 0, failed: 1, usage: 2, cancelled: 130 } as const;

/** An error of the call or of the user's files, printed as one line with the remedy. */
export class CommandError extends Error {
  readonly exitCode: number;
  readonly help: string | undefined;

  constructor(message: string, help?: string, exitCode: number = EXIT.failed) {
    super(message);
    this.name = "CommandError";
    this.help = help;
    this.exitCode = exitCode;
  }
}

/** An error in the call itself. */
export function usageError(message: string, help?: string): CommandError {
  return new CommandError(message, help, EXIT.usage);
}

/** Errors of users' files, machines and calls; any other is a bug in Strata. */
const USERS = [CommandError, NoFile, RootError, SetupError, UserError];

/** Prints a problem on stderr and returns the exit code. Only a bug in Strata prints a stack. */
export function fail(problem: unknown): number {
  const { message, help } = problem as { message?: string; help?: string | undefined };
  if (USERS.some((known) => problem instanceof known)) {
    const text = `strata: ${message}${help === undefined ? "" : `\n  help: ${help}`}\n`;
    process.stderr.write(text.split("\n").map(printable).join("\n"));
    return problem instanceof CommandError ? problem.exitCode : EXIT.failed;
  }
  const system = systemProblem(problem);
  if (system !== undefined) {
    process.stderr.write(`strata: ${system}\n`);
    return EXIT.failed;
  }
  process.stderr.write(
    `strata: this is a bug in Strata; please report it\n${problem instanceof Error ? problem.stack : String(problem)}\n`,
  );
  return EXIT.failed;
}
