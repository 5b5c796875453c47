/** `stages` and `datasets`: nothing twice, nothing unknown. */

import { type Plan, stagedDatasets } from "../../../plan/types.ts";
import type { Condition, Json, State } from "../types.ts";
import { fail, S } from "./names.ts";

/** Lists that are not given are all names; then nothing twice, nothing unknown. */
export function listChecks(plan: Plan): [string, State][] {
  const given = (key: "stages" | "datasets"): Condition => ({ Not: { Variable: `$.sel.${key}`, IsNull: true } });
  const first = (key: "stages" | "datasets"): Condition => ({ Variable: `$.sel.${key}[0]`, IsPresent: true });
  const fill = (name: string, stages: string, datasets: string): [string, State] => {
    const filler: Json = datasets.startsWith("$.sel")
      ? { "filler.$": `States.ArrayContains(${datasets}, $.c.filler)` }
      : { filler: false };
    return [
      name,
      {
        Type: "Pass",
        Parameters: { "c.$": "$.c", "sel.$": "$.sel", "stages.$": stages, "datasets.$": datasets, ...filler },
        Next: S.measure,
      },
    ];
  };
  const none = `${S.lists}: none`;
  const [onlyStages, onlyDatasets, both] = [`${S.lists}: stages`, `${S.lists}: datasets`, `${S.lists}: both`];
  return [
    [
      S.lists,
      {
        Type: "Choice",
        Choices: [
          {
            Or: [
              { And: [given("stages"), { Not: first("stages") }] },
              { And: [given("datasets"), { Not: first("datasets") }] },
            ],
            Next: S.empty,
          },
          { And: [given("stages"), given("datasets")], Next: both },
          { ...given("stages"), Next: onlyStages } as Condition & { Next: string },
          { ...given("datasets"), Next: onlyDatasets } as Condition & { Next: string },
        ],
        Default: none,
      },
    ],
    fill(none, "$.c.names", "$.c.datasets"),
    fill(onlyStages, "$.sel.stages", "$.c.datasets"),
    fill(onlyDatasets, "$.c.names", "$.sel.datasets"),
    fill(both, "$.sel.stages", "$.sel.datasets"),
    [
      S.measure,
      {
        Type: "Pass",
        Parameters: {
          "c.$": "$.c",
          "sel.$": "$.sel",
          "stages.$": "$.stages",
          "datasets.$": "$.datasets",
          "filler.$": "$.filler",
          "stagePair.$": "States.Array($.c.names, $.stages)",
          "datasetPair.$": "States.Array($.c.datasets, $.datasets)",
          "givenStages.$": "States.ArrayLength($.stages)",
          "givenDatasets.$": "States.ArrayLength($.datasets)",
          "distinctStages.$": "States.ArrayLength(States.ArrayUnique($.stages))",
          "distinctDatasets.$": "States.ArrayLength(States.ArrayUnique($.datasets))",
        },
        Next: S.unions,
      },
    ],
    [
      S.unions,
      {
        Type: "Pass",
        Parameters: {
          "c.$": "$.c",
          "sel.$": "$.sel",
          "stages.$": "$.stages",
          "datasets.$": "$.datasets",
          "filler.$": "$.filler",
          "givenStages.$": "$.givenStages",
          "givenDatasets.$": "$.givenDatasets",
          "distinctStages.$": "$.distinctStages",
          "distinctDatasets.$": "$.distinctDatasets",
          // As fields of their own: inside an intrinsic one interpreter reads only the first of two wildcards.
          "stagesJoined.$": "$.stagePair[*][*]",
          "datasetsJoined.$": "$.datasetPair[*][*]",
        },
        Next: S.countUnions,
      },
    ],
    [
      S.countUnions,
      {
        Type: "Pass",
        Parameters: {
          "c.$": "$.c",
          "sel.$": "$.sel",
          "stages.$": "$.stages",
          "datasets.$": "$.datasets",
          "filler.$": "$.filler",
          "givenStages.$": "$.givenStages",
          "givenDatasets.$": "$.givenDatasets",
          "distinctStages.$": "$.distinctStages",
          "distinctDatasets.$": "$.distinctDatasets",
          "stageUnion.$": "States.ArrayLength(States.ArrayUnique($.stagesJoined))",
          "datasetUnion.$": "States.ArrayLength(States.ArrayUnique($.datasetsJoined))",
        },
        Next: S.checkLists,
      },
    ],
    [
      S.checkLists,
      {
        Type: "Choice",
        Choices: [
          {
            Or: [
              { Variable: "$.distinctStages", NumericLessThanPath: "$.givenStages" },
              { Variable: "$.distinctDatasets", NumericLessThanPath: "$.givenDatasets" },
            ],
            Next: S.twice,
          },
          { Variable: "$.stageUnion", NumericGreaterThan: plan.stages.length, Next: S.unknownStage },
          { Variable: "$.filler", BooleanEquals: true, Next: S.wrongType },
          { Variable: "$.datasetUnion", NumericGreaterThan: stagedDatasets(plan).length + 1, Next: S.unknownDataset },
        ],
        Default: S.params,
      },
    ],
    fail(
      S.twice,
      "States.Format('a name is given twice: stages {}, datasets {}', States.JsonToString($.sel.stages), States.JsonToString($.sel.datasets))",
    ),
    ...unknownNames(S.unknownStage, "$.stages", "$.c.names", "$.c.known.stages", "stage"),
    ...unknownNames(S.unknownDataset, "$.datasets", "$.c.datasets", "$.c.known.datasets", "dataset"),
  ];
}

/** Only on the way to failure: a Map that names the unknown ones. */
function unknownNames(name: string, items: string, known: string, shown: string, what: string): [string, State][] {
  const [look, no, yes] = [`${name}: known?`, `${name}: unknown`, `${name}: known`];
  const join = `${name}: join`;
  const map: State = {
    Type: "Map",
    ItemsPath: items,
    ItemSelector: { "name.$": "$$.Map.Item.Value", "known.$": `States.ArrayContains(${known}, $$.Map.Item.Value)` },
    ItemProcessor: {
      ProcessorConfig: { Mode: "INLINE" },
      StartAt: look,
      States: {
        [look]: { Type: "Choice", Choices: [{ Variable: "$.known", BooleanEquals: true, Next: yes }], Default: no },
        [yes]: { Type: "Pass", Result: { names: [] }, End: true },
        [no]: { Type: "Pass", Parameters: { "names.$": "States.Array($.name)" }, End: true },
      },
    },
    ResultPath: "$.unknown",
    Next: join,
  };
  return [
    [name, map],
    [
      join,
      { Type: "Pass", Parameters: { "c.$": "$.c", "unknown.$": "$.unknown[*].names[*]" }, Next: `${name}: cause` },
    ],
    fail(`${name}: cause`, `States.Format('unknown ${what} {}; known: {}', States.JsonToString($.unknown), ${shown})`),
  ];
}
