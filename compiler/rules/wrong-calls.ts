/** Rules on calls of functions, in queries and in expressions of expectations. */

import type { CompilerCode } from "../codes.ts";
import { type EditableSql, offerSqlName } from "../fix/offer.ts";
import type { WrongCall } from "../parse/sql/calls.ts";
import { expressionCalls } from "../read/expressions.ts";
import { type Rule, rule } from "./rule.ts";

/** What a rule says of a call. */
export interface CallWords {
  readonly message: string;
  readonly help: string;
  /** The function that is meant, where it is certain enough to offer it. */
  readonly meant?: string | undefined;
}

/** A rule on some wrong calls. */
export function wrongCalls(
  code: CompilerCode,
  isMeant: (call: WrongCall) => boolean,
  words: (call: WrongCall) => CallWords,
): Rule {
  return rule(code, {
    sql(sql, _, report) {
      for (const call of sql.facts.wrongCalls.filter(isMeant)) {
        const { message, help, meant } = words(call);
        report({ at: sql.at(call), message, help, fixes: offers(sql, call, meant) });
      }
    },
    expectation({ body }, _, report, { factsOf }) {
      if (body.kind !== "expression") return;
      for (const call of expressionCalls(body.sql.value, factsOf).filter(isMeant)) {
        const { message, help } = words(call);
        report({ at: body.sql.at, message, help });
      }
    },
  });
}

function offers(sql: EditableSql, call: WrongCall, meant: string | undefined) {
  return meant === undefined ? [] : [offerSqlName(sql, call, meant)];
}
