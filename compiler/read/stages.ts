/** `etl_stages.json` → typed syntax: stages in order, each with its dataset names in order. */

import { diagnostic } from "../diagnostics.ts";
import type { Collect } from "../parse/collect.ts";
import type { Located, TreeNode } from "../parse/tree.ts";
import { checkName, expectArray, expectObject, expectString } from "./shape.ts";

/** A stage as written. */
export interface StageSyntax {
  readonly name: Located<string>;
  readonly datasets: readonly Located<string>[];
}

/** Reads the stages; a list that is no array counts as empty, with its diagnostic. */
export function readStages(root: TreeNode, collect: Collect): StageSyntax[] {
  const object = expectObject(root, "`etl_stages.json`", collect);
  if (object === undefined) return [];
  if (object.entries.length === 0) {
    collect(
      diagnostic({
        code: "C020",
        at: object.at,
        message: "the pipeline has no stage",
        help: 'list at least one: `{"my_stage": ["my_dataset"]}`',
      }),
    );
  }
  return object.entries.flatMap(({ key, value }) => {
    if (!checkName(key, "stage", collect)) return [];
    const list = expectArray(value, `stage \`${key.value}\``, collect);
    if (list?.items.length === 0) {
      collect(
        diagnostic({
          code: "C021",
          at: key.at,
          message: `stage \`${key.value}\` lists no dataset`,
          help: "list a dataset, or remove the stage: its job would run for nothing",
        }),
      );
    }
    const names = (list?.items ?? []).map((item) => expectString(item, `a dataset of stage \`${key.value}\``, collect));
    return [{ name: key, datasets: names.filter((name) => name !== undefined) }];
  });
}
