import { reachWords } from "./reaches-out.ts";
import { rule } from "./rule.ts";

/** Q021: Spark's XPath functions follow `<!DOCTYPE a SYSTEM "http://…">`, and a row's content may be untrusted. */
export const fetchesDocumentType = rule("Q021", {
  pipeline({ reaches }, report) {
    for (const { kind, name, ...where } of reaches) {
      if (kind !== "document_type") continue;
      const [message, instead] = reachWords({ kind, name });
      const help = `${instead}; if only you write that XML, allow it: \`"strata": {"allow": {"Q021": "<reason>"}}\``;
      report({ ...where, message, help });
    }
  },
});
