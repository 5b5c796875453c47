import type { Dataset } from "../resolve/types.ts";
import { rule } from "./rule.ts";

/** G007: no run writes it, so it has old content or none. */
export const readsUnstaged = rule("G007", {
  completePipeline({ datasets, staged }, report) {
    const idle = new Map<string, Dataset>();
    for (const dataset of datasets.values()) {
      const location = dataset.stage === undefined ? dataset.target?.value.location : undefined;
      if (location !== undefined && !idle.has(location)) idle.set(location, dataset);
    }
    for (const dataset of staged)
      for (const { location } of dataset.tables) {
        const writer = location && idle.get(location.value.location);
        if (location === undefined || writer === undefined) continue;
        report({
          dataset,
          at: location.at,
          message: `dataset \`${dataset.name.value}\` reads the target of \`${writer.name.value}\`, which is in no stage`,
          help: `add \`${writer.name.value}\` to this stage or an earlier one`,
          notes: [{ place: writer.name.at, message: "this dataset writes it" }],
        });
      }
  },
});
