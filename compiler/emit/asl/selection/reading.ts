/** Reads the input over its defaults, and checks keys and types. */

import type { Bindings } from "../../../plan/bindings.ts";
import { type Plan, stagedDatasets } from "../../../plan/types.ts";
import { INPUT_KEYS, listed } from "../../selection.ts";
import type { Condition, Json, State } from "../types.ts";
import { FILLER, fail, NOBODY, S } from "./names.ts";

/** The constants of the plan, the input, its keys and their types. */
export function reading(plan: Plan, bindings: Bindings): [string, State][] {
  const names = plan.stages.map(({ name }) => name);
  const constants: Json = {
    defaults: Object.fromEntries(INPUT_KEYS.map((key) => [key, key === "params" ? {} : null])),
    params: Object.fromEntries(plan.params.map((param) => [param.name, param.default ?? null])),
    // Two fillers: one interpreter takes the only value of an object for a value, not for a list of one.
    countable: Object.fromEntries([
      ["", FILLER],
      [" ", FILLER],
      ...plan.params.map((param) => [param.name, FILLER] as const),
    ]),
    names,
    filler: FILLER,
    index: Object.fromEntries(plan.stages.map((_, index) => [`s${index}`, index])),
    datasets: [FILLER, ...stagedDatasets(plan).map(({ name }) => name)],
    stages: [
      NOBODY,
      ...plan.stages.map((stage, index) => ({
        index,
        name: stage.name,
        datasets: [FILLER, ...stage.datasets.map(({ name }) => name)],
      })),
    ],
    crawls: [{ name: "", stage: NOBODY.index, datasets: NOBODY.datasets }, ...crawls(plan, bindings)],
    known: {
      stages: listed(names),
      datasets: listed(stagedDatasets(plan).map(({ name }) => name)),
      params: listed(plan.params.map(({ name }) => name)),
    },
  };
  const isText = (variable: string): Condition => ({
    Or: [
      { Variable: variable, IsNull: true },
      { Variable: variable, IsString: true },
    ],
  });
  const isScalar = (variable: string): Condition => ({
    Or: [
      { Variable: variable, IsString: true },
      { Variable: variable, IsNumeric: true },
      { Variable: variable, IsBoolean: true },
    ],
  });
  return [
    [S.constants, { Type: "Pass", Comment: "what the plan knows", Result: constants, Next: S.read }],
    [
      S.read,
      {
        Type: "Pass",
        Parameters: { "c.$": "$", "sel.$": "States.JsonMerge($.defaults, $$.Execution.Input, false)" },
        Next: S.count,
      },
    ],
    [
      S.count,
      {
        Type: "Pass",
        Parameters: { "c.$": "$.c", "sel.$": "$.sel", "keys.$": "States.ArrayLength($.sel[*])" },
        Next: S.checkTypes,
      },
    ],
    [
      S.checkTypes,
      {
        Type: "Choice",
        Choices: [
          { Variable: "$.keys", NumericGreaterThan: INPUT_KEYS.length, Next: S.unknownKey },
          {
            Or: [
              { Not: isText("$.sel.from") },
              { Not: isText("$.sel.until") },
              isScalar("$.sel.stages"),
              isScalar("$.sel.datasets"),
            ],
            Next: S.wrongType,
          },
          {
            Or: [
              isScalar("$.sel.params"),
              { Variable: "$.sel.params", IsNull: true },
              { Variable: "$.sel.params[0]", IsPresent: true },
            ],
            Next: S.wrongParams,
          },
        ],
        Default: S.lists,
      },
    ],
    fail(
      S.unknownKey,
      "States.Format('the input has an unknown key; known: from, until, stages, datasets, params, Comment; the input: {}', States.JsonToString($$.Execution.Input))",
    ),
    fail(
      S.wrongType,
      "States.Format('from and until take a name, stages and datasets a list of names; the input: {}', States.JsonToString($$.Execution.Input))",
    ),
    fail(
      S.wrongParams,
      "States.Format('params takes an object, name to value; the input: {}', States.JsonToString($$.Execution.Input))",
    ),
  ];
}

/** For each crawler and stage with datasets of it. */
function crawls(plan: Plan, bindings: Bindings): Json[] {
  return plan.crawlers.flatMap((crawler, index) =>
    plan.stages.flatMap((stage, stageIndex) => {
      const datasets = stage.datasets.map(({ name }) => name).filter((name) => crawler.datasets.includes(name));
      const name = bindings.crawlers[index]?.name ?? "";
      return datasets.length === 0 ? [] : [{ name, stage: stageIndex, datasets: [FILLER, ...datasets] }];
    }),
  );
}
