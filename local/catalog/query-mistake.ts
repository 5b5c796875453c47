/** What DuckDB says of a query → one sentence in the user's names, with line, column and what was meant. */

import { suggest } from "../../compiler/nearest.ts";
import { UserError } from "../user-error.ts";

const DIALECT = "correct the query; the dialect is DuckDB's";

type Told = readonly [message: string, help: string];

/** DuckDB's message → message and help. */
const MISTAKES: readonly [RegExp, (found: RegExpExecArray) => Told][] = [
  [/^Referenced column "(.+?)" not found/, (found) => [`there is no column \`${found[1]}\``, meant(found)]],
  [
    /^Table "(.+?)" does not have a column named "(.+?)"/,
    (found) => [`there is no column \`${found[1]}.${found[2]}\``, meant(found, 2)],
  ],
  [
    /^Referenced table "(.+?)" not found/,
    (found) => [`there is no table or alias \`${found[1]}\``, meant(found, 1, "table")],
  ],
  [
    /^Ambiguous reference to column name "(.+?)" \(use: (.+?)\)/,
    (found) => [`column \`${found[1]}\` is in more than one table`, `write ${names(found[2] ?? "").join(" or ")}`],
  ],
  [
    /^(?:\w+ )?Function with name (.+?) does not exist/,
    (found) => [`DuckDB has no function \`${found[1]}\``, meant(found, 1, "function")],
  ],
  [
    /^No function matches the given name and argument types '(.+?)\((.*?)\)'\./,
    (found) => [
      `\`${found[1]}\` does not take (${found[2]?.replaceAll("_LITERAL", "")})`,
      "cast the arguments, or give others",
    ],
  ],
  [
    /^column "(.+?)" must appear in the GROUP BY/,
    (found) => [
      `\`${found[1]}\` is neither in GROUP BY nor inside an aggregate function`,
      `add it to GROUP BY, or write \`any_value(${found[1]})\``,
    ],
  ],
];

/** A problem of DuckDB's with a query, as the user's. `tables`: those of the lake; `broken`: why some cannot be read. */
export function queryMistake(
  problem: unknown,
  sql: string,
  tables: readonly string[],
  broken: ReadonlyMap<string, UserError>,
): UserError {
  const text = problem instanceof Error ? problem.message : String(problem);
  const message = tidy(problem);
  const missing = /^Table with name "?(.+?)"? does not exist/.exec(message)?.[1];
  const unreadable = broken.get(missing?.toLowerCase() ?? "");
  if (unreadable !== undefined) return unreadable;
  const [said, help] = told(text, message, missing, tables);
  return new UserError(`${said}${placeOf(text, sql)}`, help);
}

/** A table that is not there is answered with the tables of the lake: DuckDB suggests its own system tables. */
function told(text: string, message: string, missing: string | undefined, tables: readonly string[]): Told {
  if (missing !== undefined) return [`there is no table \`${missing}\``, suggest(missing, tables, "table")];
  const bare = withoutClass(text);
  for (const [pattern, make] of MISTAKES) {
    const found = pattern.exec(bare);
    if (found !== null) return make(found);
  }
  return [message, DIALECT];
}

/** DuckDB's message in one line, without its class and the pointer lines. */
export function tidy(problem: unknown): string {
  const text = problem instanceof Error ? problem.message : String(problem);
  const first = withoutClass(text).split(/\n\s*\n|\nLINE |\n\s*Candidate /)[0] ?? text;
  return first.replace(/\s+/g, " ").trim();
}

function withoutClass(text: string): string {
  return text.replace(/^Failed to extract statements: /, "").replace(/^(?:[A-Z]\w* )+Error: /, "");
}

/** What DuckDB proposes, if it is near by our rule; else what it proposes of columns and tables, which may not be all. */
function meant(found: RegExpExecArray, group = 1, what = "column"): string {
  const listed = /\n(?:Candidate \w+|Did you mean)(?::| )[: ]*([^\n]*)/.exec(found.input)?.[1] ?? "";
  const known = names(listed).map((each) => each.slice(1, -1).split(".").at(-1) ?? each);
  const hint = suggest(found[group] ?? "", known, what);
  if (hint.endsWith("?")) return hint;
  // One proposal of all functions says nothing of the others.
  if (known.length === 0 || what === "function") return DIALECT;
  return what === "table"
    ? hint
    : `the nearest ${known.length === 1 ? "is" : "are"} ${known.map((each) => `\`${each}\``).join(", ")}`;
}

function names(text: string): string[] {
  return [...text.matchAll(/"((?:[^"]|"")+)"/g)].map(([, name]) => `\`${name}\``);
}

/** ` (line 1, column 8)`: DuckDB shows the line, cut at both ends where it is long, and a caret below it. */
function placeOf(text: string, sql: string): string {
  const found = /\nLINE (\d+): (.*)\n( *)\^/.exec(text);
  if (found === null) return "";
  const line = Number(found[1]);
  const shown = found[2] ?? "";
  const at = (found[3]?.length ?? 0) - `LINE ${found[1]}: `.length;
  const cut = /^\.\.\./.test(shown) ? 3 : 0;
  const part = shown.slice(cut).replace(/\.\.\.$/, "");
  const whole = sql.split("\n")[line - 1] ?? "";
  const start = whole.indexOf(part);
  if (start < 0 || whole.includes(part, start + 1)) return ` (line ${line})`;
  return ` (line ${line}, column ${start + at - cut + 1})`;
}
