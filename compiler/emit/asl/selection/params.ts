/** `params`: the plan's defaults under the input's values; nothing unknown, nothing missing. */

import type { Plan } from "../../../plan/types.ts";
import type { Condition, State } from "../types.ts";
import { fail, S } from "./names.ts";

/** Defaults, then unknown and missing ones. */
export function parameterChecks(plan: Plan): [string, State][] {
  const names = plan.params.map(({ name }) => name);
  const missing = names.map((name): Condition => ({ Variable: `$.params.${name}`, IsNull: true }));
  const scalar = (name: string): Condition => ({
    Or: [
      { Variable: `$.params.${name}`, IsString: true },
      { Variable: `$.params.${name}`, IsNumeric: true },
      { Variable: `$.params.${name}`, IsBoolean: true },
    ],
  });
  const odd = names.map((name): Condition => ({ Not: scalar(name) }));
  const rest = { "c.$": "$.c", "sel.$": "$.sel", "stages.$": "$.stages", "datasets.$": "$.datasets" };
  return [
    [
      S.params,
      {
        Type: "Pass",
        Parameters: {
          ...rest,
          "params.$": "States.JsonMerge($.c.params, $.sel.params, false)",
          "counted.$": "States.JsonMerge($.c.countable, $.sel.params, false)",
        },
        Next: S.countParams,
      },
    ],
    [
      S.countParams,
      {
        Type: "Pass",
        Parameters: { ...rest, "params.$": "$.params", "count.$": "States.ArrayLength($.counted[*])" },
        Next: S.checkParams,
      },
    ],
    [
      S.checkParams,
      {
        Type: "Choice",
        Choices: [
          { Variable: "$.count", NumericGreaterThan: names.length + 2, Next: S.unknownParam },
          ...(missing.length > 0
            ? [
                { Or: missing, Next: S.missingParam },
                { Or: odd, Next: S.wrongParams },
              ]
            : []),
        ],
        Default: S.findEnds,
      },
    ],
    fail(
      S.unknownParam,
      "States.Format('unknown parameter among {}; known: {}', States.JsonToString($.sel.params), $.c.known.params)",
    ),
    ...(names.length === 0
      ? []
      : [
          fail(
            S.missingParam,
            "States.Format('a parameter without default has no value; given: {}; declared: {}', States.JsonToString($.sel.params), $.c.known.params)",
          ),
        ]),
  ];
}
