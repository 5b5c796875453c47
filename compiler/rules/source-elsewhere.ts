import { rule } from "./rule.ts";

/** C025: the columns that are declared for the source would be those of other files. */
export const sourceElsewhere = rule("C025", {
  pipeline({ datasets, sourceNamed }, report) {
    for (const dataset of datasets.values())
      for (const { name, location } of dataset.listed) {
        const source = sourceNamed(name.value);
        if (location === undefined || source?.location === undefined) continue;
        if (source.location.value.location === location.value.location) continue;
        report({
          dataset,
          at: location.at,
          message: `dataset \`${dataset.name.value}\` reads \`${name.value}\` at another location than \`sources\` declares`,
          help: `make the two equal or remove this entry of \`tables\`; for other files write another \`table_name\``,
          notes: [{ place: source.location.at, message: `source \`${source.name.value}\`` }],
        });
      }
  },
});
