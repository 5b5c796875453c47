import { adviseName } from "../fix/offer.ts";
import { knowsTables } from "../resolve/tables.ts";
import { rule } from "./rule.ts";

/** C015: columns are declared for a table that no dataset reads from outside, so nothing would ever use them. */
export const sourceNotExternal = rule("C015", {
  completePipeline({ extras, datasets, targets }, report) {
    const all = [...datasets.values()];
    if (extras.sources.length === 0 || !all.every(knowsTables)) return;
    const external = new Set(
      all
        .flatMap(({ tables }) => tables)
        .filter(({ location }) => location && targets.meeting(location.value).length === 0)
        .map(({ name }) => name.value),
    );
    const known = new Set([...external].map((name) => name.toLowerCase()));
    for (const { name, location } of extras.sources) {
      if (known.has(name.value.toLowerCase())) continue;
      const [writer] = location ? targets.meeting(location.value) : [];
      report({
        at: name.at,
        message: `\`${name.value}\` is not an external source table`,
        ...(writer
          ? {
              help: `dataset \`${writer.name.value}\` writes its \`s3_path\`: remove it, and read \`${writer.name.value}\``,
            }
          : adviseName(name, external, "external source table")),
      });
    }
  },
});
