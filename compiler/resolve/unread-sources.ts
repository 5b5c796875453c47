/** Sources that `pipeline.yaml` declares, and that no dataset reads from outside the pipeline. */

import { nearest } from "../nearest.ts";
import type { SourceSyntax } from "../read/extras.ts";
import { knowsTables } from "./tables.ts";
import type { Pipeline, Target } from "./types.ts";

/** One of them. */
export interface UnreadSource {
  readonly source: SourceSyntax;
  /** The dataset that writes its `s3_path`. */
  readonly writer: Target | undefined;
  /** Names under which datasets read what no dataset writes. */
  readonly external: ReadonlySet<string>;
  /** True where nothing but a reader is missing: it has a location of its own, and no name in use is near to its name. */
  readonly isComplete: boolean;
}

/** None where not all tables of all datasets are known. */
export function unreadSources({ datasets, extras, targets }: Pipeline): UnreadSource[] {
  const all = [...datasets.values()];
  if (extras.sources.length === 0 || !all.every(knowsTables)) return [];
  const external = new Set(
    all
      .flatMap(({ tables }) => tables)
      .filter(({ location }) => location && targets.meeting(location.value).length === 0)
      .map(({ name }) => name.value),
  );
  const read = new Set([...external].map((name) => name.toLowerCase()));
  return extras.sources.flatMap((source) => {
    const { name, location } = source;
    if (read.has(name.value.toLowerCase())) return [];
    const [writer] = location ? targets.meeting(location.value) : [];
    const isComplete = location !== undefined && !writer && nearest(name.value, external) === undefined;
    return [{ source, writer, external, isComplete }];
  });
}
