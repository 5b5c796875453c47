/** `sources` in the text of `pipeline.yaml`: declares columns, and leaves every other byte as it is. */

import { isDeepStrictEqual } from "node:util";
import { isMap, isScalar, type Node, type Pair, parseDocument, type YAMLMap } from "yaml";
import { locate, type Splice } from "../../compiler/parse/text.ts";
import { readYaml } from "../../compiler/parse/yaml.ts";
import { readExtras } from "../../compiler/read/extras.ts";
import { type Added, block, edited, eolOf, YamlEditor } from "./edits.ts";

/** The columns of one source, all of them, in order. */
export interface Declaration {
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

type MapPair = Pair<Node, Node | null>;

/**
 * The text with these columns declared. Undefined where the text is written in a way that an edit would not survive, for
 * example with several documents: nothing of what is there may change its meaning.
 */
export function declareColumns(text: string, declarations: readonly Declaration[]): string | undefined {
  const document = parseDocument(text, { uniqueKeys: false, prettyErrors: false });
  if (document.errors.length > 0) return undefined;
  const root = document.contents as Node | null;
  const changed = edited(text, editsOf(text, root, declarations));
  return isAsMeant(text, changed, declarations) ? changed : undefined;
}

function editsOf(text: string, root: Node | null, declarations: readonly Declaration[]): Splice[] {
  const editor = new YamlEditor(text);
  const all: Added = new Map([["sources", new Map(declarations.map((each) => [each.name, entryOf(each)]))]]);
  if (!isMap(root) || root.items.length === 0) {
    return isMap(root)
      ? [editor.add(root, undefined, all)]
      : [editor.addLines(text.length, block(all, 0, 2, eolOf(text)))];
  }
  const sources = pairOf(root, "sources");
  if (sources === undefined) return [editor.add(root, root.items.at(-1) as MapPair, all)];
  const value = sources.value;
  if (!isMap(value)) return editor.setMissing(sources, all.get("sources") as Added, root.flow === true);
  const added = new Map(
    declarations.filter(({ name }) => !pairOf(value, name)).map((each) => [each.name, entryOf(each)]),
  );
  const edits = declarations.flatMap((each) => {
    const entry = pairOf(value, each.name);
    return entry === undefined ? [] : editsOfEntry(editor, value, entry, each);
  });
  return added.size === 0 ? edits : [...edits, editor.add(value, value.items.at(-1) as MapPair, added)];
}

function editsOfEntry(editor: YamlEditor, sources: YAMLMap, entry: MapPair, declaration: Declaration): Splice[] {
  const added = entryOf(declaration);
  const value = entry.value;
  if (!isMap(value)) return editor.setMissing(entry, added, sources.flow === true);
  const columns = pairOf(value, "columns");
  if (columns === undefined) return [editor.add(value, value.items.at(-1) as MapPair, added)];
  if (isMap(columns.value)) return editsOfColumns(editor, columns.value, declaration);
  return editor.setMissing(columns, columnsOf(declaration), value.flow === true);
}

function editsOfColumns(editor: YamlEditor, map: YAMLMap, { columns }: Declaration): Splice[] {
  const pairs = new Map((map.items as MapPair[]).map((pair) => [nameOf(pair), pair]));
  const wanted = new Set(columns.map(({ name }) => name));
  const edits: Splice[] = [];
  let after: MapPair | undefined;
  let waiting = new Map<string, string>();
  const flush = () => {
    if (waiting.size > 0) edits.push(editor.add(map, after, waiting));
    waiting = new Map();
  };
  for (const { name, type } of columns) {
    const pair = pairs.get(name);
    if (pair === undefined) {
      waiting.set(name, type);
      continue;
    }
    flush();
    after = pair;
    if (isScalar(pair.value) && textOf(pair.value) !== type)
      edits.push(editor.setScalar(pair.value, type, map.flow === true));
  }
  flush();
  const gone = [...pairs].flatMap(([name, pair]) => (wanted.has(name) ? [] : [pair]));
  const last = [...pairs].findLast(([name]) => wanted.has(name))?.[1];
  if (gone.length > 0) edits.push(...editor.remove(map, gone, last));
  return edits;
}

function entryOf(declaration: Declaration): Added {
  return new Map([["columns", columnsOf(declaration)]]);
}

function columnsOf({ columns }: Declaration): Added {
  return new Map(columns.map(({ name, type }) => [name, type]));
}

function pairOf(map: YAMLMap, name: string): MapPair | undefined {
  return (map.items as MapPair[]).find((pair) => nameOf(pair) === name);
}

/** As compiler/parse/yaml.ts reads a key. */
function nameOf({ key }: MapPair): string {
  return isScalar(key) ? textOf(key) : "";
}

function textOf({ value, source }: { readonly value: unknown; readonly source?: string | undefined }): string {
  return typeof value === "string" ? value : (source ?? String(value));
}

/** The compiler reads the declarations from the new text, without a mistake, and all else as before. */
function isAsMeant(before: string, after: string, declarations: readonly Declaration[]): boolean {
  let mistakes = 0;
  const tree = readYaml(locate("pipeline.yaml", after), () => (mistakes += 1));
  const known = new Map(
    (tree ? readExtras(tree, () => (mistakes += 1)).sources : []).map((each) => [each.name.value, each]),
  );
  const names = new Set(declarations.map(({ name }) => name));
  return (
    mistakes === 0 &&
    declarations.every(({ name, columns }) => isDeepStrictEqual(known.get(name)?.columns, columns)) &&
    isDeepStrictEqual(otherThan(names, before), otherThan(names, after))
  );
}

/** What a text says beside the columns of some sources. */
function otherThan(names: ReadonlySet<string>, text: string): unknown {
  const document = parseDocument(text, { uniqueKeys: false, prettyErrors: false });
  const all = document.toJS({ mapAsMap: true }) as unknown;
  const root = new Map(all instanceof Map ? all : []);
  const sources = new Map(root.get("sources") instanceof Map ? root.get("sources") : []);
  root.delete("sources");
  for (const [name, entry] of sources) {
    const rest = new Map(entry instanceof Map ? entry : []);
    if (names.has(String(name))) rest.delete("columns");
    if (rest.size > 0) sources.set(name, rest);
    else if (names.has(String(name))) sources.delete(name);
  }
  return [root, sources];
}
