/** `from` and `until`: known, and in order. */

import type { Condition, State } from "../types.ts";
import { fail, NOBODY, S } from "./names.ts";

/** `from` and `until` → indexes of the first and the last stage. */
export function interval(): [string, State][] {
  const keep = {
    "c.$": "$.c",
    "sel.$": "$.sel",
    "stages.$": "$.stages",
    "datasets.$": "$.datasets",
    "params.$": "$.params",
  };
  const [isFrom, isUntil, isBoth, isNone, look] = ["from", "until", "both", "none", "look"].map(
    (name) => `${S.lookForEnds}: ${name}`,
  ) as [string, string, string, string, string];
  const isHere = (key: "from" | "until"): Condition => ({ Not: { Variable: `$.${key}[1]`, IsPresent: true } });
  const index = "States.Array($.stage.index)";
  const result = (from: string, until: string): State => ({
    Type: "Pass",
    Parameters: { "from.$": from, "until.$": until },
    End: true,
  });
  const given = (key: "from" | "until"): Condition => ({ Not: { Variable: `$.sel.${key}`, IsNull: true } });
  const [both, onlyFrom, onlyUntil] = ["both", "from", "until"].map((name) => `${S.findEnds} ${name}`) as [
    string,
    string,
    string,
  ];
  const search = (name: string, from: string, until: string): [string, State] => [
    name,
    { Type: "Pass", Parameters: { ...keep, "first.$": from, "last.$": until }, Next: S.lookForEnds },
  ];
  return [
    [
      S.findEnds,
      {
        Type: "Choice",
        Comment: "one that is not given is searched for as the other, so that nothing compares a name with null",
        Choices: [
          { And: [given("from"), given("until")], Next: both },
          { ...given("from"), Next: onlyFrom } as Condition & { Next: string },
          { ...given("until"), Next: onlyUntil } as Condition & { Next: string },
        ],
        Default: `${S.ends}: none`,
      },
    ],
    search(both, "$.sel.from", "$.sel.until"),
    search(onlyFrom, "$.sel.from", "$.sel.from"),
    search(onlyUntil, "$.sel.until", "$.sel.until"),
    [
      S.lookForEnds,
      {
        Type: "Map",
        Comment: "of two equal names one is unique, so a list of one says: this stage",
        ItemsPath: "$.c.stages",
        ItemSelector: {
          "stage.$": "$$.Map.Item.Value",
          "from.$": "States.ArrayUnique(States.Array($$.Map.Item.Value.name, $.first))",
          "until.$": "States.ArrayUnique(States.Array($$.Map.Item.Value.name, $.last))",
        },
        ItemProcessor: {
          ProcessorConfig: { Mode: "INLINE" },
          StartAt: look,
          States: {
            [look]: {
              Type: "Choice",
              Choices: [
                { Variable: "$.stage.index", NumericEquals: NOBODY.index, Next: isBoth },
                { And: [isHere("from"), isHere("until")], Next: isBoth },
                { ...isHere("from"), Next: isFrom } as Condition & { Next: string },
                { ...isHere("until"), Next: isUntil } as Condition & { Next: string },
              ],
              Default: isNone,
            },
            [isBoth]: result(index, index),
            [isFrom]: { Type: "Pass", Parameters: { "from.$": index, until: [] }, End: true },
            [isUntil]: { Type: "Pass", Parameters: { from: [], "until.$": index }, End: true },
            [isNone]: { Type: "Pass", Result: { from: [], until: [] }, End: true },
          },
        },
        ResultPath: "$.found",
        Next: S.readEnds,
      },
    ],
    [
      S.readEnds,
      {
        Type: "Pass",
        Parameters: { ...keep, "from.$": "$.found[*].from[*]", "until.$": "$.found[*].until[*]" },
        Next: S.checkEnds,
      },
    ],
    [
      S.checkEnds,
      {
        Type: "Choice",
        Choices: [
          {
            And: [given("from"), { Not: { Variable: "$.from[1]", IsPresent: true } }],
            Next: S.unknownFrom,
          },
          {
            And: [given("until"), { Not: { Variable: "$.until[1]", IsPresent: true } }],
            Next: S.unknownUntil,
          },
          {
            And: [
              { Variable: "$.from[1]", IsPresent: true },
              { Variable: "$.until[1]", IsPresent: true },
              { Variable: "$.from[1]", NumericGreaterThanPath: "$.until[1]" },
            ],
            Next: S.twisted,
          },
        ],
        Default: S.ends,
      },
    ],
    fail(S.unknownFrom, "States.Format('unknown stage {} in from; known: {}', $.sel.from, $.c.known.stages)"),
    fail(S.unknownUntil, "States.Format('unknown stage {} in until; known: {}', $.sel.until, $.c.known.stages)"),
    fail(
      S.twisted,
      "States.Format('from {} comes after until {}; the order: {}', $.sel.from, $.sel.until, $.c.known.stages)",
    ),
  ];
}
