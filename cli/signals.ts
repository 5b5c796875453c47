/** Ctrl-C, SIGTERM, SIGHUP and the death of the launcher become one abort signal. */

import { writeSync } from "node:fs";
import { CommandError, EXIT } from "./exit.ts";

/** Time limit of the shutdown after a second Ctrl-C, in milliseconds. */
const PATIENCE_MS = 5_000;

/**
 * Aborts on the first signal. A second one limits the shutdown to a few seconds; then, and on a third one, the process ends
 * with `lastWords`, which must not state anything that was not checked.
 */
export function abortOnSignals(lastWords: string): {
  readonly signal: AbortSignal;
  readonly dispose: () => void;
} {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const leave = () => {
    try {
      writeSync(2, `strata: ${lastWords}\n`);
    } finally {
      process.exit(EXIT.cancelled);
    }
  };
  const abort = () => {
    if (!controller.signal.aborted) controller.abort();
    else if (timer === undefined) timer = setTimeout(leave, PATIENCE_MS);
    else leave();
  };
  const names = ["SIGINT", "SIGTERM", "SIGHUP", "disconnect"] as const;
  for (const name of names) process.on(name as NodeJS.Signals, abort);
  return {
    signal: controller.signal,
    dispose: () => {
      clearTimeout(timer);
      for (const name of names) process.off(name, abort);
    },
  };
}

/**
 * Runs `work` with a signal that a Ctrl-C aborts. After one, an error that is not a command's own is reported as
 * `lastWords`: it is the abort's consequence.
 */
export async function cancellable<T>(lastWords: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { signal, dispose } = abortOnSignals(lastWords);
  try {
    return await work(signal);
  } catch (problem) {
    if (!signal.aborted || problem instanceof CommandError) throw problem;
    throw new CommandError(lastWords, undefined, EXIT.cancelled);
  } finally {
    dispose();
  }
}
