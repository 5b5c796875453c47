/** YAML text → tree, by `yaml`. `pipeline.yaml` needs no aliases and merge keys, so they are refused there; Pulumi reads them in its settings. */

import {
  type Alias,
  type CST,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  Parser,
  parseDocument,
} from "yaml";
import { diagnostic } from "../diagnostics.ts";
import type { Collect } from "./collect.ts";
import { MAX_DEPTH, reportDuplicates, reportHalfCharacter } from "./json.ts";
import type { LocatedText } from "./text.ts";
import type { Entry, TreeNode } from "./tree.ts";

/** Most aliases that are followed in one file: each refers to a tree that may hold further ones. */
const MAX_ALIASES = 100;

/** Tags that say what is read anyway. */
const KNOWN_TAG = /^(!|tag:yaml\.org,2002:(str|int|float|bool|null|map|seq))$/;

const TOO_DEEP = `the file is nested more than ${MAX_DEPTH} levels deep`;

/** What reading a file needs in each step. */
interface Reading {
  readonly source: LocatedText;
  readonly collect: Collect;
  /** Are aliases and merge keys followed? */
  readonly follows: boolean;
  /** Node that an alias refers to, or why there is none. */
  readonly resolve: (alias: Alias) => Node | string;
}

/**
 * Reads a YAML file; an empty file is an empty object, undefined where nothing can be made of it.
 *
 * @param options.aliases follows `*name` and `<<` instead of refusing them; default: false
 */
export function readYaml(
  source: LocatedText,
  collect: Collect,
  options: { readonly aliases?: boolean } = {},
): TreeNode | undefined {
  const document = parseDocument(source.text, {
    uniqueKeys: false,
    lineCounter: new LineCounter(),
    prettyErrors: false,
  });
  // `yaml` makes nodes by recursion, and reports wherever the stack was too small.
  if (document.errors.some(({ code }) => code === "RESOURCE_EXHAUSTION"))
    return refuse("S005", source.place(firstTooDeep(source.text)), TOO_DEEP, collect);
  const problems = [...document.errors, ...document.warnings];
  for (const error of problems) {
    collect(
      diagnostic({
        code: "S002",
        at: source.place(error.pos[0], error.pos[1] - error.pos[0]),
        message:
          error.code === "MULTIPLE_DOCS"
            ? "the file holds more than one YAML document"
            : `invalid YAML: ${lowerFirst(firstLine(error.message))}`,
        help:
          error.code === "MULTIPLE_DOCS"
            ? "remove the line `---` and what is after it"
            : error.code === "TAG_RESOLVE_FAILED" || error.code === "BAD_DIRECTIVE"
              ? "delete it: values are read as they are written"
              : "indent with spaces, close what is open, and put text that contains `: ` or ` #` in quotes",
      }),
    );
  }
  if (problems.length > 0) return undefined;
  if (document.contents === null) return { kind: "object", at: source.place(0), entries: [], offset: 0, length: 0 };
  const follows = options.aliases === true;
  const resolve = follows ? follow(document) : (alias: Alias) => `the alias \`*${alias.source}\` is not read here`;
  const seen = new Set<string>();
  const once: Collect = (each) => {
    // What an alias refers to is read again with each of them.
    const text = JSON.stringify(each);
    if (!seen.has(text)) collect(each);
    seen.add(text);
  };
  return convert(document.contents as Node, { source, collect: once, follows, resolve }, 0);
}

/** Offset of the first collection that is nested too deeply, by `yaml`'s tokens, which it reads without recursion. */
function firstTooDeep(text: string): number {
  const within = (token: CST.Token | null | undefined, depth: number): number | undefined => {
    if (!token || !("items" in token)) return undefined;
    if (depth > MAX_DEPTH) return token.offset;
    for (const { key, value } of token.items) {
      const found = within(key, depth + 1) ?? within(value, depth + 1);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  for (const token of new Parser().parse(text)) {
    const found = token.type === "document" ? within(token.value, 0) : undefined;
    if (found !== undefined) return found;
  }
  return 0;
}

function follow(document: Document.Parsed): Reading["resolve"] {
  let left = MAX_ALIASES;
  return (alias) => {
    left -= 1;
    if (left === 0) return `the file uses more than ${MAX_ALIASES} aliases, those inside others counted`;
    // The rest of such a file is not read: one message is enough.
    if (left < 0) return document.createNode(null);
    return alias.resolve(document) ?? `no anchor \`&${alias.source}\` comes before the alias`;
  };
}

function convert(node: Node, reading: Reading, depth: number): TreeNode | undefined {
  const { source, collect } = reading;
  const [start, end] = node.range ?? [0, 1];
  const at = source.place(start, firstLine(source.text.slice(start, end)).length);
  if (depth > MAX_DEPTH) return refuse("S005", at, TOO_DEEP, collect);
  if ("tag" in node && node.tag !== undefined && !KNOWN_TAG.test(node.tag))
    return refuse("S002", at, `the tag \`${node.tag.replace("tag:yaml.org,2002:", "!!")}\` is not read here`, collect);
  if (isAlias(node)) {
    const meant = reading.resolve(node);
    return typeof meant === "string" ? refuse("S002", at, meant, collect) : convert(meant, reading, depth + 1);
  }
  if (isMap(node)) {
    const pairs = node.items.map((pair) => pair as Pair<Node, Node | null>);
    const entries = pairs.filter((pair) => !isMerge(pair, reading)).flatMap((pair) => entryOf(pair, reading, depth));
    reportDuplicates(entries, collect);
    const merged = pairs.filter((pair) => isMerge(pair, reading)).flatMap((pair) => mergedBy(pair, reading, depth));
    const own = new Set(entries.map(({ key }) => key.value));
    const others = merged.filter(({ key }) => !own.has(key.value));
    return { kind: "object", at, entries: [...entries, ...others], offset: start, length: end - start };
  }
  if (isSeq(node)) {
    const items = node.items.map((item) => convert(item as Node, reading, depth + 1));
    return { kind: "array", at, items: items.filter((item) => item !== undefined), offset: start, length: end - start };
  }
  const value = isScalar(node) ? node.value : null;
  if (typeof value === "string" && reportHalfCharacter("S002", value, at, collect)) return undefined;
  const plain = typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null;
  return {
    kind: "scalar",
    at,
    value: plain,
    text: isScalar(node) && node.source !== undefined ? node.source : String(plain),
  };
}

/** `<<: …`, where aliases are followed. */
function isMerge({ key }: Pair<Node, Node | null>, { follows }: Reading): boolean {
  return follows && isScalar(key) && key.value === "<<" && key.type === "PLAIN";
}

/** Entries of the objects that a merge key names; the first of two with one key counts. */
function mergedBy({ value }: Pair<Node, Node | null>, reading: Reading, depth: number): Entry[] {
  const node = value === null ? undefined : convert(value, reading, depth + 1);
  const objects = node?.kind === "array" ? node.items : [node];
  const entries = objects.flatMap((each) => (each?.kind === "object" ? each.entries : []));
  return [...new Map([...entries].reverse().map((entry) => [entry.key.value, entry])).values()].reverse();
}

function entryOf(pair: Pair<Node, Node | null>, reading: Reading, depth: number): Entry[] {
  const { source, collect } = reading;
  const [start, end] = pair.key.range ?? [0, 1];
  const at = source.place(start, end - start);
  const key = isScalar(pair.key) ? pair.key : undefined;
  if (key === undefined) {
    refuse("S002", at, "a key must be plain text", collect);
    return [];
  }
  // `source` is the text as written: a key `1.0` stays `1.0`.
  const name = typeof key.value === "string" ? key.value : (key.source ?? String(key.value));
  if (reportHalfCharacter("S002", name, at, collect)) return [];
  const value = pair.value
    ? convert(pair.value, reading, depth + 1)
    : { kind: "scalar" as const, at, value: null, text: "" };
  return value === undefined ? [] : [{ key: { value: name, at }, value }];
}

function refuse(
  code: "S002" | "S005",
  at: ReturnType<LocatedText["place"]>,
  message: string,
  collect: Collect,
): undefined {
  collect(diagnostic({ code, at, message, help: "write the values out, as plain keys and values" }));
  return undefined;
}

function lowerFirst(text: string): string {
  return `${text.charAt(0).toLowerCase()}${text.slice(1)}`;
}

function firstLine(text: string): string {
  return text.split(/[\r\n]/)[0] ?? "";
}
