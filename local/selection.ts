/** An execution input before an execution: the definition's own expression, evaluated here. */

import { expression } from "../compiler/emit/asl/jsonata.ts";
import { type Selected, selectionExpression } from "../compiler/emit/asl/selection.ts";
import type { Plan } from "../compiler/plan/types.ts";
import { evaluate } from "./interpreter/expressions.ts";

/** What an input selects, in declared order. */
export interface Selection {
  readonly ok: true;
  readonly stages: readonly string[];
  /** Datasets that run: of those stages, and named if any are named. */
  readonly datasets: readonly string[];
  /** Crawlers with at least one of them. */
  readonly crawlers: readonly string[];
  /** Values by name, defaults filled in. */
  readonly params: ReadonlyMap<string, string | number | boolean>;
}

/** Why an input is refused; one line each. */
export interface Refusal {
  readonly ok: false;
  readonly errors: readonly string[];
}

/** Reads an execution input. A null is a key that is not given. */
export async function checkSelection(plan: Plan, input: unknown): Promise<Selection | Refusal> {
  const text = selectionExpression(
    plan,
    plan.crawlers.map(({ name }) => name),
  );
  const states = { input, context: { Execution: { Name: "" } } };
  const selected = (await evaluate(expression(text), "Assign/selected", { states, variables: {} })) as Selected;
  if (selected.error !== "") return { ok: false, errors: selected.error.split("\n") };
  const params = opened(selected.params) as Record<string, string | number | boolean>;
  const named = opened(selected.datasets) as readonly string[] | null;
  const stages = plan.stages.filter(({ name }) => selected.run.includes(name));
  return {
    ok: true,
    stages: selected.run,
    datasets: stages
      .flatMap((stage) => stage.datasets.map(({ name }) => name))
      .filter((name) => named === null || named.includes(name)),
    crawlers: selected.crawlers,
    params: new Map(Object.entries(params)),
  };
}

/** What a job reads of an argument: JSON in percent-encoding behind its digest. */
function opened(argument: string): unknown {
  return JSON.parse(decodeURIComponent(argument.slice(argument.indexOf(":") + 1)));
}
