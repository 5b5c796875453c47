/** Kinds of wrong names and types, each an edit of a query or of a source's columns. */

import type { Extent } from "../../../compiler/parse/sql/extent.ts";
import { lex, type Token } from "../../../compiler/parse/sql/lexer.ts";
import { parseStatements } from "../../../compiler/parse/sql/statements.ts";
import {
  extentOf,
  firstOf,
  has,
  lastOf,
  nameOf,
  nodesBelow,
  nodesIn,
  nodesOf,
  type SyntaxNode,
} from "../../../compiler/parse/sql/tree.ts";
import type { Columns } from "./root.ts";

/** Chooses one of several. */
export type Choose = <T>(of: readonly T[]) => T | undefined;

/** A query that is changed in one place. */
export interface Edited {
  readonly sql: string;
  /** In the changed text, where a person would look for the mistake; empty where that is in another file. */
  readonly places: readonly Extent[];
}

/** What an edit sees of a query. */
export interface Target {
  readonly sql: string;
  readonly nodes: readonly SyntaxNode[];
  /** Another dataset of the root reads it. */
  readonly isRead: boolean;
}

/** One kind of mistake; undefined where the query has no place for it. */
export interface Kind {
  /** Names are not enough to find it. */
  readonly needsTypes?: true;
  readonly edit?: (target: Target, choose: Choose) => Edited | undefined;
  /** Changes a source's columns. */
  readonly source?: (columns: Columns, choose: Choose) => Columns | undefined;
}

const PARSED = new Map<string, SyntaxNode[]>();

/** The nodes of a query; each text is parsed once. */
export function nodesOfSql(sql: string): SyntaxNode[] {
  const nodes = PARSED.get(sql) ?? parseStatements(lex(sql).tokens).trees.flatMap((tree) => [...nodesBelow(tree)]);
  PARSED.set(sql, nodes);
  return nodes;
}

/** A text with one extent replaced, and its new place. */
function replace(sql: string, { offset, length }: Extent, text: string): Edited {
  return {
    sql: sql.slice(0, offset) + text + sql.slice(offset + length),
    places: [{ offset, length: Math.max(text.length, 1) }],
  };
}

const extentOfToken = ({ start, end }: Token): Extent => ({ offset: start, length: end - start });

/** Behind a node's last token: parts of a rule may be empty. */
function behind(node: SyntaxNode): Extent {
  const ends = [node, ...nodesBelow(node)].map((each) => lastOf(each)?.end ?? 0);
  return { offset: ends.reduce((one, other) => Math.max(one, other), 0), length: 0 };
}

/** Two letters exchanged, or one left out. */
function misspelt(word: string, choose: Choose): string {
  const at = choose([...word].map((_, index) => index).slice(1, -1)) ?? 0;
  const [before, here, next] = [word.slice(0, at), word[at] ?? "", word[at + 1] ?? ""];
  return here === next || choose([true, false])
    ? before + word.slice(at + 1)
    : before + next + here + word.slice(at + 2);
}

function misspell(sql: string, token: Token | undefined, choose: Choose): Edited | undefined {
  return token?.kind === "word" && token.text.length > 3
    ? replace(sql, extentOfToken(token), misspelt(token.text, choose))
    : undefined;
}

/** `a` and `t.a`: the tokens of the names. */
function referencesOf(nodes: readonly SyntaxNode[]): Token[][] {
  return nodes.flatMap((node) => {
    if (node.rule !== "primary") return [];
    const [value, ...more] = nodesIn(node);
    const [name] = value?.parts.length === 1 ? nodesOf(value, "name") : [];
    if (name === undefined || more.some(({ rule }) => rule !== "name")) return [];
    return [[name, ...more].flatMap((each) => firstOf(each) ?? [])];
  });
}

/** Select lists of more than one item, without stars. */
const listsOf = (nodes: readonly SyntaxNode[]) =>
  nodes.filter((node) => node.rule === "select" && nodesOf(node, "named").length > 1);

/** Select lists that something around them reads: of CTEs, of sub-queries in FROM, and of a dataset that another one reads. */
function readLists({ nodes, isRead }: Target): SyntaxNode[] {
  const around = nodes
    .filter(({ rule }) => rule === "cte" || rule === "source")
    .flatMap((each) => nodesOf(each, "query"));
  const read = [...around, ...(isRead ? nodes.slice(0, 1) : [])];
  return read.flatMap((query) => {
    const [operand] = nodesOf(query, "term").flatMap((term) => nodesOf(term, "operand"));
    return operand ? listsOf(nodesOf(operand, "select")) : [];
  });
}

/** An item of a list, with the comma that goes with it. */
function withComma(items: readonly SyntaxNode[], item: SyntaxNode): Extent {
  const at = items.indexOf(item);
  const { offset, length } = extentOf(item);
  const next = items[at + 1];
  if (next !== undefined) return { offset, length: extentOf(next).offset - offset };
  const before = items[at - 1];
  const start = before === undefined ? offset : (lastOf(before)?.end ?? offset);
  return { offset: start, length: offset + length - start };
}

function removeOne(sql: string, items: readonly SyntaxNode[], choose: Choose): Edited | undefined {
  const item = items.length > 1 ? choose(items) : undefined;
  return item && { ...replace(sql, withComma(items, item), ""), places: [] };
}

/** Writes another expression into an item that keeps its name. */
function rewrite({ sql, nodes, isRead }: Target, choose: Choose, by: (value: string) => string): Edited | undefined {
  const list = choose(readLists({ sql, nodes, isRead }));
  const item = list && choose(nodesOf(list, "named"));
  const [value] = item ? nodesOf(item, "expr") : [];
  if (item === undefined || value === undefined) return undefined;
  const { offset, length } = extentOf(value);
  const [alias] = nodesOf(item, "name");
  const [reference] = referencesOf([...nodesBelow(value)]);
  const name = alias
    ? ""
    : reference && sql.slice(offset, offset + length).endsWith(reference.at(-1)?.text ?? "?")
      ? ` AS ${reference.at(-1)?.text}`
      : undefined;
  return name === undefined
    ? undefined
    : { ...replace(sql, { offset, length }, by(sql.slice(offset, offset + length)) + name), places: [] };
}

/** Appends a condition to a WHERE. */
function condition(
  { sql, nodes }: Target,
  choose: Choose,
  make: (select: SyntaxNode) => string | undefined,
): Edited | undefined {
  const operands = nodes.filter(
    (node) => node.rule === "operand" && nodesOf(node, "clauses").some((each) => nodesOf(each, "where").length > 0),
  );
  const operand = choose(operands);
  const [select] = operand ? nodesOf(operand, "select") : [];
  const [where] = operand ? nodesOf(operand, "clauses").flatMap((each) => nodesOf(each, "where")) : [];
  const text = select && make(select);
  if (where === undefined || text === undefined) return undefined;
  const edited = replace(sql, behind(where), ` AND ${text}`);
  return { ...edited, places: edited.places.map(({ offset }) => ({ offset: offset + 5, length: text.length })) };
}

const aliasesOf = (select: SyntaxNode) =>
  nodesOf(select, "named")
    .flatMap((item) => nodesOf(item, "name"))
    .map(nameOf);
const callsOf = (nodes: readonly SyntaxNode[]) => nodes.filter((node) => node.rule === "call" && !has(node, "OVER"));

/** The names of columns as people get them wrong. */
const NAMES: Readonly<Record<string, Kind>> = {
  "column misspelt": {
    edit: ({ sql, nodes }, choose) => misspell(sql, choose(referencesOf(nodes))?.at(-1), choose),
  },
  "qualifier misspelt": {
    edit({ sql, nodes }, choose) {
      const [token] = choose(referencesOf(nodes).filter(({ length }) => length > 1)) ?? [];
      return token && replace(sql, extentOfToken(token), `${token.text}x`);
    },
  },
  "column removed from a query that is read": {
    edit(target, choose) {
      const list = choose(readLists(target));
      return list && removeOne(target.sql, nodesOf(list, "named"), choose);
    },
  },
  "column renamed in a query that is read": {
    edit(target, choose) {
      const list = choose(readLists(target));
      const item = list && choose(nodesOf(list, "named"));
      if (item === undefined) return undefined;
      const [alias] = nodesOf(item, "name");
      const token = alias && firstOf(alias);
      const edited = token
        ? misspell(target.sql, token, choose)
        : replace(target.sql, behind(item), " AS renamed_column");
      return edited && { ...edited, places: [] };
    },
  },
  "column of a source renamed": {
    source(columns, choose) {
      const renamed = choose(Object.keys(columns));
      return Object.fromEntries(
        Object.entries(columns).map(([name, type]) => [name === renamed ? `${name}_new` : name, type]),
      );
    },
  },
  "table joined twice": {
    edit({ sql, nodes }, choose) {
      const from = choose(nodes.filter(({ rule }) => rule === "from"));
      const relations = from ? nodesOf(from, "relation") : [];
      const reference = choose(
        relations.flatMap((each) => nodesOf(each, "source")).flatMap((each) => nodesOf(each, "reference")),
      );
      const last = relations.at(-1);
      if (reference === undefined || last === undefined) return undefined;
      const { offset, length } = extentOf(reference);
      return { ...replace(sql, behind(last), ` CROSS JOIN ${sql.slice(offset, offset + length)} AS twin`), places: [] };
    },
  },
  "qualifier removed": {
    edit({ sql, nodes }, choose) {
      const reference = choose(referencesOf(nodes).filter(({ length }) => length === 2));
      const [qualifier, name] = reference ?? [];
      return (
        qualifier && name && replace(sql, { offset: qualifier.start, length: name.end - qualifier.start }, name.text)
      );
    },
  },
  "alias in WHERE": {
    edit: (target, choose) =>
      condition(target, choose, (select) => {
        const alias = choose(aliasesOf(select));
        return alias && `${alias} IS NOT NULL`;
      }),
  },
  "function misspelt": {
    edit({ sql, nodes }, choose) {
      const call = choose(callsOf(nodes));
      return misspell(sql, call && firstOf(call), choose);
    },
  },
  "number of arguments": {
    edit({ sql, nodes }, choose) {
      const call = choose(callsOf(nodes));
      const [first] = call ? nodesOf(call, "argument") : [];
      if (call === undefined || first === undefined) return undefined;
      const { offset, length } = extentOf(call);
      const all = { offset: extentOf(first).offset, length: offset + length - 1 - extentOf(first).offset };
      const text = choose(["", `${sql.slice(all.offset, all.offset + all.length)}, 1, 2, 3, 4`]) ?? "";
      const edited = replace(sql, all, text);
      return { ...edited, places: [{ offset, length: all.offset - offset + text.length + 1 }] };
    },
  },
  "column removed from one side of a UNION": {
    edit({ sql, nodes }, choose) {
      const term = choose(nodes.filter((node) => node.rule === "term" && nodesOf(node, "operand").length > 1));
      const lists = term ? listsOf(nodesOf(term, "operand").flatMap((operand) => nodesOf(operand, "select"))) : [];
      const edited = removeOne(sql, nodesOf(choose(lists) ?? { rule: "", parts: [] }, "named"), choose);
      return edited && { ...edited, places: sidesOf(edited.sql) };
    },
  },
  "column twice": {
    edit({ sql, nodes }, choose) {
      const [select] = listsOf(nodes);
      const item = select && choose(nodesOf(select, "named").filter((each) => nodesOf(each, "name").length > 0));
      const [alias] = item ? nodesOf(item, "name") : [];
      if (select === undefined || item === undefined || alias === undefined) return undefined;
      const edited = replace(sql, behind(select), `, 1 AS ${nameOf(alias)}`);
      return {
        ...edited,
        places: [
          extentOf(item),
          ...edited.places.map(({ offset, length }) => ({ offset: offset + 2, length: length - 2 })),
        ],
      };
    },
  },
};

/** The select lists of both sides of all set operations: each may be the wrong one. */
function sidesOf(sql: string): Extent[] {
  return nodesOfSql(sql)
    .filter((node) => node.rule === "term" && nodesOf(node, "operand").length > 1)
    .flatMap((term) => nodesOf(term, "operand"))
    .flatMap((operand) => nodesOf(operand, "select"))
    .map(extentOf);
}

const OTHER_TYPES = ["array<string>", "map<string,int>", "boolean", "binary", "date", "struct<a:int>"];

/** Types that do not fit. */
const TYPES: Readonly<Record<string, Kind>> = {
  "column of a source retyped": {
    needsTypes: true,
    source(columns, choose) {
      const [retyped, type] = [choose(Object.keys(columns)), choose(OTHER_TYPES)];
      return Object.fromEntries(
        Object.entries(columns).map(([name, old]) => [name, name === retyped ? (type ?? old) : old]),
      );
    },
  },
  "column retyped in a query that is read": {
    needsTypes: true,
    edit: (target, choose) =>
      rewrite(
        target,
        choose,
        choose([(value: string) => `array(${value})`, () => "DATE '2020-01-01'", () => "true"]) ?? String,
      ),
  },
  "literal of another type": {
    needsTypes: true,
    edit({ sql, nodes }, choose) {
      const values = nodes.filter((node) => node.rule === "value" && nodesOf(node, "operator").length > 0);
      const sides = values.flatMap((value) => nodesOf(value, "unary"));
      const literal = choose(
        sides.filter((side) => firstOf(side) === lastOf(side) && firstOf(side)?.kind === "number"),
      );
      return literal && replace(sql, extentOf(literal), choose(["true", "array(1)", "DATE '2020-01-01'"]) ?? "true");
    },
  },
  "argument of another type": {
    needsTypes: true,
    edit({ sql, nodes }, choose) {
      const call = choose(callsOf(nodes).filter((each) => nodesOf(each, "argument").length > 0));
      const argument = call && choose(nodesOf(call, "argument"));
      if (call === undefined || argument === undefined) return undefined;
      const { offset, length } = extentOf(argument);
      const edited = replace(
        sql,
        { offset, length },
        choose([`array(${sql.slice(offset, offset + length)})`, "true"]) ?? "",
      );
      return { ...edited, places: [{ offset: extentOf(call).offset, length: extentOf(call).length }] };
    },
  },
  "aggregate in WHERE": {
    needsTypes: true,
    edit: (target, choose) =>
      condition(target, choose, () => choose(["count(*) > 1", "row_number() OVER (ORDER BY 1) = 1"])),
  },
  "column removed from GROUP BY": {
    needsTypes: true,
    edit({ sql, nodes }, choose) {
      const group = choose(nodes.filter((node) => node.rule === "group"));
      const items = group ? nodesOf(group, "expr") : [];
      const item = items.length > 1 ? choose(items) : undefined;
      if (item === undefined) return undefined;
      const { offset, length } = extentOf(item);
      const edited = replace(sql, withComma(items, item), "");
      // Wherever else it is written, it is now outside of GROUP BY.
      return { ...edited, places: occurrences(edited.sql, sql.slice(offset, offset + length)) };
    },
  },
};

function occurrences(sql: string, text: string): Extent[] {
  return nodesOfSql(sql)
    .filter((node) => node.rule === "expr" || node.rule === "primary")
    .map(extentOf)
    .filter(({ offset, length }) => sql.slice(offset, offset + length) === text);
}

/** Every kind, by its name. */
export const KINDS: Readonly<Record<string, Kind>> = { ...NAMES, ...TYPES };
