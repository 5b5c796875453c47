import type { SourceSyntax } from "../read/extras.ts";
import { sourcesOf } from "../resolve/sources.ts";
import { rule } from "./rule.ts";

/** C028: the job has one list of columns for a location, so that a second name would not get its own. */
export const sourceDeclaredTwice = rule("C028", {
  root(root, report) {
    for (const pipeline of root.pipelines) {
      if (pipeline.extras.sources.length < 2) continue;
      for (const sources of Map.groupBy(sourcesOf(pipeline, root), (each) => each.location.location).values()) {
        const declared = sources.flatMap(({ declared: each }) => (each && each.columns.length > 0 ? [each] : []));
        const [first] = declared;
        const other = declared.find((each) => first !== undefined && columnsOf(each) !== columnsOf(first));
        if (first === undefined || other === undefined) continue;
        report({
          pipelines: [pipeline],
          at: other.name.at,
          message: `\`${other.name.value}\` declares other columns than \`${first.name.value}\`, and both are read from ${sources[0]?.location.location}`,
          help: "declare the same columns under both names: the job has one list of columns for a location",
          notes: [{ place: first.name.at, message: `source \`${first.name.value}\`` }],
        });
      }
    }
  },
});

/** Equal for the same columns, in any order and spelling. */
function columnsOf({ columns }: SourceSyntax): string {
  const plain = (text: string) => text.toLowerCase().replace(/\s+/g, "");
  return JSON.stringify(columns.map(({ name, type }) => [name.toLowerCase(), plain(type)]).sort());
}
