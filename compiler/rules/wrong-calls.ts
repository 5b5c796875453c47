/** Rules on calls of functions, in queries and in expressions of expectations. */

import type { CompilerCode } from "../codes.ts";
import type { WrongCall } from "../parse/sql/calls.ts";
import { expressionCalls } from "../read/expressions.ts";
import { type Rule, rule } from "./rule.ts";

/** A rule on some wrong calls. */
export function wrongCalls(
  code: CompilerCode,
  isMeant: (call: WrongCall) => boolean,
  words: (call: WrongCall) => readonly [message: string, help: string],
): Rule {
  return rule(code, {
    sql({ facts, at }, _, report) {
      for (const call of facts.wrongCalls.filter(isMeant)) {
        const [message, help] = words(call);
        report({ at: at(call), message, help });
      }
    },
    expectation({ body }, _, report, { factsOf }) {
      if (body.kind !== "expression") return;
      for (const call of expressionCalls(body.sql.value, factsOf).filter(isMeant)) {
        const [message, help] = words(call);
        report({ at: body.sql.at, message, help });
      }
    },
  });
}
