/** Several pieces of work at once, within the machine's cores and memory, and what they print one after another. */

import { availableParallelism, totalmem } from "node:os";

/** A piece of work. */
export interface Work<T> {
  /** Memory that it takes at most, in GiB, roughly. */
  readonly gib: number;
  /** Prints by `show`. */
  readonly run: (show: (text: string | Uint8Array) => void) => Promise<T>;
}

/** How much may go on at the same time. */
export interface Limits {
  /** Pieces of work. */
  readonly jobs: number;
  /** Memory of all of them, in GiB; one alone may take more. */
  readonly gib: number;
}

/** More suites at once than this wait for each other's disk. */
const MOST = 4;

/** As many pieces as there are cores, up to four, in three quarters of the memory. */
export function limitsHere(jobs = Math.min(MOST, availableParallelism())): Limits {
  // 0, or more than there is, where nothing limits this process.
  const memory = Math.min(totalmem(), process.constrainedMemory() || totalmem());
  return { jobs, gib: (memory * 0.75) / 2 ** 30 };
}

/**
 * Starts each in its turn, as soon as the limits allow, and answers what they answer, in their order. Their output comes in
 * their order, too: the first that has not ended is shown as it goes, what later ones print follows when it has ended.
 */
export async function together<T>(
  works: readonly Work<T>[],
  limits: Limits,
  show: (text: string | Uint8Array) => void,
): Promise<T[]> {
  const outputs = inOrder(works.length, show);
  const answers: T[] = [];
  const running = new Set<Promise<void>>();
  let gib = 0;
  for (const [index, work] of works.entries()) {
    while (running.size > 0 && (running.size >= limits.jobs || gib + work.gib > limits.gib))
      await Promise.race(running);
    gib += work.gib;
    const going: Promise<void> = work
      .run((text) => outputs.write(index, text))
      .then((answer) => {
        answers[index] = answer;
        outputs.end(index);
        gib -= work.gib;
        running.delete(going);
      });
    running.add(going);
  }
  await Promise.all(running);
  return answers;
}

/** Puts the output of several writers after each other. */
function inOrder(writers: number, show: (text: string | Uint8Array) => void) {
  const kept: (string | Uint8Array)[][] = Array.from({ length: writers }, () => []);
  const ended = new Set<number>();
  let shown = 0;
  return {
    write(writer: number, text: string | Uint8Array): void {
      if (writer === shown) show(text);
      else kept[writer]?.push(text);
    },
    end(writer: number): void {
      ended.add(writer);
      while (ended.has(shown)) {
        shown += 1;
        for (const text of kept[shown]?.splice(0) ?? []) show(text);
      }
    },
  };
}
