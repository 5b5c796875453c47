/** The Map that both stages and crawlers are placed by. */

import type { Condition, Json, State } from "../types.ts";

/** A Map that answers `{is: [value]}` for an item that no condition skips and that has one of the datasets, else `{is: []}`. */
export function placeMap(
  name: string,
  items: string,
  selector: Record<string, Json>,
  skip: readonly Condition[],
  nobody: Condition,
  value: string,
  next: string,
): State {
  const [look, join, union, decide, yes, no] = ["look", "join", "union", "decide", "yes", "no"].map(
    (each) => `${name}: ${each}`,
  ) as [string, string, string, string, string, string];
  const own = Object.keys(selector).map((key) => key.replace(".$", ""));
  const pass = Object.fromEntries(own.map((key) => [`${key}.$`, `$.${key}`]));
  return {
    Type: "Map",
    Comment: "an item has one of the datasets if the union of both lists is shorter than the two",
    ItemsPath: items,
    ItemSelector: {
      ...selector,
      "pair.$": "States.Array($$.Map.Item.Value.datasets, $.datasets)",
      "total.$": "States.MathAdd(States.ArrayLength($$.Map.Item.Value.datasets), $.givenDatasets)",
    },
    ItemProcessor: {
      ProcessorConfig: { Mode: "INLINE" },
      StartAt: look,
      States: {
        [look]: {
          Type: "Choice",
          Choices: [{ ...nobody, Next: yes } as Condition & { Next: string }, { Or: skip, Next: no }],
          Default: join,
        },
        [join]: { Type: "Pass", Parameters: { ...pass, "total.$": "$.total", "both.$": "$.pair[*][*]" }, Next: union },
        [union]: {
          Type: "Pass",
          Parameters: { ...pass, "total.$": "$.total", "union.$": "States.ArrayLength(States.ArrayUnique($.both))" },
          Next: decide,
        },
        [decide]: {
          Type: "Choice",
          Choices: [{ Variable: "$.union", NumericLessThanPath: "$.total", Next: yes }],
          Default: no,
        },
        [yes]: { Type: "Pass", Parameters: { "is.$": `States.Array(${value})` }, End: true },
        [no]: { Type: "Pass", Result: { is: [] }, End: true },
      },
    },
    ResultPath: "$.placed",
    Next: next,
  };
}
