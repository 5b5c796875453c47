/** The plan's types, as the contract has them (`contract/plan.ts`). */

import type * as z from "zod";
import { camelKeys } from "../../contract/camel.ts";
import { USUAL_WRITING } from "../../contract/dataset.ts";
import type * as schemas from "../../contract/plan.ts";

/** What a schema describes, frozen. */
type Frozen<T> = T extends object ? { readonly [Key in keyof T]: Frozen<T[Key]> } : T;
type Planned<Schema extends keyof Schemas> = Frozen<z.output<Schemas[Schema]>>;
type Schemas = typeof schemas;

export type Plan = Planned<"plan">;
export type StagePlan = Planned<"stagePlan">;
export type DatasetPlan = Planned<"datasetPlan">;
export type PublishPlan = Planned<"publishPlan">;
export type ExpectationPlan = Planned<"expectationPlan">;
export type ReferencePlan = Planned<"reference">;
export type IcebergTable = Planned<"icebergTable">;
export type SourcePlan = Planned<"sourcePlan">;
export type TargetPlan = Planned<"targetPlan">;
export type CrawlerPlan = Planned<"crawlerPlan">;
export type ExternalPlan = Planned<"externalPlan">;

/** How a result is written, by the contract's keys (`contract/dataset.ts`). */
export type WritingPlan = Omit<PublishPlan, "expectations">;

/** How a dataset is published whose author says nothing. */
export const USUAL_PUBLISH: PublishPlan = { ...camelKeys(USUAL_WRITING), expectations: [] };

/** Every dataset that a stage lists, in the order of the stages. */
export function stagedDatasets(plan: Plan): DatasetPlan[] {
  return plan.stages.flatMap((stage) => stage.datasets);
}

/** Every place that the plans read or write, logical. */
export function knownPlaces(plans: readonly Plan[]): { readonly bucket: string; readonly prefix: string }[] {
  return plans.flatMap((plan) =>
    [...stagedDatasets(plan), ...plan.unstaged].flatMap(({ reads, target }) => [...reads, ...(target ? [target] : [])]),
  );
}
