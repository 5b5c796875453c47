/** `strata lineage`: what columns are made of, or what is made of them. */

import { hasErrors } from "../compiler/diagnostics.ts";
import { findAsked } from "../compiler/show/lineage/find.ts";
import { lineageJson } from "../compiler/show/lineage/json.ts";
import { lineageMermaid } from "../compiler/show/lineage/mermaid.ts";
import { lineageEvent } from "../compiler/show/lineage/openlineage.ts";
import { type Direction, type Selection, select } from "../compiler/show/lineage/select.ts";
import { lineageText } from "../compiler/show/lineage/text.ts";
import { countDiagnostics } from "../compiler/show/render.ts";
import { bucketBindings } from "../settings/bindings.ts";
import { settingsFor } from "./bindings.ts";
import { EXIT, usageError } from "./exit.ts";
import { choose, load, printJson, type RootOptions } from "./root.ts";

interface LineageOptions extends RootOptions {
  readonly up?: boolean;
  readonly down?: boolean;
  readonly format: "text" | "json" | "mermaid" | "openlineage";
  readonly stack?: string;
}

/** Exit 1 if the root has errors: what they are about is missing from the lineage. */
export async function lineage(text: string, pipeline: string | undefined, options: LineageOptions): Promise<number> {
  if (options.up === true && options.down === true)
    throw usageError("`--up` and `--down` exclude each other", "give one of them; the default is `--up`");
  if (options.stack !== undefined && options.format !== "openlineage")
    throw usageError("`--stack` needs `--format openlineage`", "omit it: only that format has the buckets of a stack");
  const loaded = await load(options);
  const all = loaded.lineage();
  const found = findAsked(all, text, pipeline === undefined ? undefined : choose(loaded, pipeline).name);
  if ("problem" in found) throw usageError(found.problem, found.help);
  const direction: Direction = options.down === true ? "down" : "up";
  print(select(all, { ...found, direction }), options);
  if (!hasErrors(loaded.diagnostics)) return EXIT.ok;
  process.stderr.write(`strata: ${countDiagnostics(loaded.diagnostics)}; \`strata check\` lists them\n`);
  return EXIT.failed;
}

function print(selection: Selection, { format, stack, ...options }: LineageOptions): void {
  if (format === "json") printJson(lineageJson(selection));
  else if (format === "openlineage") {
    const buckets = stack === undefined ? [] : bucketBindings(settingsFor({ ...options, stack }));
    printJson(lineageEvent(selection, { time: new Date().toISOString(), buckets }));
  } else process.stdout.write(format === "text" ? lineageText(selection) : lineageMermaid(selection));
}
