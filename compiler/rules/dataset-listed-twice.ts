import type { Place } from "../diagnostics.ts";
import { rule } from "./rule.ts";

/** C006: a dataset that is listed twice would be written twice in one run. */
export const datasetListedTwice = rule("C006", {
  pipeline({ stages }, report) {
    const first = new Map<string, { stage: string; at: Place }>();
    for (const stage of stages)
      for (const { value, at } of stage.datasets) {
        const earlier = first.get(value);
        first.set(value, earlier ?? { stage: stage.name.value, at });
        if (earlier === undefined) continue;
        report({
          at,
          message: `dataset \`${value}\` is listed twice`,
          help: "list it once, in the earliest stage that has its sources",
          notes: [{ place: earlier.at, message: `listed first in stage \`${earlier.stage}\`` }],
        });
      }
  },
});
