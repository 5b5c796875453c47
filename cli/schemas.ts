/** `strata schemas`: compares the declared columns of sources with a lake's files or a stack's catalog, or writes them. */

import { existsSync } from "node:fs";
import type { CompiledPipeline } from "../compiler/compile.ts";
import { type Diagnostic, hasErrors } from "../compiler/diagnostics.ts";
import { locate } from "../compiler/parse/text.ts";
import { readYaml } from "../compiler/parse/yaml.ts";
import { physicalName } from "../compiler/plan/bind.ts";
import { readExtras } from "../compiler/read/extras.ts";
import type { Source } from "../compiler/resolve/sources.ts";
import { clientsFor } from "../deployed/clients.ts";
import { catalogColumns } from "../deployed/schemas/tables.ts";
import { type LoadedRoot, PIPELINES_FOLDER } from "../loading/load.ts";
import { writeDeclarations } from "../loading/sources/write.ts";
import { schemasJson, schemasText, type Written } from "../local/report/schemas.ts";
import { compareSources, type SourceReport } from "../local/schemas/compare.ts";
import { wantedColumns } from "../local/schemas/wanted.ts";
import { askLake } from "../local/worker/worker.ts";
import { bucketBindings } from "../settings/bindings.ts";
import { HOME } from "../setup/node.mjs";
import { ensurePython } from "../setup/python.mjs";
import { settingsFor } from "./bindings.ts";
import { CommandError, EXIT, usageError } from "./exit.ts";
import { choose, lakeOf, load, printJson, type RootOptions, rootOf, showDiagnostics } from "./root.ts";
import { cancellable } from "./signals.ts";

interface SchemasOptions extends RootOptions {
  readonly stack?: string;
  readonly write?: boolean;
  readonly format: "text" | "json";
}

/** Exit 1 if a source differs from what is declared, or cannot be read; with `--write` if one is not written, or cannot be read. */
export async function schemas(name: string | undefined, options: SchemasOptions): Promise<number> {
  if (options.lake !== undefined && options.stack !== undefined)
    throw usageError("`--lake` and `--stack` exclude each other", "give one of them");
  const loaded = await load(options);
  const pipeline = choose(loaded, name);
  const file = `${PIPELINES_FOLDER}/${pipeline.name}/pipeline.yaml`;
  const sources = readSources(pipeline, loaded, file);
  const reports = await cancellable("cancelled; nothing was written", (signal) => compare(sources, options, signal));
  const written =
    options.write === true ? await write(reports, options, loaded, file) : new Map<SourceReport, Written>();
  const writtenOf = (report: SourceReport) => written.get(report) ?? { isWritten: false };
  if (options.format === "json") printJson(schemasJson(pipeline.name, reports, writtenOf));
  else process.stdout.write(schemasText(reports, writtenOf, file));
  const isDone = (report: SourceReport) =>
    report.status !== "FAILED" &&
    (options.write === true ? writtenOf(report).refused === undefined : report.status !== "DIFFERENT");
  return reports.every(isDone) ? EXIT.ok : EXIT.failed;
}

/** Sources whatever mistakes the SQL has: they may come from columns that are not declared. Mistakes of the files themselves end the command. */
function readSources(pipeline: CompiledPipeline, loaded: LoadedRoot, file: string): readonly Source[] {
  const sources = pipeline.sources();
  const mistakes: Diagnostic[] = loaded.problems.filter((each) => each.file === file);
  const text = loaded.textOf(file);
  const tree = text === undefined ? undefined : readYaml(locate(file, text), (each) => mistakes.push(each));
  if (tree !== undefined) readExtras(tree, (each) => mistakes.push(each));
  const shown = sources === undefined ? pipeline.diagnostics : mistakes;
  if (sources !== undefined && !hasErrors(mistakes)) return sources;
  showDiagnostics(shown, loaded.textOf, process.stderr);
  throw new CommandError(
    `the files of pipeline \`${pipeline.name}\` cannot be read; nothing was done`,
    "fix the errors; `strata check` lists them",
  );
}

async function compare(
  sources: readonly Source[],
  options: SchemasOptions,
  signal: AbortSignal,
): Promise<SourceReport[]> {
  if (sources.length === 0) return [];
  const lake = lakeOf(options);
  if (options.stack === undefined && !existsSync(lake))
    throw new CommandError(`there is no lake ${lake}`, "name its folder with --lake, or a stack with --stack");
  const catalog =
    options.stack === undefined ? undefined : await ofCatalog(sources, { ...options, stack: options.stack }, signal);
  const python = await ensurePython("sail");
  return compareSources(sources, (request) => askLake({ home: HOME, python, lake }, request, signal), catalog);
}

function ofCatalog(
  sources: readonly Source[],
  options: SchemasOptions & { readonly stack: string },
  signal: AbortSignal,
) {
  const settings = settingsFor(options);
  const nameOf = physicalName(bucketBindings(settings));
  const locations = sources.map(({ location: { bucket, prefix } }) => `s3://${nameOf(bucket)}/${prefix}`);
  return catalogColumns(clientsFor(settings.region).glue, locations, signal);
}

/** What came of each source that had to be written. */
async function write(
  reports: readonly SourceReport[],
  options: RootOptions,
  loaded: LoadedRoot,
  file: string,
): Promise<Map<SourceReport, Written>> {
  const { wanted, refused } = wantedColumns(reports);
  const outcome =
    wanted.length === 0 ? "written" : await writeDeclarations(rootOf(options), file, loaded.textOf(file), wanted);
  if (outcome === "changed")
    throw new CommandError(
      `\`${file}\` changed while sources were compared; nothing was written`,
      "run the command again",
    );
  if (outcome === "unfit")
    throw new CommandError(
      `\`${file}\` is written in a way that cannot be edited; nothing was written`,
      "end it with a line break and put `sources` in block style (`key: value` lines), or copy the columns of `--format json`",
    );
  const changing = reports.filter(({ status }) => status === "DIFFERENT" || status === "UNDECLARED");
  return new Map(
    changing.map((each) => [each, { isWritten: !refused.has(each), refused: refused.get(each) }] as const),
  );
}
