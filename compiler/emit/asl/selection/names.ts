/** Names of the states that check the execution input, and the items that keep their lists from being empty. */

import type { State } from "../types.ts";

/** Names of the states; stages' states must differ from them. */
export const S = {
  constants: "Strata: constants",
  read: "Strata: read input",
  count: "Strata: count keys",
  checkTypes: "Strata: check keys and types",
  unknownKey: "Strata: unknown key",
  wrongType: "Strata: wrong type",
  wrongParams: "Strata: wrong type of params",
  lists: "Strata: default lists",
  measure: "Strata: measure lists",
  unions: "Strata: join lists",
  countUnions: "Strata: count lists",
  checkLists: "Strata: check lists",
  twice: "Strata: name given twice",
  unknownStage: "Strata: unknown stage",
  unknownDataset: "Strata: unknown dataset",
  params: "Strata: merge parameters",
  countParams: "Strata: count parameters",
  checkParams: "Strata: check parameters",
  unknownParam: "Strata: unknown parameter",
  missingParam: "Strata: missing parameter",
  findEnds: "Strata: from and until?",
  lookForEnds: "Strata: find from and until",
  readEnds: "Strata: read from and until",
  checkEnds: "Strata: check from and until",
  unknownFrom: "Strata: unknown from",
  unknownUntil: "Strata: unknown until",
  twisted: "Strata: from after until",
  ends: "Strata: first and last stage",
  place: "Strata: place stages",
  placed: "Strata: stages to run",
  countPlaced: "Strata: count stages",
  checkPlaced: "Strata: check selection",
  empty: "Strata: empty selection",
  crawlers: "Strata: place crawlers",
  crawled: "Strata: crawlers to start",
  decide: "Strata: decide",
  // Its name is what an execution's failure names where a text is longer.
  seal: "Strata: encode params and datasets, each of at most 10,000 characters",
  badInput: "Strata: bad input",
} as const;

/**
 * In front of every list of datasets, which so is never empty: some interpreters take the union of nothing for a
 * mistake. No name is a number; one in the input is refused like an unknown name.
 */
export const FILLER = 0;

/**
 * The first item of every list that a Map goes through: it always answers, so what `[*]` joins is never nothing, which
 * one interpreter takes for a missing path.
 */
export const NOBODY = { index: -1, name: "", datasets: [FILLER, FILLER] } as const;

/** A Pass that makes the cause, then the one Fail state. */
export function fail(name: string, cause: string): [string, State] {
  return [name, { Type: "Pass", Parameters: { "cause.$": cause }, Next: S.badInput }];
}
