/** Types of Spark, and what people of other databases write for them. */

import { nearest } from "../../nearest.ts";
import type { SyntaxMistake } from "./facts.ts";
import { mistake } from "./finders.ts";
import { CLAUSES } from "./grammar.ts";
import type { Token } from "./lexer.ts";

const TYPES =
  "ARRAY BIGINT BINARY BOOLEAN BYTE CHAR CHARACTER DATE DEC DECIMAL DOUBLE FLOAT GEOGRAPHY GEOMETRY INT INTEGER INTERVAL LONG MAP NUMERIC REAL SHORT SMALLINT STRING STRUCT TIME TIMESTAMP TIMESTAMP_LTZ TIMESTAMP_NTZ TINYINT VARCHAR VARIANT VOID".split(
    " ",
  );
/** Types of other databases. */
const MEANT: Readonly<Record<string, string>> = {
  TEXT: "STRING",
  NVARCHAR: "STRING",
  VARCHAR2: "STRING",
  CLOB: "STRING",
  UUID: "STRING",
  DATETIME: "TIMESTAMP",
  TIMESTAMPTZ: "TIMESTAMP",
  NUMBER: "DECIMAL",
  BOOL: "BOOLEAN",
  INT8: "BIGINT",
  INT64: "BIGINT",
  INT32: "INT",
  INT4: "INT",
  FLOAT8: "DOUBLE",
  FLOAT64: "DOUBLE",
  SIGNED: "BIGINT",
  UNSIGNED: "BIGINT",
  BLOB: "BINARY",
  JSON: "VARIANT",
};

/** The type of `CAST(a AS …)` and `a::…`, where the grammar stops at it or behind it. `call`: the function whose brackets it is in. */
export function castMistake(tokens: readonly Token[], at: number, call: string): SyntaxMistake | undefined {
  for (const before of [at - 1, at - 2]) {
    const token = tokens[before];
    if (token?.text === "::" || (token?.upper === "AS" && /^(TRY_)?CAST$/.test(call)))
      return typeMistake(token, tokens[before + 1], tokens[before + 2]);
  }
  return undefined;
}

function typeMistake(before: Token, type: Token | undefined, next: Token | undefined) {
  if (type === undefined || type.kind !== "word" || (CLAUSES.has(type.upper) && type.upper !== "INTERVAL"))
    return type?.kind === "quoted" || type?.text === "("
      ? undefined
      : mistake(before, before, `no type is behind \`${before.text}\``, "write one, such as `STRING`");
  if (!TYPES.includes(type.upper)) {
    const meant = MEANT[type.upper] ?? nearest(type.upper, TYPES);
    const help = meant === undefined ? "write a type of Spark, such as `STRING`" : `write \`${meant}\``;
    return mistake(type, type, `Spark has no type \`${type.text}\``, help, meant);
  }
  if (/^(ARRAY|MAP|STRUCT)$/.test(type.upper) && next?.text !== "<" && next?.text !== "<>")
    return mistake(type, type, `\`${type.text}\` lacks the types of its parts`, "write them, as in `ARRAY<STRING>`");
  if (/^(VARCHAR|CHAR|CHARACTER)$/.test(type.upper) && next?.text !== "(")
    return mistake(type, type, `\`${type.text}\` lacks its length`, "write `STRING`");
  return undefined;
}
