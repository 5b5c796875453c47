import { rule } from "./rule.ts";

/** G006: it works, but half of what is read may be old, and the job reads no sub-folders that are not partitions. */
export const overlappingSource = rule("G006", {
  staged({ name, writers }, report) {
    for (const { dataset: writer, table, exact } of writers) {
      if (exact) continue;
      report({
        at: table.location?.at ?? name.at,
        message: `source table \`${table.name.value}\` overlaps the target of \`${writer.name.value}\``,
        help: "read the whole target, or move the source out of it",
        notes: [{ place: writer.target.at, message: "the target" }],
      });
    }
  },
});
