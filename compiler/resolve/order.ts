/** Order inside a stage. */

import type { Dataset, Pipeline, Target } from "./types.ts";

/** The datasets of its own stage that a dataset waits for: they write what it reads. In the order of `tables`. */
export function waitsFor(dataset: Dataset): Target[] {
  const own = dataset.writers.filter((writer) => writer.dataset.stage === dataset.stage);
  return [...new Set(own.map((writer) => writer.dataset))];
}

/** Datasets of a stage that no order can run: a cycle for each knot of them, from its first dataset in the author's order. */
export function cyclesOf({ staged }: Pipeline): Dataset[][] {
  const done = new Set<Dataset>();
  const open = withoutOrder(staged);
  return staged.flatMap((dataset) => {
    const cycle = done.has(dataset) || !open.has(dataset) ? undefined : shortestWayBack(dataset);
    for (const each of cycle ?? []) done.add(each);
    return cycle ? [cycle] : [];
  });
}

/** The datasets that are in a circle or behind one: all others can be taken away, each when it waits for none that is left. */
function withoutOrder(staged: readonly Dataset[]): Set<Dataset> {
  const open = new Map(staged.map((dataset) => [dataset, waitsFor(dataset).length]));
  const pairs = staged.flatMap((reader) => waitsFor(reader).map((writer): [Dataset, Dataset] => [writer, reader]));
  const readers = Map.groupBy(pairs, ([writer]) => writer);
  const free = staged.filter((dataset) => open.get(dataset) === 0);
  for (const dataset of free) {
    open.delete(dataset);
    for (const [, reader] of readers.get(dataset) ?? []) {
      const number = (open.get(reader) ?? 0) - 1;
      open.set(reader, number);
      if (number === 0) free.push(reader);
    }
  }
  return new Set(open.keys());
}

/** Breadth first from a dataset to itself: the circle in the order of the reads, from its first dataset. */
function shortestWayBack(start: Dataset): Dataset[] | undefined {
  const before = new Map<Dataset, Dataset | undefined>([[start, undefined]]);
  for (const current of before.keys())
    for (const each of waitsFor(current)) {
      if (!before.has(each)) before.set(each, current);
      if (each === start) return wayTo(current, before);
    }
  return undefined;
}

function wayTo(end: Dataset, before: ReadonlyMap<Dataset, Dataset | undefined>): Dataset[] {
  const way: Dataset[] = [];
  for (let at: Dataset | undefined = end; at !== undefined; at = before.get(at)) way.unshift(at);
  return way;
}
