/** The tables that a pipeline reads and does not write: what `sources` of `pipeline.yaml` declares. */

import type { SourceSyntax } from "../read/extras.ts";
import type { Location } from "../read/location.ts";
import type { Pipeline, Root } from "./types.ts";

/** One name at one location. Two names at one location are two sources, and so is a name at two locations. */
export interface Source {
  /** As its first dataset spells it. */
  readonly name: string;
  readonly location: Location;
  /** What `pipeline.yaml` declares under its name, whatever the case; undefined where it does not have the name. */
  readonly declared: SourceSyntax | undefined;
  /** The dataset of another pipeline of this root that writes it. */
  readonly writer: { readonly pipeline: string; readonly dataset: string; readonly isIceberg: boolean } | undefined;
}

/** The sources of all datasets, in stages or not, by name and location. */
export function sourcesOf({ name: own, datasets, targets, sourceNamed }: Pipeline, root: Root): Source[] {
  const written = new Set([...datasets.values()].map(({ target }) => target?.value.location));
  const found = new Map<string, Source>();
  for (const { name, location } of [...datasets.values()].flatMap(({ tables }) => tables)) {
    if (location === undefined || written.has(location.value.location)) continue;
    if (targets.meeting(location.value).length > 0) continue;
    const key = `${name.value.toLowerCase()}\n${location.value.location}`;
    if (found.has(key)) continue;
    const writer = root.targets.at(location.value).findLast((each) => each.pipeline.name !== own);
    found.set(key, {
      name: name.value,
      location: location.value,
      declared: sourceNamed(name.value),
      writer: writer && { pipeline: writer.pipeline.name, dataset: writer.name.value, isIceberg: writer.isIceberg },
    });
  }
  return [...found.values()];
}
