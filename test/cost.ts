/** CPU seconds of the suites of `npm test`, which hold it to what a newcomer waits for. */

/** What `npm test` is to take at most after set-up, in CPU seconds of user and system. */
export const QUICK_CPU_SECONDS = 8 * 60;
/** From here on it is more than noise: a busy machine counts up to a quarter more. */
const FAILS_AT = 1.25;

/** A suite that has run. */
export interface Cost {
  /** Whether `npm test` has it. */
  readonly quick: boolean;
  /** Undefined if it did not start, was ended by force, or this system does not report it. */
  readonly cpuSeconds?: number | undefined;
}

/** A command that runs another one, and then writes to descriptor 3 what that and all that it waited for took of the CPU. */
export function timed(command: readonly string[]): readonly string[] {
  return ["/bin/sh", "-c", '"$@" 3>&-; code=$?; times >&3; exit $code', "sh", ...command];
}

/** CPU seconds in what `timed` writes: minutes and seconds of user and system, of the shell and of its children. */
export function secondsOf(times: string): number | undefined {
  const parts = [...times.matchAll(/(\d+)m([\d.]+)s/g)];
  return parts.length === 4
    ? parts.reduce((sum, [, minutes, seconds]) => sum + 60 * Number(minutes) + Number(seconds), 0)
    : undefined;
}

/** The sum in words, and whether the quick suites took so much that all tests fail. */
export function sumUp(costs: readonly Cost[]): { readonly text: string; readonly fails: boolean } {
  const sum = (of: readonly Cost[]) => of.reduce((total, { cpuSeconds = 0 }) => total + cpuSeconds, 0);
  const quick = sum(costs.filter((cost) => cost.quick));
  const over = quick > QUICK_CPU_SECONDS;
  const text = `CPU: ${minutes(sum(costs))}, of that ${minutes(quick)} in what \`npm test\` runs`;
  const bound = minutes(QUICK_CPU_SECONDS);
  return {
    text: over ? `${text}: TOO MUCH, it is to stay below ${bound}` : `${text} (bound: ${bound})`,
    fails: quick > FAILS_AT * QUICK_CPU_SECONDS,
  };
}

function minutes(seconds: number): string {
  return `${(seconds / 60).toFixed(1)} min`;
}
