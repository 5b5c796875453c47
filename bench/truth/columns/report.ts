/** Prints what came of judged queries. */

import { count, percent, print } from "../print.ts";
import type { Judged } from "./judge.ts";

/** Errors of queries that Spark takes. True where there are few enough. */
export function falseErrors(what: string, judged: readonly Judged[], accepted: number, list: boolean): boolean {
  const wrong = judged.filter(({ refused, errors }) => refused === undefined && errors.length > 0);
  const isGood = judged.length > 0 && wrong.length <= accepted * judged.length;
  print(
    `${what.padEnd(16)} ${count(judged.length)} queries ${count(wrong.length)} false errors ${percent(wrong.length, judged.length)} with columns${isGood ? "" : "  too many"}`,
  );
  if (list)
    for (const { query, sql, errors } of wrong)
      for (const { code, at, message } of errors)
        print(`  ${code} ${query}:${at.line}:${at.column}: ${message}: ${sql.replace(/\s+/g, " ").slice(0, 200)}`);
  return isGood;
}

/** Result columns whose names are Spark's. True where enough of them are. */
export function equalNames(what: string, judged: readonly Judged[], wanted: number, list: boolean): boolean {
  const columns = judged.flatMap(({ query, columns }) => columns.map((column) => ({ ...column, query })));
  const of = (verdict: string) => columns.filter((each) => each.verdict === verdict);
  const [equal, wrong, unknown] = [of("equal"), of("wrong"), of("unknown")];
  const isGood = equal.length >= wanted * columns.length && wrong.length <= (1 - wanted) * columns.length;
  print(
    `${what.padEnd(16)} ${count(columns.length)} columns ${count(equal.length)} named as Spark names them ${percent(equal.length, columns.length)} ${count(unknown.length)} not known ${count(wrong.length)} wrong${isGood ? "" : "  too few"}`,
  );
  if (list) for (const { query, text } of wrong) print(`  ${query}: ${text}`);
  if (list) for (const query of new Set(unknown.map((each) => each.query))) print(`  ${query}: not known`);
  return isGood;
}

/** Conditions of Spark's analyzer for which names alone are enough. */
const OF_NAMES =
  /^(UNRESOLVED_COLUMN|AMBIGUOUS_REFERENCE|NUM_COLUMNS_MISMATCH|UNRESOLVED_ROUTINE|WRONG_NUM_ARGS|COLUMN_ALREADY_EXISTS|AMBIGUOUS_LATERAL)/;

/** Queries that Spark refuses for a name: how many `check` finds. No goal: most of them have forms that are rare. */
export function foundNames(what: string, judged: readonly Judged[], list: boolean): void {
  const refused = judged.filter((each) => each.refused !== undefined && OF_NAMES.test(each.refused));
  const missed = refused.filter(({ errors }) => errors.length === 0);
  print(
    `${what.padEnd(16)} ${count(refused.length)} refused for a name, ${count(refused.length - missed.length)} found ${percent(refused.length - missed.length, refused.length)}`,
  );
  if (list)
    for (const { query, sql, refused: condition } of missed)
      print(`  ${condition} ${query}: ${sql.replace(/\s+/g, " ").slice(0, 200)}`);
}
