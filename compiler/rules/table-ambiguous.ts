import { compareText } from "../diagnostics.ts";
import { fullName } from "../parse/sql/tables.ts";
import { meaningsOf, unlisted } from "../resolve/tables.ts";
import type { NamedTable } from "../resolve/types.ts";
import { rule } from "./rule.ts";

/** Q014: which of them is read must not depend on the order in which they are declared. */
export const tableAmbiguous = rule("Q014", {
  sql(_, dataset, report) {
    if (!dataset.hasAllTables) return;
    for (const use of unlisted(dataset)) {
      const meanings = meaningsOf(use, dataset).toSorted(byName);
      if (meanings.length < 2) continue;
      const named = meanings.map(({ kind, name }) => `${kind} \`${name.value}\``);
      report({
        at: use.at,
        message: `table \`${fullName(use)}\` may be ${named.slice(0, -1).join(", ")} or ${named.at(-1)}`,
        help: "add it to `tables` with the `s3_path` that is meant, or read one of them by a name that only it has",
        notes: meanings.map(({ kind, name, location }) => ({
          place: name.at,
          message: `this ${kind} ${kind === "dataset" ? "writes" : "is"} \`${location.location}\``,
        })),
      });
    }
  },
});

/** The order of keys in a file changes no message. */
function byName(a: NamedTable, b: NamedTable): number {
  return compareText(a.kind, b.kind) || compareText(a.name.value, b.name.value);
}
