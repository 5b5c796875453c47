/** `etl_stages.json` → typed syntax: stages in order, each with its dataset names in order. */

import { stages } from "../../contract/dataset.ts";
import { diagnostic } from "../diagnostics.ts";
import type { Collect } from "../parse/collect.ts";
import { type Located, member, type TreeNode } from "../parse/tree.ts";
import { readFile } from "./mistakes.ts";

/** A stage as written. */
export interface StageSyntax {
  readonly name: Located<string>;
  readonly datasets: readonly Located<string>[];
}

/** Reads the stages; anything but an array counts as empty, with its diagnostic. */
export function readStages(root: TreeNode, collect: Collect): StageSyntax[] {
  const read = readFile(stages, root, collect);
  if (root.kind !== "object" || read === undefined) return [];
  if (root.entries.length === 0) {
    const help = 'list at least one: `{"my_stage": ["my_dataset"]}`';
    collect(diagnostic({ code: "C020", at: root.at, message: "the pipeline has no stage", help }));
  }
  for (const { key } of read) {
    const list = member(root, key.value);
    if (list?.kind !== "array" || list.items.length > 0) continue;
    const help = "list a dataset, or remove the stage: its job would run for nothing";
    collect(diagnostic({ code: "C021", at: key.at, message: `stage \`${key.value}\` lists no dataset`, help }));
  }
  return read.map(({ key, value }) => ({ name: key, datasets: value }));
}
