/** `strata parity`: compares the results of Sail and Spark on the user's data. */

import { printable } from "../compiler/show/text.ts";
import type { Example } from "../local/parity/compare.ts";
import { type DatasetParity, type Failures, type Parity, parity as runParity } from "../local/parity/parity.ts";
import { javaProblem } from "../setup/java.mjs";
import { HOME } from "../setup/node.mjs";
import { EXIT, usageError } from "./exit.ts";
import { choose, lakeOf, load, planOf, printJson, type RootOptions } from "./root.ts";
import { checkedSelection, enginePython, executionInput } from "./run-options.ts";
import { cancellable } from "./signals.ts";

interface ParityOptions extends RootOptions {
  readonly datasets?: string;
  readonly param: readonly string[];
  readonly format: "text" | "json";
}

/** Exit 1 if a target differs or an engine fails, 2 without Java, 130 if it was cancelled. */
export async function parity(name: string | undefined, options: ParityOptions): Promise<number> {
  const input = executionInput(options);
  const loaded = await load(options, input.datasets as readonly string[] | undefined);
  const plan = planOf(loaded, choose(loaded, name));
  const selection = await checkedSelection(plan, input);
  const problem = javaProblem();
  if (problem !== undefined)
    throw usageError(
      `parity needs Apache Spark, which cannot run: ${problem}`,
      "put a Java 17 or newer on the PATH, or set JAVA_HOME to its folder",
    );
  const engines = { sail: await enginePython("sail", plan), spark: await enginePython("spark", plan) };
  return cancellable("cancelled; the lake is unchanged", async (signal) => {
    const found = await runParity({
      plan,
      home: HOME,
      lake: lakeOf(options),
      concurrency: undefined,
      signal,
      engines,
      input,
      selected: new Set(selection.datasets),
      onEvent: (engine, event) => {
        if (event.kind === "job" && event.event.event === "job_started")
          process.stderr.write(`${engine}: stage ${printable(event.stage)}\n`);
      },
    });
    if (found === undefined) throw signal.reason;
    if (options.format === "json") {
      for (const [name, errors] of found.failures)
        process.stderr.write(`failed   ${printable(name)}\n${failureLines(errors).join("\n")}\n`);
      printJson(found.parity);
    } else process.stdout.write(parityText(found.parity, found.failures));
    return found.parity.datasets.every(({ equal }) => equal) ? EXIT.ok : EXIT.failed;
  });
}

/** A line per dataset, followed by its differences. */
export function parityText({ datasets }: Parity, failures: Failures): string {
  const lines = datasets.flatMap((dataset) => {
    const errors = failures.get(dataset.name);
    return errors === undefined
      ? [headOf(dataset), ...differences(dataset)]
      : [`failed   ${printable(dataset.name)}`, ...failureLines(errors)];
  });
  const different = datasets.filter(({ equal }) => !equal).length;
  const end =
    different === 0
      ? "Sail and Spark commit the same results"
      : `${different} of ${datasets.length} datasets differ between Sail and Spark`;
  return `${[...lines, end].join("\n")}\n`;
}

function failureLines(errors: Readonly<Record<string, string>>): string[] {
  return Object.entries(errors).map(([engine, message]) => `  ${engine}: ${printable(message)}`);
}

function headOf({ name, equal, rows }: DatasetParity): string {
  const count = (value: number | null) => (value ?? 0).toLocaleString("en-US");
  const word = rows.sail === 1 ? "row" : "rows";
  const counts =
    rows.sail === rows.spark
      ? `${count(rows.sail)} ${word}`
      : `${count(rows.sail)} ${word} on sail, ${count(rows.spark)} on spark`;
  return `${equal ? "equal   " : "differs "} ${printable(name)}  ${counts}`;
}

function differences({ columns, examples }: DatasetParity): string[] {
  const types = columns.map(
    ({ name, sail, spark }) => `  column ${printable(name)}: ${sail ?? "none"} on sail, ${spark ?? "none"} on spark`,
  );
  return [...types, ...examples.flatMap(exampleLines)];
}

function exampleLines({ sail, spark }: Example): string[] {
  const row = (value: Example["sail"]) => (value === null ? "missing" : printable(JSON.stringify(value)));
  return [`  sail:  ${row(sail)}`, `  spark: ${row(spark)}`];
}
