import type { Dataset } from "../resolve/types.ts";
import { rule } from "./rule.ts";

/** Q008: a parameter that no query uses promises an effect that it does not have. */
export const unusedParameter = rule("Q008", {
  completePipeline({ datasets, extras }, report) {
    const all = [...datasets.values()];
    // A text that does not parse may use any of them.
    if (all.some(({ sql }) => sql === undefined || sql.facts.syntaxError !== undefined)) return;
    const used = new Set(all.flatMap((dataset) => [...inQuery(dataset), ...comparedWith(dataset)]));
    for (const { name } of extras.params) {
      if (used.has(name.value)) continue;
      report({
        at: name.at,
        message: `no query uses parameter \`${name.value}\``,
        help: `use it as \`:${name.value}\`, or remove it from \`params\``,
      });
    }
  },
});

function inQuery({ sql }: Dataset): string[] {
  return sql?.facts.params.map(({ name }) => name) ?? [];
}

/** Parameters that a dataset's freshness is compared with. */
function comparedWith({ expectations }: Dataset): string[] {
  return expectations.flatMap(({ body }) => (body.kind === "freshness" && body.of ? [body.of.value] : []));
}
