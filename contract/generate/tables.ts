/** Tables of docs/, between markers. */

import type * as z from "zod";
import { jobArguments } from "../arguments.ts";
import { commitRecord, recordFile } from "../commit.ts";
import { datasetSettings } from "../dataset.ts";
import { EVENTS, eventContext, expectationOutcome } from "../events.ts";
import { ledgerRecord } from "../ledger.ts";
import { pipeline } from "../pipeline.ts";
import { compiledExpectation, publish } from "../publish.ts";
import { stack } from "../stack.ts";
import { type Field, fieldsOf, shapeOf, typeOf } from "./fields.ts";

type Column = readonly [head: string, cell: (field: Field) => string];

const key =
  (prefix = ""): Column[1] =>
  ({ name }) =>
    `\`${prefix}${name}\``;
const meaning: Column = ["meaning", ({ description }) => description];
const type: Column = ["type", ({ schema }) => shapeOf(schema)];
const pulumiType: Column = ["type", ({ schema }) => typeOf(schema)];
const usual: Column = ["default", ({ isRequired, usual }) => (isRequired ? "must be set" : code(usual))];
const jsonUsual: Column = ["default", ({ usual }) => (usual === undefined ? "" : code(usual))];

/** Page → marker → table. */
export const TABLES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "docs/settings.md": { stack: table(stack, [["key", key("strata:")], pulumiType, usual, meaning]) },
  "docs/datasets.md": {
    dataset: table(datasetSettings, [["key", key()], type, jsonUsual, meaning]),
    pipeline: table(pipeline, [["key", key()], meaning]),
  },
  "docs/job.md": {
    arguments: table(jobArguments, [["argument", key("--")], meaning]),
    publish: table(publish, [["key", key()], type, jsonUsual, meaning]),
    compiled: kinds(),
    events: events(),
    expectation: table(expectationOutcome, [["key", optionalKey], type, meaning]),
  },
  "docs/publish.md": {
    commit: table(commitRecord, [["key", key()], type, meaning]),
    file: table(recordFile, [["key", optionalKey], type, meaning]),
    ledger: table(ledgerRecord, [["key", optionalKey], type, meaning]),
  },
};

function table(schema: z.ZodObject, columns: readonly Column[]): string {
  const rows = fieldsOf(schema).map((field) => columns.map(([, cell]) => cell(field)));
  return lines([columns.map(([head]) => head), columns.map(() => "---"), ...rows]);
}

/** One row a key of each kind of compiled expectation. */
function kinds(): string {
  const rows = compiledExpectation.options.flatMap((schema) => {
    const [, kind, , ...own] = fieldsOf(schema);
    return own.map((field) => [
      kind ? shapeOf(kind.schema) : "",
      optionalKey(field),
      shapeOf(field.schema),
      field.description,
    ]);
  });
  const common = "Each has `name` (unique in its dataset), `kind` and `severity` (`error` by default, or `warn`), and:";
  return `${common}\n\n${lines([["kind", "key", "type", "meaning"], ["---", "---", "---", "---"], ...rows])}`;
}

/** One row a key, an event's own behind the common ones. */
function events(): string {
  const common = Object.keys(eventContext.shape).map((name) => `\`${name}\``);
  const rows = Object.entries(EVENTS).flatMap(([event, schema]) => [
    [`**\`${event}\`**`, "", schema.description ?? ""],
    ...fieldsOf(schema)
      .filter(({ name }) => name !== "event")
      .map((field) => [optionalKey(field), shapeOf(field.schema), field.description]),
  ]);
  const head = lines([["event, key", "type", "meaning"], ["---", "---", "---"], ...rows]);
  return `Every event has \`event\`, ${common.join(", ")}.\n\n${head}`;
}

function optionalKey({ name, isRequired }: Field): string {
  return `\`${name}\`${isRequired ? "" : "?"}`;
}

function lines(rows: readonly (readonly string[])[]): string {
  const escaped = rows.map((cells) => cells.map((cell) => cell.replaceAll("|", "\\|")));
  return escaped.map((cells) => (cells[0] === "---" ? `|${cells.join("|")}|` : `| ${cells.join(" | ")} |`)).join("\n");
}

function code(value: unknown): string {
  return `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;
}
