/**
 * What of a text would leave the sandbox of a query: run programs, call Java, read files, load what a catalog names.
 *
 * Read from Spark's own tokens, so that it holds for texts that do not parse, too (tried on Spark 4.1.1:
 * glue/tests/test_reach.py).
 */

import type { Extent } from "./extent.ts";
import { type Token as Lexeme, lex } from "./lexer.ts";

/** One token, as this file looks at it. */
interface Token extends Extent {
  readonly kind: "word" | "quoted" | "text" | "sign";
  /** A name without its backticks; anything else as written. */
  readonly text: string;
}

function tokenOf({ kind, text, start, end }: Lexeme): Token {
  const place = { offset: start, length: end - start };
  if (kind === "quoted") return { kind, text: text.slice(1, -1).replaceAll("``", "`"), ...place };
  return { kind: kind === "number" ? "word" : kind === "word" || kind === "text" ? kind : "sign", text, ...place };
}

/** What is reached. */
export type ReachKind =
  /** `TRANSFORM (…) USING 'program'`, and the same of MAP and REDUCE. */
  | "program"
  /** A function that calls any method of Java. */
  | "java"
  /** `IDENTIFIER(…)(…)`: a function that is named at run time. */
  | "named_at_run_time"
  /** `IDENTIFIER(…)` as a table. */
  | "table_at_run_time"
  /** `db.f(…)`: a function that a catalog holds, with a jar to load. */
  | "catalog_function"
  /** `text.`/path``. */
  | "file"
  /** `system.session.sessions`: a table that the engine keeps about itself. */
  | "engine_table"
  /** A statement that is not a query. */
  | "statement"
  /** Functions whose XML may name a document type to fetch. */
  | "document_type"
  /** A schema that the options of a function name by its path. */
  | "schema_file"
  /** Athena: `USING EXTERNAL FUNCTION`, a Lambda function. */
  | "lambda";

/** Where a text reaches out. */
export interface Reach extends Extent {
  readonly kind: ReachKind;
  /** The name that does it, as written. */
  readonly name: string;
}

const JAVA = ["reflect", "java_method", "try_reflect"];
/** Functions that take the path of a schema, or the name of a class, as an argument. */
const SCHEMA_FILES = ["from_protobuf", "to_protobuf"];
/** Functions whose options may name a schema's file, and how many arguments stand before the options. */
const BEFORE_OPTIONS: ReadonlyMap<string, number> = new Map([
  ["from_xml", 2],
  ["schema_of_xml", 1],
  ["from_avro", 2],
  ["schema_of_avro", 1],
]);
const XPATH = /^xpath(_(boolean|double|float|int|long|number|short|string))?$/;

/** Namespaces of functions that Spark and the session have themselves. */
const OWN_NAMESPACES = ["builtin", "session"];

/** Data sources that read a path in place of a table; a class by its full name does, too. */
export const FORMATS = "parquet csv json orc text avro delta iceberg hudi xml binaryfile arrow".split(" ");

const FIRST_WORDS = ["select", "with", "from", "values", "table", "map", "reduce"];
const CLAUSES = "select from where group having order sort cluster distribute window limit".split(" ");

/** Everything in a text, or in its tokens, that reaches out, in order. */
export function reachesOf(source: string | readonly Lexeme[]): Reach[] {
  const tokens = (typeof source === "string" ? lex(source).tokens : source).map(tokenOf);
  const clauses = clausesOf(tokens);
  const first = firstWord(tokens);
  return tokens.flatMap((token, index): Reach[] => {
    const kind = kindOf(tokens, index, clauses) ?? (index === first && !isQuery(token) ? "statement" : undefined);
    return kind === undefined ? [] : [{ kind, name: token.text, offset: token.offset, length: token.length }];
  });
}

function kindOf(
  tokens: readonly Token[],
  index: number,
  clauses: readonly (string | undefined)[],
): ReachKind | undefined {
  const word = nameOf(tokens[index]);
  if (word === undefined) return undefined;
  const after = tokens[index + 1];
  if (isStatement(word, nameOf(after))) return "statement";
  if (word === "using" && tokens[index]?.kind === "word") {
    if (after?.kind === "text" || isSign(after, ":") || isSign(after, "?")) return "program";
    return nameOf(after) === "external" ? "lambda" : undefined;
  }
  const inTables = isTable(tokens, index, clauses[index]);
  if (inTables && isFile(tokens, index)) return "file";
  if (inTables && word === "system" && [1, 3].every((at) => isSign(tokens[index + at], "."))) return "engine_table";
  if (!isSign(after, "(")) return undefined;
  if (word === "identifier") {
    if (isSign(tokens[closing(tokens, index + 1) + 1], "(")) return "named_at_run_time";
    return inTables ? "table_at_run_time" : undefined;
  }
  return callKind(word, tokens, index);
}

/** A call of `word`, whose bracket follows. */
function callKind(word: string, tokens: readonly Token[], index: number): ReachKind | undefined {
  if (JAVA.includes(word)) return "java";
  if (XPATH.test(word)) return "document_type";
  if (SCHEMA_FILES.includes(word)) return "schema_file";
  const before = BEFORE_OPTIONS.get(word);
  if (before !== undefined && !arePlainOptions(tokens, index + 1, before)) return "schema_file";
  const namespace = isSign(tokens[index - 1], ".") ? nameOf(tokens[index - 2]) : undefined;
  return namespace !== undefined && !OWN_NAMESPACES.includes(namespace) ? "catalog_function" : undefined;
}

/** A multi-insert begins as a query does; so does a change behind WITH. */
function isStatement(word: string, after: string | undefined): boolean {
  return (
    (word === "insert" && (after === "into" || after === "overwrite")) ||
    (word === "merge" && after === "into") ||
    (word === "delete" && after === "from")
  );
}

/** A format, or the full name of a class, and a path. */
function isFile(tokens: readonly Token[], index: number): boolean {
  const [source, dot, path, more] = tokens.slice(index, index + 4);
  if (!isSign(dot, ".") || nameOf(path) === undefined || isSign(more, ".")) return false;
  return FORMATS.includes(nameOf(source) ?? "") || source?.text.includes(".") === true;
}

/** In the place of a table: behind FROM, JOIN or TABLE, or in the list behind FROM. */
function isTable(tokens: readonly Token[], index: number, clause: string | undefined): boolean {
  const [earlier, before] = [nameOf(tokens[index - 2]), tokens[index - 1]];
  const word = nameOf(before);
  if (word === "from" || word === "join" || word === "table") return true;
  if (isSign(before, "(")) return clause === "from" || earlier === "table";
  return clause === "from" && isSign(before, ",");
}

/** The clause that each token is in; brackets begin in the clause that they are in. */
function clausesOf(tokens: readonly Token[]): (string | undefined)[] {
  const levels: (string | undefined)[] = [undefined];
  return tokens.map((token) => {
    const word = token.kind === "word" ? token.text.toLowerCase() : "";
    if (isSign(token, "(")) levels.push(levels.at(-1));
    else if (isSign(token, ")") && levels.length > 1) levels.pop();
    else if (CLAUSES.includes(word)) levels[levels.length - 1] = word;
    return levels.at(-1);
  });
}

/** True if the options are left out, or a `map(…)` of plain texts that name no schema's file. */
function arePlainOptions(tokens: readonly Token[], opening: number, before: number): boolean {
  const end = closing(tokens, opening);
  // By name an argument may come in any order.
  if (tokens.slice(opening, end).some((token) => isSign(token, "=>"))) return false;
  let [depth, commas, at] = [0, 0, opening];
  for (; at < end && commas < before; at += 1) {
    if (isSign(tokens[at], "(")) depth += 1;
    if (isSign(tokens[at], ")")) depth -= 1;
    if (isSign(tokens[at], ",") && depth === 1) commas += 1;
  }
  const options = tokens.slice(at, end);
  const texts = options.flatMap((token) => (token.kind === "text" ? token.text.replace(/^[rR]?['"]|['"]$/g, "") : []));
  // Texts beside each other are one text.
  if (/rowvalidationxsdpath|avroschemaurl|\\/i.test(texts.join(""))) return false;
  return options.every(
    (token, index) => token.kind === "text" || (index === 0 && nameOf(token) === "map") || /^[(),]$/.test(token.text),
  );
}

/** Index of the bracket that closes the one at an index; that of the last token where none does. */
function closing(tokens: readonly Token[], opening: number): number {
  let depth = 0;
  for (let at = opening; at < tokens.length; at += 1) {
    if (isSign(tokens[at], "(")) depth += 1;
    if (isSign(tokens[at], ")")) depth -= 1;
    if (depth === 0) return at;
  }
  return tokens.length - 1;
}

function isQuery(first: Token): boolean {
  return first.kind === "word" && FIRST_WORDS.includes(first.text.toLowerCase());
}

/** Index of the first token behind opening brackets. */
function firstWord(tokens: readonly Token[]): number {
  return tokens.findIndex((token) => !isSign(token, "("));
}

/** A name in lower case, as Spark compares it. */
function nameOf(token: Token | undefined): string | undefined {
  return token?.kind === "word" || token?.kind === "quoted" ? token.text.toLowerCase() : undefined;
}

function isSign(token: Token | undefined, sign: string): boolean {
  return token?.kind === "sign" && token.text === sign;
}
