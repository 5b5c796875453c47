import type { DatasetSyntax, TableSyntax } from "../read/dataset.ts";
import { indexTargets, type TargetIndex } from "../resolve/target-index.ts";
import { type PipelineWorld, type Rule, stagedTargets } from "../resolve/world.ts";

/** A dataset of the same pipeline whose target a source table meets. */
export interface Writer {
  readonly dataset: DatasetSyntax;
  readonly stage: number;
  readonly table: TableSyntax;
  /** True when source and target are the same folder. */
  readonly exact: boolean;
}

/** Several rules and the plan ask for the same writers; computed once a dataset. */
const computed = new WeakMap<PipelineWorld, Map<DatasetSyntax, Writer[]>>();

/** The staged datasets whose targets a dataset reads, itself left out, in the order of `tables`. */
export function writersOf(dataset: DatasetSyntax, pipeline: PipelineWorld): readonly Writer[] {
  const known = computed.get(pipeline) ?? new Map<DatasetSyntax, Writer[]>();
  computed.set(pipeline, known);
  const writers = known.get(dataset) ?? findWriters(dataset, pipeline);
  known.set(dataset, writers);
  return writers;
}

const indexes = new WeakMap<PipelineWorld, TargetIndex>();

function findWriters(dataset: DatasetSyntax, pipeline: PipelineWorld): Writer[] {
  const index = indexes.get(pipeline) ?? indexTargets(stagedTargets([pipeline]));
  indexes.set(pipeline, index);
  return [...dataset.tables, ...referredTables(dataset, pipeline)].flatMap((table) => {
    const source = table.location?.value;
    if (source === undefined) return [];
    return index
      .meeting(source)
      .filter((each) => each.dataset !== dataset)
      .map(({ dataset: writer, stage, target }) => ({
        dataset: writer,
        stage,
        table,
        exact: source.location === target.value.location,
      }));
  });
}

/** Targets that a dataset's expectations refer to: they must be there, too, when it is checked. */
function referredTables(dataset: DatasetSyntax, pipeline: PipelineWorld): TableSyntax[] {
  return pipeline.expectationsOf(dataset).flatMap(({ body }) => {
    const name = body.kind === "references" ? body.dataset : undefined;
    const target = name && pipeline.datasets.get(name.value)?.target?.value;
    return name && target ? [{ name, location: { value: target, at: name.at } }] : [];
  });
}

/** G005: inside a stage the order is computed, unless there is none. */
export const cycle: Rule = {
  code: "G005",
  check(world, report) {
    for (const pipeline of world.pipelines) {
      for (const path of cyclesOf(pipeline)) {
        const [first, second] = path;
        if (first === undefined) continue;
        const names = path.map((dataset) => dataset.name.value);
        report({
          code: "G005",
          pipeline: pipeline.name,
          dataset: first,
          at: first.name.at,
          message: `datasets wait for each other: ${[...names, names[0]].map((name) => `\`${name}\``).join(" → ")}`,
          help: "let one of them read a table that none of them writes",
          notes: second
            ? [{ place: second.name.at, message: `\`${second.name.value}\` writes what \`${first.name.value}\` reads` }]
            : [],
        });
      }
    }
  },
};

/** G006: it works, but half of what is read may be old, and the job reads no sub-folders that are not partitions. */
export const overlappingSource: Rule = {
  code: "G006",
  check(world, report) {
    for (const pipeline of world.pipelines) {
      for (const { dataset } of pipeline.staged) {
        for (const writer of writersOf(dataset, pipeline)) {
          if (writer.exact) continue;
          report({
            code: "G006",
            pipeline: pipeline.name,
            dataset,
            at: writer.table.location?.at ?? dataset.name.at,
            message: `source table \`${writer.table.name.value}\` overlaps the target of \`${writer.dataset.name.value}\` without being equal to it`,
            help: "read the target itself, or move the source out of it",
            notes: [{ place: writer.dataset.target?.at ?? writer.dataset.name.at, message: "the target" }],
          });
        }
      }
    }
  },
};

/** G007: nobody writes it in a run, so it is what somebody once left there. */
export const readsUnstaged: Rule = {
  code: "G007",
  check(world, report) {
    for (const pipeline of world.pipelines.filter((each) => each.complete)) {
      const staged = new Set(pipeline.staged.map(({ dataset }) => dataset));
      const idle = new Map<string, DatasetSyntax>();
      for (const dataset of pipeline.datasets.values()) {
        const location = staged.has(dataset) ? undefined : dataset.target?.value.location;
        if (location !== undefined && !idle.has(location)) idle.set(location, dataset);
      }
      for (const { dataset } of pipeline.staged) {
        for (const table of dataset.tables) {
          const writer = table.location && idle.get(table.location.value.location);
          if (writer === undefined) continue;
          report({
            code: "G007",
            pipeline: pipeline.name,
            dataset,
            at: table.location?.at ?? table.name.at,
            message: `dataset \`${dataset.name.value}\` reads the target of \`${writer.name.value}\`, which no stage lists`,
            help: `add \`${writer.name.value}\` to this stage or an earlier one`,
            notes: [{ place: writer.name.at, message: "the dataset that would write it" }],
          });
        }
      }
    }
  },
};

/** One cycle for each knot of datasets of one stage, starting at its first dataset in the author's order. */
function cyclesOf(pipeline: PipelineWorld): DatasetSyntax[][] {
  const stageOf = new Map(pipeline.staged.map(({ dataset, stage }) => [dataset, stage]));
  const next = (dataset: DatasetSyntax) =>
    [...new Set(writersOf(dataset, pipeline).map((writer) => writer.dataset))].filter(
      (writer) => stageOf.get(writer) === stageOf.get(dataset),
    );
  const done = new Set<DatasetSyntax>();
  const cycles: DatasetSyntax[][] = [];
  const open = waiting(pipeline, next);
  for (const { dataset } of pipeline.staged) {
    const path = done.has(dataset) || !open.has(dataset) ? undefined : shortestWayBack(dataset, next);
    if (path !== undefined) {
      cycles.push(path);
      for (const each of path) done.add(each);
    }
  }
  return cycles;
}

/** Datasets that no order can run: all others are taken away, those that wait for nobody first. */
function waiting(pipeline: PipelineWorld, next: (dataset: DatasetSyntax) => DatasetSyntax[]): Set<DatasetSyntax> {
  const left = new Map(pipeline.staged.map(({ dataset }) => [dataset, next(dataset).length]));
  const readers = new Map<DatasetSyntax, DatasetSyntax[]>();
  for (const { dataset } of pipeline.staged)
    for (const writer of next(dataset)) (readers.get(writer) ?? readers.set(writer, []).get(writer))?.push(dataset);
  const free = [...left].flatMap(([dataset, number]) => (number === 0 ? [dataset] : []));
  for (let dataset = free.pop(); dataset !== undefined; dataset = free.pop()) {
    left.delete(dataset);
    for (const reader of readers.get(dataset) ?? []) {
      const number = (left.get(reader) ?? 0) - 1;
      left.set(reader, number);
      if (number === 0) free.push(reader);
    }
  }
  return new Set(left.keys());
}

/** Breadth first from a dataset to itself. */
function shortestWayBack(
  start: DatasetSyntax,
  next: (dataset: DatasetSyntax) => DatasetSyntax[],
): DatasetSyntax[] | undefined {
  const cameFrom = new Map<DatasetSyntax, DatasetSyntax>();
  const queue = [start];
  for (let current = queue.shift(); current !== undefined; current = queue.shift()) {
    for (const each of next(current)) {
      if (each === start) return wayTo(current, start, cameFrom);
      if (cameFrom.has(each)) continue;
      cameFrom.set(each, current);
      queue.push(each);
    }
  }
  return undefined;
}

function wayTo(
  end: DatasetSyntax,
  start: DatasetSyntax,
  cameFrom: ReadonlyMap<DatasetSyntax, DatasetSyntax>,
): DatasetSyntax[] {
  const way = [end];
  for (let at = end; at !== start; ) {
    const before = cameFrom.get(at);
    if (before === undefined) break;
    way.unshift(before);
    at = before;
  }
  return way;
}
