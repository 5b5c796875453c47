/** `strata check`: compile and print diagnostics. */

import { suggest } from "../compiler/nearest.ts";
import { EXIT, usageError } from "./exit.ts";
import { load, type RootOptions, showDiagnostics } from "./root.ts";
import { sarif } from "./sarif.ts";

interface CheckOptions extends RootOptions {
  readonly format: "text" | "json" | "sarif";
  readonly strict?: boolean;
}

/** Exit 1 on an error, with `--strict` on a warning too. */
export async function check(names: readonly string[], options: CheckOptions): Promise<number> {
  const loaded = await load(options);
  const known = loaded.pipelines.map((pipeline) => pipeline.name);
  for (const name of names) {
    if (!known.includes(name)) throw usageError(`there is no pipeline \`${name}\``, suggest(name, known, "pipeline"));
  }
  const pipelines = loaded.pipelines.filter((pipeline) => names.length === 0 || names.includes(pipeline.name));
  const wanted = new Set(pipelines.flatMap((pipeline) => pipeline.diagnostics.map((each) => JSON.stringify(each))));
  const diagnostics = loaded.diagnostics.filter((each) => wanted.has(JSON.stringify(each)));
  if (options.format === "json") {
    const shown = diagnostics.map(({ code, severity, message, file, line, column, help }) => ({
      code,
      severity,
      message,
      file,
      line,
      column,
      help,
    }));
    const stages = pipelines.map((pipeline) => ({ name: pipeline.name, stages: pipeline.stages }));
    process.stdout.write(`${JSON.stringify({ diagnostics: shown, pipelines: stages }, null, 2)}\n`);
  } else if (options.format === "sarif") process.stdout.write(`${JSON.stringify(sarif(diagnostics), null, 2)}\n`);
  else {
    showDiagnostics(diagnostics, loaded.textOf, process.stdout);
  }
  const failing = diagnostics.some(
    (each) => each.severity === "error" || (each.severity === "warning" && options.strict === true),
  );
  return failing ? EXIT.failed : EXIT.ok;
}
