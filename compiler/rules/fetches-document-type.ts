import { rule } from "./rule.ts";

/** Q021: Spark's XPath functions follow `<!DOCTYPE a SYSTEM "http://…">`, and what stands in a row may be anybody's. */
export const fetchesDocumentType = rule("Q021", {
  pipeline({ reaches }, report) {
    for (const { kind, name, ...where } of reaches) {
      if (kind !== "document_type") continue;
      report({
        ...where,
        message: `\`${name}\` opens the address of a document type that the XML of a row names`,
        help: 'read the XML by `from_xml`, which does not; if nobody else writes that XML, allow it: `"strata": {"allow": {"Q021": "<reason>"}}`',
      });
    }
  },
});
