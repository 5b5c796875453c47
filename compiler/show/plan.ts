/** A plan for people: text, a Mermaid graph, Markdown. */

import type { BucketBinding } from "../plan/bindings.ts";
import type { DatasetPlan, Plan, SourcePlan } from "../plan/types.ts";
import { counted } from "./counted.ts";
import { unusualSettings } from "./diff/publish.ts";
import { markdownCode } from "./diff/text.ts";

/** Renders a plan; `buckets` shows where a stack puts them. Ends in a newline. */
export function renderPlan(
  plan: Plan,
  format: "text" | "mermaid" | "markdown",
  buckets: readonly BucketBinding[] = [],
): string {
  switch (format) {
    case "text":
      return textPlan(plan, buckets);
    case "mermaid":
      return mermaidPlan(plan);
    case "markdown":
      return markdownPlan(plan, buckets);
  }
}

function textPlan(plan: Plan, buckets: readonly BucketBinding[]): string {
  const lines = [`pipeline ${plan.pipeline}, plan ${plan.digest.slice(0, 12)}`];
  if (plan.description !== undefined) lines.push(plan.description);
  for (const [index, stage] of plan.stages.entries()) {
    lines.push("", `stage ${index + 1}: ${stage.name}`);
    for (const dataset of stage.datasets) {
      lines.push(`  ${dataset.name} → ${dataset.target?.location ?? "(no target: run and counted only)"}`);
      lines.push(`    reads ${dataset.reads.map(readOf).join(", ") || "nothing"}`);
      const published = publishing(dataset);
      if (published !== "") lines.push(`    ${published}`);
      if (dataset.waitsFor.length > 0) lines.push(`    waits for ${dataset.waitsFor.join(", ")}`);
    }
  }
  const sections: [string, string[]][] = [
    ["in no stage, so never run", plan.unstaged.map(({ name }) => name)],
    [
      "external sources",
      plan.externals.map(
        (each) =>
          `${each.location}${each.writer ? ` (written by ${each.writer.dataset} of pipeline ${each.writer.pipeline})` : ""}`,
      ),
    ],
    [
      "parameters",
      plan.params.map(
        (param) => `:${param.name} ${param.type}${param.default === undefined ? ", required" : ` = ${param.default}`}`,
      ),
    ],
    [
      "crawlers",
      plan.crawlers.map(
        (crawler) => `${crawler.name} over ${crawler.location}: ${counted(crawler.datasets.length, "table")}`,
      ),
    ],
    ["queries", plan.queries.map(({ name }) => name)],
    ["buckets", buckets.map(({ logical, physical }) => `${logical} → ${physical}`)],
  ];
  for (const [title, items] of sections)
    if (items.length > 0) lines.push("", title, ...items.map((item) => `  ${item}`));
  return `${lines.join("\n")}\n`;
}

function readOf({ table, writer, derived }: SourcePlan): string {
  return `${table} (${writer ?? "external"}${derived ? ", derived" : ""})`;
}

/** What is unusual about how it is published, and what is expected of it; empty if nothing is. */
function publishing({ publish }: DatasetPlan): string {
  const { expectations } = publish;
  const names = expectations.map(({ name, severity }) => (severity === "warn" ? `${name} (warn)` : name)).join(", ");
  return [...unusualSettings(publish), ...(names === "" ? [] : [`expects ${names}`])].join("; ");
}

/** Nodes are numbered, names are labels: a dataset may be called `end`. */
function mermaidPlan(plan: Plan): string {
  const ids = new Map<string, string>();
  const idOf = (key: string) => ids.get(key) ?? ids.set(key, `n${ids.size}`).get(key) ?? "";
  const lines = ["flowchart LR"];
  for (const [index, stage] of plan.stages.entries()) {
    lines.push(`  subgraph s${index} ["${mermaidLabel(stage.name)}"]`);
    lines.push(
      ...stage.datasets.map((dataset) => `    ${idOf(`d:${dataset.name}`)}["${mermaidLabel(dataset.name)}"]`),
      "  end",
    );
  }
  const staged = new Set(plan.stages.flatMap((stage) => stage.datasets.map(({ name }) => name)));
  const edges = new Set<string>();
  for (const dataset of plan.stages.flatMap((stage) => stage.datasets)) {
    for (const source of dataset.reads) {
      const known = source.writer !== undefined && staged.has(source.writer);
      const from = known
        ? idOf(`d:${source.writer}`)
        : `${idOf(`s:${source.location}`)}[("${mermaidLabel(source.table)}")]`;
      edges.add(`  ${from} --> ${idOf(`d:${dataset.name}`)}`);
    }
  }
  return `${[...lines, ...edges].join("\n")}\n`;
}

/** A text as the label of a node. */
export function mermaidLabel(text: string): string {
  return text.replace(/[^\p{L}\p{N} _./-]/gu, (character) => `#${character.codePointAt(0)};`);
}

function markdownPlan(plan: Plan, buckets: readonly BucketBinding[]): string {
  const lines = [`## Pipeline ${markdownCode(plan.pipeline)}`, "", `Plan ${markdownCode(plan.digest.slice(0, 12))}`];
  for (const stage of plan.stages) {
    lines.push("", `### ${markdownCode(stage.name)}`, "", "| dataset | reads | target |", "|---|---|---|");
    lines.push(...stage.datasets.map(markdownRow));
  }
  if (buckets.length > 0) {
    lines.push("", "### Buckets", "", "| logical | physical |", "|---|---|");
    lines.push(...buckets.map(({ logical, physical }) => `| ${markdownCode(logical)} | ${markdownCode(physical)} |`));
  }
  return `${lines.join("\n")}\n`;
}

function markdownRow(dataset: DatasetPlan): string {
  const reads = dataset.reads.map((source) => markdownCode(source.writer ?? source.location)).join(", ");
  return `| ${markdownCode(dataset.name)} | ${reads} | ${dataset.target ? markdownCode(dataset.target.location) : "–"} |`;
}
