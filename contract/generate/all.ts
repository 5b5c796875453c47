/** Everything that is made of the contract: path → text as it must be. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { jsonSchema, SCHEMAS } from "./json-schemas.ts";
import { pulumiConfig } from "./pulumi.ts";
import { pythonContract } from "./python.ts";
import { TABLES } from "./tables.ts";

/** The repository's root. */
const HOME = join(import.meta.dirname, "..", "..");

/** The whole files; of those that people write too, with the generated part replaced. */
export function generated(): Map<string, string> {
  const schemas = Object.entries(SCHEMAS).map(
    ([name, { schema }]) => [`contract/generated/${name}`, jsonSchema(name, schema)] as const,
  );
  const pages = Object.entries(TABLES).map(([page, tables]) => [page, withTables(page, tables)] as const);
  return new Map([
    ...schemas,
    ...pages,
    ["glue/strata_glue/contract.py", pythonContract()],
    ["Pulumi.yaml", textOf("Pulumi.yaml").replace(/^config:\n[\s\S]*$/m, () => pulumiConfig())],
    [".vscode/settings.json", editorSettings()],
  ]);
}

/** Which schema is for which file, for VS Code (JSON by itself, YAML by Red Hat's extension). */
function editorSettings(): string {
  const entries = Object.entries(SCHEMAS).map(([name, { files }]) => ({ url: `./contract/generated/${name}`, files }));
  const isYaml = ({ files }: { files: readonly string[] }) => files.every((file) => file.endsWith(".yaml"));
  const settings = {
    "json.schemas": entries
      .filter((each) => !isYaml(each))
      .map(({ url, files }) => ({ fileMatch: files.map((file) => `/pipelines/*/${file}`), url })),
    "yaml.schemas": Object.fromEntries(entries.filter(isYaml).map(({ url, files }) => [url, files])),
  };
  return `${JSON.stringify(settings, null, 2)}\n`;
}

function withTables(page: string, tables: Readonly<Record<string, string>>): string {
  return Object.entries(tables).reduce((text, [name, table]) => {
    const [start, end] = [`<!-- contract: ${name} -->`, `<!-- /contract: ${name} -->`];
    const [before, rest, ...others] = text.split(start);
    const after = rest?.split(end)[1];
    if (before === undefined || after === undefined || others.length > 0)
      throw new Error(`${page} needs the markers \`${start}\` and \`${end}\` once`);
    return `${before}${start}\n\n${table}\n\n${end}${after}`;
  }, textOf(page));
}

function textOf(path: string): string {
  return readFileSync(join(HOME, path), "utf8");
}
