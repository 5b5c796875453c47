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

/** What is left where those that wait for nobody are taken away, again and again. */
function withoutOrder(staged: readonly Dataset[]): Set<Dataset> {
  const left = new Map(staged.map((dataset) => [dataset, waitsFor(dataset).length]));
  const pairs = staged.flatMap((reader) => waitsFor(reader).map((writer): [Dataset, Dataset] => [writer, reader]));
  const readers = Map.groupBy(pairs, ([writer]) => writer);
  const free = [...left].flatMap(([dataset, number]) => (number === 0 ? [dataset] : []));
  for (let dataset = free.pop(); dataset !== undefined; dataset = free.pop()) {
    left.delete(dataset);
    for (const [, reader] of readers.get(dataset) ?? []) {
      const number = (left.get(reader) ?? 0) - 1;
      left.set(reader, number);
      if (number === 0) free.push(reader);
    }
  }
  return new Set(left.keys());
}

/** Breadth first from a dataset to itself. */
function shortestWayBack(start: Dataset): Dataset[] | undefined {
  const cameFrom = new Map<Dataset, Dataset>();
  const queue = [start];
  for (let current = queue.shift(); current !== undefined; current = queue.shift()) {
    for (const each of waitsFor(current)) {
      if (each === start) return wayTo(current, start, cameFrom);
      if (cameFrom.has(each)) continue;
      cameFrom.set(each, current);
      queue.push(each);
    }
  }
  return undefined;
}

function wayTo(end: Dataset, start: Dataset, cameFrom: ReadonlyMap<Dataset, Dataset>): Dataset[] {
  const way = [end];
  for (let at = end; at !== start; ) {
    const before = cameFrom.get(at);
    if (before === undefined) break;
    way.unshift(before);
    at = before;
  }
  return way;
}
