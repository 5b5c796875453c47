/** The sections of a comment, the most important first. */

import type { PlanDiff } from "../compiler/show/diff/plans.ts";
import { describe, stageLines, stateLines } from "../compiler/show/diff/text.ts";
import { block, inline } from "./escape.ts";
import type { Section } from "./fit.ts";
import type { CheckDiagnostic, Preview, PreviewStep, ReviewInput, Violation } from "./input.ts";

const CHECK = "run `npx --no strata check`";
const DIFF = "run `npx --no strata plan --all --diff main`";
const PREVIEW = "see the preview's job";

/** All sections; fitting omits those without items. */
export function sectionsOf({ diagnostics = [], diffs = [], previews }: ReviewInput): Section[] {
  const errors = (wanted: boolean) =>
    diagnostics.filter(({ severity }) => (severity === "error") === wanted).map(diagnosticItem);
  const destructive = (wanted: boolean) =>
    previews.flatMap(({ stack, steps }) =>
      steps.filter(({ op }) => ["replace", "delete"].includes(op) === wanted).map((step) => stepItem(stack, step)),
    );
  const violations = (mandatory: boolean) =>
    previews.flatMap(({ stack, violations: all }) =>
      all.filter(({ level }) => (level === "mandatory") === mandatory).map((each) => violationItem(stack, each)),
    );
  const of = (lines: (diff: PlanDiff) => readonly string[]) =>
    diffs.flatMap((diff) => lines(diff).map((line) => `- ${inline(diff.pipeline)}: ${line}`));
  return [
    { title: "Errors", items: errors(true), rest: CHECK },
    { title: "Previews that failed", items: previews.flatMap(failureItems), rest: PREVIEW },
    { title: "⚠️ Resources to replace or delete", items: destructive(true), rest: PREVIEW },
    { title: "Findings of the policy pack that stop a deployment", items: violations(true), rest: PREVIEW },
    { title: "Findings of the policy pack", items: violations(false), rest: PREVIEW },
    {
      title: "Targets that no dataset writes any more (their files stay)",
      items: of(({ abandoned }) => abandoned.map((location) => inline(location))),
      rest: DIFF,
    },
    { title: "Datasets changed", items: of(datasetLines), rest: DIFF },
    { title: "Stages touched", items: of((diff) => stageLines(diff, inline)), rest: DIFF },
    { title: "Warnings", items: errors(false), rest: CHECK },
    {
      title: "Downstream datasets",
      items: of(({ downstream }) => downstream.map((name) => inline(name))),
      rest: DIFF,
      folded: true,
    },
    {
      title: "Changed states of the state machine",
      items: of((diff) => stateLines(diff, inline)),
      rest: DIFF,
      folded: true,
    },
    {
      title: "Resources to create or update",
      items: destructive(false),
      rest: PREVIEW,
      folded: true,
    },
  ];
}

function diagnosticItem({ code, file, line, message, help }: CheckDiagnostic): string {
  return `- ${inline(code, 20)} at ${inline(`${file}:${line}`)}: ${inline(message)} – ${inline(help)}`;
}

/** A dataset is one item, however many changes it has. */
function datasetLines({ datasets }: PlanDiff): string[] {
  return datasets.map(({ name, changes }) => {
    const shown = changes.map((change) =>
      change.kind === "sources" ? sourcesLine(change.added, change.removed) : describe(change, inline),
    );
    return `${inline(name)}: ${shown.join("; ")}`;
  });
}

/** The most sources that one line names. */
const MOST_SOURCES = 5;

function sourcesLine(added: readonly string[], removed: readonly string[]): string {
  const some = (verb: string, sources: readonly string[]) => {
    const named = sources.slice(0, MOST_SOURCES).map((source) => inline(source));
    const more = sources.length - named.length;
    return named.length === 0 ? [] : [`${verb} ${named.join(", ")}${more > 0 ? ` and ${more} more` : ""}`];
  };
  return [...some("reads", added), ...some("no longer reads", removed)].join(", ");
}

function stepItem(stack: string, { op, urn, keys }: PreviewStep): string {
  const { type, name } = partsOf(urn);
  const because = keys.length === 0 ? "" : ` (${inline(keys.join(", "), 120)})`;
  return `- ${inline(stack, 60)}: ${inline(op, 30)} ${inline(type)} ${inline(name)}${because}`;
}

function violationItem(stack: string, { policy, level, urn, message }: Violation): string {
  const { type, name } = partsOf(urn);
  return `- ${inline(stack, 60)}: ${inline(policy)} (${inline(level, 30)}) by ${inline(type)} ${inline(name)}: ${inline(message)}`;
}

function failureItems({ stack, status, errors }: Preview): string[] {
  if (status !== "failed") return [];
  return errors.map((error) => `Stack ${inline(stack, 60)}:\n\n${block(error)}\n`);
}

/** `urn:pulumi:<stack>::<project>::<parents$type>::<name>`; a name may hold `::` itself. */
function partsOf(urn: string): { readonly type: string; readonly name: string } {
  const [, , types = "", ...name] = urn.split("::");
  return { type: types.split("$").at(-1) || "resource", name: name.join("::") || urn };
}
