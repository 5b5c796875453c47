import { rule } from "./rule.ts";

/** Q021: Spark's XPath functions follow `<!DOCTYPE a SYSTEM "http://…">`, and a row's content may be untrusted. */
export const fetchesDocumentType = rule("Q021", {
  pipeline({ reaches }, report) {
    for (const { kind, name, ...where } of reaches) {
      if (kind !== "document_type") continue;
      report({
        ...where,
        message: `\`${name}\` opens the URL of a document type that a row's XML names`,
        help: 'parse the XML with `from_xml`, which does not; if only you write that XML, allow it: `"strata": {"allow": {"Q021": "<reason>"}}`',
      });
    }
  },
});
