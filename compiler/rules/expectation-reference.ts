import { adviseName } from "../fix/offer.ts";
import type { Dataset } from "../resolve/types.ts";
import { rule } from "./rule.ts";

/** E004: a reference to a dataset that never runs, or has no target. */
export const expectationReference = rule("E004", {
  expectation({ body }, { pipeline }, report) {
    if (body.kind !== "references" || !pipeline.complete) return;
    const { value, at } = body.dataset;
    const other = pipeline.datasets.get(value);
    const problem = problemOf(other);
    if (problem === undefined || (other === undefined && pipeline.declared.has(value))) return;
    const known = pipeline.targets.all.map(({ name }) => name.value);
    report({
      at,
      message: `an expectation refers to \`${value}\`, ${problem}`,
      ...adviseName({ value, at }, known, "dataset"),
    });
  },
});

function problemOf(other: Dataset | undefined): string | undefined {
  if (other === undefined) return "which is not a dataset of this pipeline";
  if (other.target === undefined) return "which has no target";
  return other.stage === undefined ? "which is in no stage" : undefined;
}
