import { adviseName } from "../fix/offer.ts";
import { unreadSources } from "../resolve/unread-sources.ts";
import { rule } from "./rule.ts";

/** C015: what is declared for a table that no dataset reads from outside has no effect; its name is often misspelt. */
export const sourceNotExternal = rule("C015", {
  completePipeline(pipeline, report) {
    for (const { source, writer, external, isComplete } of unreadSources(pipeline)) {
      if (isComplete) continue;
      const { name } = source;
      const help = `dataset \`${writer?.name.value}\` writes its \`s3_path\`: remove it, and read \`${writer?.name.value}\``;
      report({
        at: name.at,
        message: `no dataset reads a source \`${name.value}\` that is written elsewhere`,
        ...(writer ? { help } : adviseName(name, external, "external source table")),
      });
    }
  },
});
