/** A difference of plans as text or Markdown; names are the user's, so they are escaped for what they are put into. */

import type { DatasetChange, PlanDiff } from "./plans.ts";

/** Renders a difference that is not empty; ends in a newline. */
export function renderDiff(diff: PlanDiff, format: "text" | "markdown"): string {
  const code = format === "markdown" ? markdownCode : (text: string) => text;
  const item = format === "markdown" ? "- " : "  ";
  const title = (text: string) => (format === "markdown" ? `\n**${text}**\n` : `\n${text}`);
  const lines = [format === "markdown" ? `### Pipeline ${code(diff.pipeline)}` : `pipeline ${diff.pipeline}`];
  if (diff.abandoned.length > 0) {
    lines.push(title("Targets that no dataset writes any more (their files stay)"));
    lines.push(...diff.abandoned.map((location) => `${item}${code(location)}`));
  }
  if (diff.datasets.length > 0) {
    lines.push(title("Datasets"));
    lines.push(
      ...diff.datasets.flatMap(({ name, changes }) =>
        changes.map((change) => `${item}${code(name)}: ${describe(change, code)}`),
      ),
    );
  }
  if (diff.downstream.length > 0)
    lines.push(title("Downstream, so affected"), ...diff.downstream.map((name) => `${item}${code(name)}`));
  const stages = stageLines(diff, code);
  if (stages.length > 0) lines.push(title("Stages"), ...stages.map((line) => `${item}${line}`));
  const states = stateLines(diff, code);
  if (states.length > 0) lines.push(title("States of the state machine"), ...states.map((line) => `${item}${line}`));
  return `${lines.join("\n")}\n`;
}

/** What a dataset's change says; `code` marks names. */
export function describe(change: DatasetChange, code: (text: string) => string): string {
  switch (change.kind) {
    case "added":
      return `added to stage ${code(change.stage)}`;
    case "removed":
      return `removed from stage ${code(change.stage)}`;
    case "moved":
      return `moved from stage ${code(change.from)} to ${code(change.to)}`;
    case "sql":
      return "SQL changed";
    case "sources": {
      const parts = [
        ...change.added.map((source) => `reads ${code(source)}`),
        ...change.removed.map((source) => `no longer reads ${code(source)}`),
      ];
      return parts.join(", ");
    }
    case "target":
      return `target changed from ${code(change.from ?? "none")} to ${code(change.to ?? "none")}`;
    case "settings":
      return change.changed.map(code).join(", ");
    case "expectations":
      return [
        ...change.added.map((name) => `expects ${code(name)}`),
        ...change.changed.map((name) => `expects ${code(name)} otherwise`),
        ...change.removed.map((name) => `no longer expects ${code(name)}`),
      ].join(", ");
    case "config":
      return "configuration changed";
  }
}

/** What happens to stages. */
export function stageLines(diff: Pick<PlanDiff, "stages" | "touched">, code: (text: string) => string): string[] {
  const { added, removed, reordered } = diff.stages;
  return [
    ...added.map((name) => `${code(name)} is new: a job, a role and a state are added`),
    ...removed.map((name) => `${code(name)} is gone: its job, role and state are deleted`),
    ...(reordered ? ["the order of the stages changed"] : []),
    ...diff.touched.filter((name) => !added.includes(name)).map((name) => `${code(name)} gets another group`),
  ];
}

/** What happens to states. */
export function stateLines({ states }: Pick<PlanDiff, "states">, code: (text: string) => string): string[] {
  return [
    ...states.added.map((name) => `${code(name)} is added`),
    ...states.removed.map((name) => `${code(name)} is removed`),
    ...states.changed.map((name) => `${code(name)} changes`),
  ];
}

/** A code span that no backtick in the name can end. */
export function markdownCode(text: string): string {
  const fence = "`".repeat(Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length)) + 1);
  const inner = text.replace(/[\r\n]+/g, " ").replaceAll("|", "\\|");
  return /^`|`$/.test(inner) ? `${fence} ${inner} ${fence}` : `${fence}${inner}${fence}`;
}
