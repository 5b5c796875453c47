import { unreadSources } from "../resolve/unread-sources.ts";
import { rule } from "./rule.ts";

/** C026: a source that its `s3_path` makes complete, and that no query names yet, or none any more. */
export const unreadSource = rule("C026", {
  completePipeline(pipeline, report) {
    for (const { source, isComplete } of unreadSources(pipeline)) {
      if (!isComplete) continue;
      const { name } = source;
      const help = "read it in a query, or remove it from `sources`";
      report({ at: name.at, message: `no dataset reads source \`${name.value}\``, help });
    }
  },
});
