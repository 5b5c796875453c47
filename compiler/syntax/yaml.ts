/** YAML text → tree, by `yaml`; aliases, tags and merge keys, which no part of `pipeline.yaml` needs, are refused. */

import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument } from "yaml";
import { diagnostic } from "../diagnostics.ts";
import type { Collect } from "./collect.ts";
import { MAX_DEPTH, reportDuplicates } from "./json.ts";
import type { LocatedText } from "./text.ts";
import type { Entry, TreeNode } from "./tree.ts";

/** Reads a YAML file; an empty file is an empty object, undefined where nothing can be made of it. */
export function readYaml(source: LocatedText, collect: Collect): TreeNode | undefined {
  const document = parseDocument(source.text, {
    uniqueKeys: false,
    lineCounter: new LineCounter(),
    prettyErrors: false,
  });
  for (const error of document.errors) {
    collect(
      diagnostic({
        code: "S002",
        at: source.place(error.pos[0], error.pos[1] - error.pos[0]),
        message:
          error.code === "MULTIPLE_DOCS"
            ? "the file holds more than one YAML document"
            : lowerFirst(firstLine(error.message)),
        help: "correct the YAML; indent with spaces and quote text that has `: ` or ` #` in it",
      }),
    );
  }
  if (document.errors.length > 0) return undefined;
  if (document.contents === null) return { kind: "object", at: source.place(0), entries: [], offset: 0, length: 0 };
  return convert(document.contents as Node, source, collect, 0);
}

function convert(node: Node, source: LocatedText, collect: Collect, depth: number): TreeNode | undefined {
  const [start, end] = node.range ?? [0, 1];
  const at = source.place(start, firstLine(source.text.slice(start, end)).length);
  if (depth > MAX_DEPTH) return refuse("S005", at, `the file is nested more than ${MAX_DEPTH} levels deep`, collect);
  if (isAlias(node)) return refuse("S002", at, "an alias `*name` is not read here", collect);
  if (isMap(node)) {
    const entries = node.items.flatMap((pair) => entryOf(pair as Pair<Node, Node | null>, source, collect, depth));
    reportDuplicates(entries, collect);
    return { kind: "object", at, entries, offset: start, length: end - start };
  }
  if (isSeq(node)) {
    const items = node.items.map((item) => convert(item as Node, source, collect, depth + 1));
    return { kind: "array", at, items: items.filter((item) => item !== undefined) };
  }
  const value = isScalar(node) ? node.value : null;
  const plain = typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null;
  return {
    kind: "scalar",
    at,
    value: plain,
    text: isScalar(node) && node.source !== undefined ? node.source : String(plain),
  };
}

function entryOf(pair: Pair<Node, Node | null>, source: LocatedText, collect: Collect, depth: number): Entry[] {
  const [start, end] = pair.key.range ?? [0, 1];
  const at = source.place(start, end - start);
  const key = isScalar(pair.key) ? pair.key : undefined;
  if (key === undefined) {
    refuse("S002", at, "a key must be plain text", collect);
    return [];
  }
  // `source` is the text as written: a key `1.0` stays `1.0`.
  const name = typeof key.value === "string" ? key.value : (key.source ?? String(key.value));
  const value = pair.value
    ? convert(pair.value, source, collect, depth + 1)
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
