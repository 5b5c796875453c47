/** Edits of a YAML text by the places of its nodes: everything else keeps every byte. */

import { isCollection, isMap, isScalar, type Node, type Pair, stringify, type YAMLMap } from "yaml";
import { type Splice, spliced } from "../../compiler/parse/text.ts";

/** Keys with values to be added to a map. A text is a scalar. */
export type Added = ReadonlyMap<string, string | Added>;

type MapPair = Pair<Node, Node | null>;

/** The text with all edits made. Of two at one place the first comes first; what is added at the end is on a line of its own. */
export function edited(text: string, edits: readonly Splice[]): string {
  const isOpen = text !== "" && !text.endsWith("\n") && edits.some(({ start }) => start === text.length);
  return isOpen
    ? spliced(
        `${text}${eolOf(text)}`,
        edits.map((each) => moved(each, text)),
      )
    : spliced(text, edits);
}

function moved(edit: Splice, text: string): Splice {
  const at = text.length + eolOf(text).length;
  return edit.start === text.length ? { ...edit, start: at, end: at } : edit;
}

/** How a text ends its lines. */
export function eolOf(text: string): string {
  return text.includes("\r\n") ? "\r\n" : "\n";
}

/** Makes edits of one text. */
export class YamlEditor {
  readonly #text: string;
  readonly #eol: string;

  constructor(text: string) {
    this.#text = text;
    this.#eol = eolOf(text);
  }

  /** Adds entries to a map behind one of its pairs, else at its beginning. */
  add(map: YAMLMap, after: MapPair | undefined, added: Added): Splice {
    if (map.flow === true) return this.#addToFlow(map, after, added);
    const [first] = map.items as MapPair[];
    const indent = this.#columnOf(startOf(first?.key));
    const lines = block(added, indent, this.#step(indent, map), this.#eol);
    return after === undefined
      ? insert(this.#lineStart(startOf(first?.key)), lines)
      : this.addLines(lastOf(after), lines);
  }

  /** Sets the value of a key that has none, or null. */
  setMissing({ key, value }: MapPair, added: Added, isFlow: boolean): Splice[] {
    const [start, end] = value?.range ?? [0, 0];
    if (isFlow && end === start) return [insert(this.#text.indexOf(":", endOf(key)) + 1, ` ${flow(added)}`)];
    if (isFlow) return [{ start, end, text: flow(added) }];
    const lines = block(added, this.#columnOf(startOf(key)) + 2, 2, this.#eol);
    if (end === start) return [this.addLines(endOf(key), lines)];
    return [{ start: this.#blankBefore(start), end, text: "" }, this.addLines(end, lines)];
  }

  /** Replaces a scalar. */
  setScalar(value: Node, text: string, isFlow: boolean): Splice {
    const [start, end] = value.range ?? [0, 0];
    const whole = isFlow ? flow(new Map([["k", text]])).slice(2, -2) : block(new Map([["k", text]]), 0, 2, "");
    return { start, end, text: whole.replace(/^k: /, "") };
  }

  /**
   * Removes pairs. In a block a line with a comment becomes a comment as a whole: what a person wrote stays.
   *
   * @param last the last pair that stays
   */
  remove(map: YAMLMap, pairs: readonly MapPair[], last: MapPair | undefined): Splice[] {
    if (map.flow !== true) return pairs.map((pair) => this.#removeLine(pair));
    const end = last === undefined ? Number.POSITIVE_INFINITY : lastOf(last);
    const tail = pairs.filter(({ key }) => startOf(key) > end);
    const tailEnd = lastOf(tail.at(-1) ?? (map.items[0] as MapPair));
    const isPlain = tail.length > 0 && !this.#text.slice(end, tailEnd).includes("#");
    const others = isPlain ? pairs.filter((pair) => !tail.includes(pair)) : pairs;
    return [
      ...(isPlain ? [{ start: end, end: tailEnd, text: "" }] : []),
      ...others.map((pair) => this.#removeWithComma(pair)),
    ];
  }

  /** Adds lines below the line of an offset. */
  addLines(offset: number, lines: string): Splice {
    const at = this.#text[offset - 1] === "\n" ? offset : this.#lineEnd(offset);
    return insert(at, lines);
  }

  #addToFlow(map: YAMLMap, after: MapPair | undefined, added: Added): Splice {
    const entries = flow(added).slice(2, -2);
    const open = (map.range?.[0] ?? 0) + 1;
    if (after !== undefined) return insert(lastOf(after), `, ${entries}`);
    return map.items.length > 0 ? insert(open, ` ${entries},`) : insert(open, ` ${entries} `);
  }

  #removeLine(pair: MapPair): Splice {
    const [start, end] = [startOf(pair.key), lastOf(pair)];
    const [from, to] = [this.#lineStart(start), this.#lineEnd(end)];
    return this.#text.slice(end, to).includes("#") ? insert(start, "# ") : { start: from, end: to, text: "" };
  }

  /** The comma behind it; one that is left at the end of a map is valid YAML. */
  #removeWithComma(pair: MapPair): Splice {
    const end = lastOf(pair);
    const behind = /^\s*,[ \t]*/.exec(this.#text.slice(end));
    return { start: startOf(pair.key), end: end + (behind?.[0].length ?? 0), text: "" };
  }

  #step(indent: number, map: YAMLMap): number {
    const inner = (map.items as MapPair[])
      .map(({ value }) => value)
      .find((value) => isMap(value) && value.flow !== true);
    const first = isMap(inner) ? (inner.items[0] as MapPair | undefined) : undefined;
    const step = first === undefined ? 2 : this.#columnOf(startOf(first.key)) - indent;
    return step > 0 ? step : 2;
  }

  #blankBefore(offset: number): number {
    return offset - (/[ \t]*$/.exec(this.#text.slice(0, offset))?.[0].length ?? 0);
  }

  /** Of a key; with `? ` before it that of the question mark. */
  #columnOf(offset: number): number {
    const before = this.#text.slice(this.#lineStart(offset), offset);
    return before.length - (/\?[ \t]+$/.exec(before)?.[0].length ?? 0);
  }

  #lineStart(offset: number): number {
    return this.#text.lastIndexOf("\n", offset - 1) + 1;
  }

  /** Behind the line's end. */
  #lineEnd(offset: number): number {
    const found = this.#text.indexOf("\n", offset);
    return found < 0 ? this.#text.length : found + 1;
  }
}

/** Entries as lines. */
export function block(added: Added, indent: number, step: number, eol: string): string {
  const lines = stringify(added, { lineWidth: 0, indent: step }).split("\n").slice(0, -1);
  return lines.map((line) => `${" ".repeat(indent)}${line}${eol}`).join("");
}

/** Entries in one line, with brackets. */
function flow(added: Added): string {
  return stringify(added, { lineWidth: 0, collectionStyle: "flow" }).trimEnd().replace(/\n\s*/g, " ");
}

function insert(at: number, text: string): Splice {
  return { start: at, end: at, text };
}

function startOf(node: Node | null | undefined): number {
  return node?.range?.[0] ?? 0;
}

function endOf(node: Node | null | undefined): number {
  return node?.range?.[1] ?? 0;
}

/** Where the last token of a pair ends: the range of a block also has the lines and comments behind it. */
function lastOf({ key, value }: MapPair): number {
  if (isCollection(value) && value.flow !== true) {
    const last = value.items.at(-1) as MapPair | Node | undefined;
    if (last === undefined) return endOf(key);
    return "key" in last ? lastOf(last) : isScalar(last) || isCollection(last) ? endOf(last) : endOf(last as Node);
  }
  return value?.range && value.range[1] > value.range[0] ? endOf(value) : endOf(key);
}
