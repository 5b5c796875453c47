/** Diagnostics as SARIF 2.1.0, which code hosts show as annotations. */

import { CODES } from "../compiler/codes.ts";
import type { Diagnostic, Fix, Place } from "../compiler/diagnostics.ts";
import { STRATA_VERSION } from "../contract/version.ts";

/** The log of one run of `check`. */
export function sarif(diagnostics: readonly Diagnostic[]): object {
  const rules = Object.entries(CODES).map(([id, { title, severity }]) => ({
    id,
    shortDescription: { text: title },
    defaultConfiguration: { level: severity },
  }));
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "strata", version: STRATA_VERSION, rules } },
        columnKind: "utf16CodeUnits",
        originalUriBaseIds: { ROOT: { description: { text: "the folder with pipelines/ and sql/" } } },
        results: diagnostics.map((each) => ({
          ruleId: each.code,
          ruleIndex: rules.findIndex(({ id }) => id === each.code),
          level: each.severity,
          message: { text: `${each.message}\nhelp: ${each.help}` },
          locations: [{ physicalLocation: physical(each) }],
          relatedLocations: each.notes.map((note, id) => ({
            id,
            message: { text: note.message },
            physicalLocation: physical(note.place),
          })),
          ...(each.fixes.length > 0 && { fixes: each.fixes.map(fixOf) }),
        })),
      },
    ],
  };
}

/** A fix: viewers offer it, and `properties.safe` is true where `strata check --fix` applies it. */
function fixOf({ safe, title, edits }: Fix): object {
  const changes = [...Map.groupBy(edits, ({ file }) => file)].map(([file, own]) => ({
    artifactLocation: artifact(file),
    replacements: own.map(({ range: { start, end }, text }) => ({
      deletedRegion: { startLine: start.line, startColumn: start.column, endLine: end.line, endColumn: end.column },
      insertedContent: { text },
    })),
  }));
  return { description: { text: title }, artifactChanges: changes, properties: { safe } };
}

function artifact(file: string): object {
  // Windows has file names with lone surrogates, which a URI cannot contain.
  return { uri: file.toWellFormed().split("/").map(encodeURIComponent).join("/"), uriBaseId: "ROOT" };
}

function physical(place: Place): object {
  return {
    artifactLocation: artifact(place.file),
    region: { startLine: place.line, startColumn: place.column, endColumn: place.column + place.length },
  };
}
