/**
 * JSON text → tree, by `jsonc-parser` (Microsoft's, as in VS Code): it goes on behind a mistake, knows offsets and
 * takes `__proto__` for a key like others. Its extensions (comments, trailing commas) are refused: other tools read
 * these files too.
 */

import {
  createScanner,
  type Node,
  type ParseError,
  type ParseErrorCode,
  parseTree,
  printParseErrorCode,
} from "jsonc-parser";
import { diagnostic, type Fix, type Place } from "../diagnostics.ts";
import type { Collect } from "./collect.ts";
import type { LocatedText } from "./text.ts";
import type { Entry, ScalarNode, TreeNode } from "./tree.ts";

/** Deeper nesting than any configuration has; beyond it a recursive reader could overflow its stack. */
export const MAX_DEPTH = 64;

const EXPLAIN: Partial<Record<ReturnType<typeof printParseErrorCode>, readonly [message: string, help: string]>> = {
  InvalidSymbol: [
    "invalid JSON value",
    "put strings in double quotes; the only bare words are `true`, `false` and `null`",
  ],
  InvalidNumberFormat: ["invalid JSON number", "write it like `1`, `-2.5` or `1e6`"],
  PropertyNameExpected: ["expected a key in double quotes", 'write `"key": value`; no comma follows the last entry'],
  ValueExpected: ["expected a value", "add the value, or remove the comma or colon before it"],
  ColonExpected: ["expected `:` between key and value", 'write `"key": value`'],
  CommaExpected: ["expected `,`", "put a comma between two entries"],
  CloseBraceExpected: ["the object is not closed", "add the missing `}`"],
  CloseBracketExpected: ["the array is not closed", "add the missing `]`"],
  EndOfFileExpected: ["unexpected text after the value", "a JSON file contains one value"],
  InvalidCommentToken: ["JSON has no comments", "remove the comment"],
  UnexpectedEndOfComment: ["JSON has no comments", "remove the comment"],
  UnexpectedEndOfString: ["the string is not closed", 'add the missing `"`; write `\\n` for a line break'],
  UnexpectedEndOfNumber: ["the number is incomplete", "write it like `1`, `-2.5` or `1e6`"],
  InvalidUnicode: ["invalid `\\u` escape", "write four hex digits after `\\u`"],
  InvalidEscapeCharacter: ["unknown escape", "write `\\\\` for a backslash"],
  InvalidCharacter: ["a string contains a control character", "write an escape, for example `\\n` or `\\t`"],
};

/** Reads a JSON file; undefined where nothing can be made of it. Mistakes go to `collect`. */
export function readJson(source: LocatedText, collect: Collect): TreeNode | undefined {
  const deep = depthExceeded(source.text);
  if (deep !== undefined) {
    collect(
      diagnostic({
        code: "S005",
        at: source.place(deep),
        message: `the file is nested more than ${MAX_DEPTH} levels deep`,
        help: "a stage is an array of names and a dataset an object of plain values",
      }),
    );
    return undefined;
  }
  if (source.text.trim() === "") {
    const help = "write one JSON value, for example `{}`";
    collect(diagnostic({ code: "S001", at: source.place(0), message: "the file is empty", help }));
    return undefined;
  }
  const errors: ParseError[] = [];
  const root = parseTree(source.text, errors, { disallowComments: true, allowTrailingComma: false });
  for (const error of firstOfEachLine(errors, source)) collect(syntaxError(error, source));
  if (errors.length > 0 || root === undefined) return undefined;
  let isWhole = true;
  const tree = convert(root, source, (each) => {
    if (each.code === "S001") isWhole = false;
    collect(each);
  });
  return isWhole ? tree : undefined;
}

/** The text of one value without the white space between its tokens: nothing else is changed. */
export function compactJson(text: string): string {
  const scanner = createScanner(text, true);
  let compact = "";
  // SyntaxKind.EOF is a const enum, which type stripping cannot inline: 17.
  while ((scanner.scan() as number) !== 17)
    compact += text.slice(scanner.getTokenOffset(), scanner.getTokenOffset() + scanner.getTokenLength());
  return compact;
}

function depthExceeded(text: string): number | undefined {
  const scanner = createScanner(text, true);
  let depth = 0;
  for (let kind = scanner.scan() as number; kind !== 17; kind = scanner.scan() as number) {
    if (kind === 1 || kind === 3) depth += 1; // { [
    if (kind === 2 || kind === 4) depth -= 1; // } ]
    if (depth > MAX_DEPTH) return scanner.getTokenOffset();
  }
  return undefined;
}

/** One slip often makes the parser stumble several times on a line; the first is the cause. */
function firstOfEachLine(errors: readonly ParseError[], source: LocatedText): ParseError[] {
  const seen = new Set<number>();
  return errors.filter((error) => {
    const line = source.place(error.offset).line;
    return seen.has(line) ? false : seen.add(line) !== undefined;
  });
}

function syntaxError(error: ParseError, source: LocatedText) {
  const name = printParseErrorCode(error.error as ParseErrorCode);
  const [message, help] = EXPLAIN[name] ?? [name, "correct the JSON"];
  const at = source.place(error.offset, error.length);
  return diagnostic({ code: "S001", at, message, help, fixes: commaFixes(name, error.offset, source) });
}

/** A comma behind the last entry has one meaning; where one is missing, something else may be, too. */
function commaFixes(name: string, offset: number, { path, text, range }: LocatedText): Fix[] {
  const end = text.slice(0, offset).trimEnd().length;
  if (name === "CommaExpected")
    return [{ safe: false, title: "add the comma", edits: [{ file: path, range: range(end, 0), text: "," }] }];
  if (!/[\]}]/.test(text[offset] ?? "") || text[end - 1] !== ",") return [];
  return [{ safe: true, title: "delete the comma", edits: [{ file: path, range: range(end - 1, 1), text: "" }] }];
}

function convert(node: Node, source: LocatedText, collect: Collect): TreeNode {
  const at = source.place(node.offset, firstLineLength(node, source));
  if (node.type === "object") {
    const entries = (node.children ?? []).map((property) => entryOf(property, source, collect));
    reportDuplicates(entries, collect);
    return { kind: "object", at, entries, offset: node.offset, length: node.length };
  }
  if (node.type === "array") {
    const items = (node.children ?? []).map((child) => convert(child, source, collect));
    return { kind: "array", at, items, offset: node.offset, length: node.length };
  }
  const value = node.value as ScalarNode["value"];
  const text = typeof value === "string" ? value : source.text.slice(node.offset, node.offset + node.length);
  reportHalfCharacter("S001", text, at, collect);
  return { kind: "scalar", at, value, text };
}

function entryOf(property: Node, source: LocatedText, collect: Collect): Entry {
  const [key, value] = property.children ?? [];
  if (!key || !value) throw new Error("a property without key or value is a syntax error, reported before");
  const name = { value: String(key.value), at: source.place(key.offset, key.length) };
  reportHalfCharacter("S001", name.value, name.at, collect);
  return {
    key: name,
    value: convert(value, source, collect),
  };
}

/** A frame underlines one line only. */
function firstLineLength(node: Node, source: LocatedText): number {
  const end = source.text.slice(node.offset, node.offset + node.length).search(/[\r\n]/);
  return end < 0 ? node.length : end;
}

/** True for a text that is reported: UTF-8 has no form of half a pair, so no file, log or argument could hold it. Shared with YAML. */
export function reportHalfCharacter(code: "S001" | "S002", text: string, at: Place, collect: Collect): boolean {
  if (text.isWellFormed()) return false;
  const message = "the text has one half of a character: an escape from `\\ud800` to `\\udfff` without its other half";
  collect(diagnostic({ code, at, message, help: "write the character itself" }));
  return true;
}

/** Shared with YAML, whose parser lets them pass. */
export function reportDuplicates(entries: readonly Entry[], collect: Collect): void {
  const first = new Map<string, Entry>();
  for (const entry of entries) {
    const earlier = first.get(entry.key.value);
    if (earlier === undefined) {
      first.set(entry.key.value, entry);
      continue;
    }
    collect(
      diagnostic({
        code: "S003",
        at: entry.key.at,
        message: `the object has the key ${JSON.stringify(entry.key.value)} twice`,
        help: "remove or rename one of them: most readers silently keep the last",
        notes: [{ place: earlier.key.at, message: "the first one" }],
      }),
    );
  }
}
