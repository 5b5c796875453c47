/** What is left when all keys intersect: stages to run, then crawlers to start; and what the jobs get of the input. */

import type { Plan } from "../../../plan/types.ts";
import { sealed } from "../../job/encoding.ts";
import type { Condition, Json, State } from "../types.ts";
import { fail, NOBODY, S } from "./names.ts";
import { placeMap } from "./place-map.ts";

/** Each stage: run it or not; then each crawler. */
export function placing(plan: Plan, next: string): [string, State][] {
  const last = plan.stages.length - 1;
  const keep = {
    "c.$": "$.c",
    "datasets.$": "$.datasets",
    "params.$": "$.params",
    "stages.$": "$.stages",
    "givenDatasets.$": "States.ArrayLength($.datasets)",
  };
  const withEnds = (name: string, from: Json, until: Json): [string, State] => [
    name,
    {
      Type: "Pass",
      Parameters: { ...keep, ...(from as object), ...(until as object), "sel.$": "$.sel" },
      Next: S.place,
    },
  ];
  const [none, onlyFrom, onlyUntil, both] = ["none", "from", "until", "both"].map((name) => `${S.ends}: ${name}`) as [
    string,
    string,
    string,
    string,
  ];
  const has = (key: "from" | "until"): Condition => ({ Not: { Variable: `$.sel.${key}`, IsNull: true } });
  const flags = Object.fromEntries(
    plan.stages.map((_, index) => [`s${index}.$`, `States.ArrayContains($.runs, $.c.index.s${index})`]),
  );
  return [
    [
      S.ends,
      {
        Type: "Choice",
        Choices: [
          { And: [has("from"), has("until")], Next: both },
          { ...has("from"), Next: onlyFrom } as Condition & { Next: string },
          { ...has("until"), Next: onlyUntil } as Condition & { Next: string },
        ],
        Default: none,
      },
    ],
    withEnds(none, { first: 0 }, { last }),
    withEnds(onlyFrom, { "first.$": "$.from[1]" }, { last }),
    withEnds(onlyUntil, { first: 0 }, { "last.$": "$.until[1]" }),
    withEnds(both, { "first.$": "$.from[1]" }, { "last.$": "$.until[1]" }),
    [
      S.place,
      placeMap(
        S.place,
        "$.c.stages",
        {
          "listed.$": "States.ArrayContains($.stages, $$.Map.Item.Value.name)",
          "first.$": "$.first",
          "last.$": "$.last",
          "index.$": "$$.Map.Item.Value.index",
        },
        [
          { Variable: "$.index", NumericLessThanPath: "$.first" },
          { Variable: "$.index", NumericGreaterThanPath: "$.last" },
          { Variable: "$.listed", BooleanEquals: false },
        ],
        { Variable: "$.index", NumericEquals: NOBODY.index },
        "$.index",
        S.placed,
      ),
    ],
    [
      S.placed,
      {
        Type: "Pass",
        Parameters: {
          "c.$": "$.c",
          "sel.$": "$.sel",
          "datasets.$": "$.datasets",
          "params.$": "$.params",
          "givenDatasets.$": "$.givenDatasets",
          "runs.$": "$.placed[*].is[*]",
        },
        Next: S.countPlaced,
      },
    ],
    [
      S.countPlaced,
      {
        Type: "Pass",
        Parameters: {
          "c.$": "$.c",
          "sel.$": "$.sel",
          "datasets.$": "$.datasets",
          "params.$": "$.params",
          "givenDatasets.$": "$.givenDatasets",
          "runs.$": "$.runs",
          "count.$": "States.ArrayLength($.runs)",
        },
        Next: S.checkPlaced,
      },
    ],
    [
      S.checkPlaced,
      {
        Type: "Choice",
        Choices: [{ Variable: "$.count", NumericEquals: 1, Next: S.empty }],
        Default: plan.crawlers.length > 0 ? S.crawlers : S.decide,
      },
    ],
    fail(
      S.empty,
      "States.Format('the selection is empty: no stage runs; the input: {}', States.JsonToString($$.Execution.Input))",
    ),
    ...(plan.crawlers.length > 0
      ? ([
          [
            S.crawlers,
            placeMap(
              S.crawlers,
              "$.c.crawls",
              {
                "listed.$": "States.ArrayContains($.runs, $$.Map.Item.Value.stage)",
                "name.$": "$$.Map.Item.Value.name",
              },
              [{ Variable: "$.listed", BooleanEquals: false }],
              { Variable: "$.name", StringEquals: NOBODY.name },
              "$.name",
              S.crawled,
            ),
          ],
          [
            S.crawled,
            {
              Type: "Pass",
              Parameters: {
                "c.$": "$.c",
                "sel.$": "$.sel",
                "params.$": "$.params",
                "runs.$": "$.runs",
                "crawled.$": "$.placed[*].is[*]",
              },
              Next: S.decide,
            },
          ],
        ] as [string, State][])
      : []),
    [
      S.decide,
      {
        Type: "Pass",
        Parameters: {
          run: flags,
          "params.$": "States.JsonToString($.params)",
          "datasets.$": "States.JsonToString($.sel.datasets)",
          ...(plan.crawlers.length > 0 ? { "crawlers.$": "States.ArrayUnique($.crawled)" } : {}),
        },
        Next: S.seal,
      },
    ],
    [
      S.seal,
      {
        Type: "Pass",
        Parameters: {
          "run.$": "$.run",
          "execution.$": sealed("$$.Execution.Name"),
          "params.$": sealed("$.params"),
          "datasets.$": sealed("$.datasets"),
          ...(plan.crawlers.length > 0 ? { "crawlers.$": "$.crawlers" } : {}),
        },
        Next: next,
      },
    ],
  ];
}
