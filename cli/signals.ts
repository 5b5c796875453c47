/** Ctrl-C, SIGTERM, SIGHUP and the death of the launcher become one abort signal. */

/** Aborts on the first of them; a second Ctrl-C while things are put down ends the process at once. */
export function abortOnSignals(): { readonly signal: AbortSignal; readonly dispose: () => void } {
  const controller = new AbortController();
  const abort = () => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
  };
  const names = ["SIGINT", "SIGTERM", "SIGHUP", "disconnect"] as const;
  for (const name of names) process.on(name as NodeJS.Signals, abort);
  return {
    signal: controller.signal,
    dispose: () => {
      for (const name of names) process.off(name, abort);
    },
  };
}
