import type { Reach, ReachKind } from "../parse/sql/reach.ts";
import { rule } from "./rule.ts";

/** Q020: a query that runs programs or calls Java does so with the permissions of the job, or of the local user. */
export const reachesOut = rule("Q020", {
  pipeline({ reaches }, report) {
    for (const { kind, name, ...where } of reaches) {
      if (kind === "document_type") continue;
      const [message, help] = reachWords({ kind, name });
      report({ ...where, message, help });
    }
  },
});

/** Message and help for what leaves the sandbox of a query. */
export function reachWords({ kind, name }: Pick<Reach, "kind" | "name">): readonly [message: string, help: string] {
  return WORDS[kind](name);
}

const WORDS: Readonly<Record<ReachKind, (name: string) => readonly [string, string]>> = {
  document_type: (name) => [
    `\`${name}\` opens the URL of a document type that a row's XML names`,
    "parse the XML with `from_xml`, which does not",
  ],
  program: () => ["`USING` runs a program on the cluster", "compute it in SQL; a dataset cannot run programs"],
  java: (name) => [`\`${name}\` calls any method of Java`, "use a function of Spark SQL"],
  named_at_run_time: () => ["a function is named at run time", "write the function's name"],
  table_at_run_time: () => ["a table is named at run time", "write the table's name"],
  catalog_function: (name) => [
    `\`${name}\` is a function in a catalog, with its own code`,
    "use a function of Spark SQL, without a database",
  ],
  file: () => [
    "files are read by their path",
    "list the location under `tables` with a `table_name`, and read that name",
  ],
  engine_table: () => ["`system` holds the engine's own tables", "read a table of the pipeline"],
  statement: (name) => [`\`${name}\` begins a statement that is not a query`, "write exactly one SELECT"],
  schema_file: (name) => [
    `\`${name}\` may read a schema from a file or a URL`,
    "write the schema in the SQL, and options as `map('name', 'value')` without `rowValidationXSDPath` and `avroSchemaUrl`",
  ],
  lambda: () => ["`USING EXTERNAL FUNCTION` calls a Lambda function", "compute it in SQL"],
};
