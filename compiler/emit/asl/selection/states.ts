/**
 * The states that read and check the execution input, before any job starts (design: Selection).
 *
 * JSONPath has no set operations and no loops over keys, so: an object's keys are counted by its values; a list is part
 * of another if their union is no longer than the other; what a Map finds it returns as lists of one or none, which
 * `[*][*]` joins. Names are always data, never inside an intrinsic's text, so no name can break an expression.
 */

import type { Bindings } from "../../../plan/bindings.ts";
import type { Plan } from "../../../plan/types.ts";
import type { State } from "../types.ts";
import { interval } from "./interval.ts";
import { listChecks } from "./lists.ts";
import { S } from "./names.ts";
import { parameterChecks } from "./params.ts";
import { placing } from "./placing.ts";
import { reading } from "./reading.ts";

/** All of it; `next` is the state that gets `{run: {s0: true, …}, params, datasets, crawlers}`. */
export function selectionStates(plan: Plan, bindings: Bindings, next: string): [string, State][] {
  return [
    ...reading(plan, bindings),
    ...listChecks(plan),
    ...parameterChecks(plan),
    ...interval(),
    ...placing(plan, next),
    [S.badInput, { Type: "Fail", Error: "Strata.BadInput", CausePath: "$.cause" }],
  ];
}
