/**
 * Walks the parser's tree: which tables a statement reads, which parameters it names.
 *
 * The tree is `{kind: {…}}` objects nested in fields and arrays. The walk is generic, so a table is found wherever the
 * grammar allows one (joins, subqueries, LATERAL, PIVOT), and it keeps the scopes of common table expressions itself:
 * a name of a CTE hides a table of that name in the query that has the WITH clause and below it.
 */

/** Anything in the parser's tree. */
export type SyntaxNode = { readonly [key: string]: unknown };

/** A table as the tree has it; positions in code points. */
export interface TreeTable {
  readonly name: string;
  readonly qualifier: string | undefined;
  readonly kind: "table" | "path" | "dynamic";
  readonly start: number;
  readonly end: number;
}

/** Data sources that Spark reads directly as `format.`path``. */
const FORMATS = new Set([
  "parquet",
  "csv",
  "json",
  "orc",
  "text",
  "avro",
  "delta",
  "iceberg",
  "hudi",
  "xml",
  "binaryfile",
]);

export interface Identifier {
  readonly name: string;
  readonly quoted?: boolean;
  readonly span?: { readonly start: number; readonly end: number };
}

/** Tables that a statement reads, in the order of the tree. */
export function tablesOf(statement: SyntaxNode): TreeTable[] {
  const found: TreeTable[] = [];
  visit(statement, new Set(), found);
  return found.sort((a, b) => a.start - b.start);
}

/** Names of the parameters `:name` that a statement uses. */
export function parametersOf(statement: SyntaxNode): string[] {
  const names: string[] = [];
  each(statement, (node) => {
    const parameter = node.parameter;
    if (isNode(parameter) && typeof parameter.name === "string" && parameter.style === "Colon") {
      names.push(parameter.name);
    }
  });
  return names;
}

/** Number of positional parameters `?`. */
export function positionalCount(statement: SyntaxNode): number {
  let count = 0;
  each(statement, (node) => {
    const parameter = node.parameter;
    if (isNode(node.placeholder) || (isNode(parameter) && parameter.style === "Question")) count += 1;
  });
  return count;
}

function visit(value: unknown, hidden: ReadonlySet<string>, found: TreeTable[]): void {
  if (Array.isArray(value)) {
    for (const item of value) visit(item, hidden, found);
    return;
  }
  if (!isNode(value)) return;
  const inner = withClause(value, hidden, found);
  for (const key in value) {
    const child = value[key];
    if (typeof child !== "object" || child === null) continue;
    if (key === "with" && isNode(child) && Array.isArray(child.ctes)) continue;
    if (key === "table" && isTable(child)) addTable(child, inner, found);
    else if (key === "from" && isNode(child)) dynamicTables(child.expressions, found);
    else if (key === "joins" && Array.isArray(child)) {
      dynamicTables(
        child.map((join) => (isNode(join) ? join.this : undefined)),
        found,
      );
    }
    visit(child, inner, found);
  }
}

/** Visits the CTEs of a node's WITH clause, each seeing those before it, and returns what the node's body sees. */
function withClause(node: SyntaxNode, hidden: ReadonlySet<string>, found: TreeTable[]): ReadonlySet<string> {
  const clause = node.with;
  if (!isNode(clause) || !Array.isArray(clause.ctes)) return hidden;
  let scope = hidden;
  for (const cte of clause.ctes as unknown[]) {
    if (!isNode(cte)) continue;
    const alias = cte.alias;
    const name = isIdentifier(alias) ? alias.name.toLowerCase() : undefined;
    const own = name !== undefined && clause.recursive === true ? new Set([...scope, name]) : scope;
    visit(cte.this, own, found);
    if (name !== undefined) scope = new Set([...scope, name]);
  }
  return scope;
}

function addTable(table: SyntaxNode, hidden: ReadonlySet<string>, found: TreeTable[]): void {
  const name = table.name as Identifier;
  const qualifiers = [table.catalog, table.schema].filter(isIdentifier);
  if (qualifiers.length === 0 && hidden.has(name.name.toLowerCase())) return;
  const first = qualifiers[0] ?? name;
  const isPath = qualifiers.length === 1 && FORMATS.has(first.name.toLowerCase()) && /[/:\\]/.test(name.name);
  found.push({
    name: name.name,
    qualifier: qualifiers.length > 0 ? qualifiers.map((part) => part.name).join(".") : undefined,
    kind: isPath ? "path" : "table",
    start: first.span?.start ?? 0,
    end: name.span?.end ?? (first.span?.start ?? 0) + 1,
  });
}

/** `FROM IDENTIFIER(…)` stands in the tree as a function, without a place. */
function dynamicTables(expressions: unknown, found: TreeTable[]): void {
  if (!Array.isArray(expressions)) return;
  for (const expression of expressions as unknown[]) {
    const call = isNode(expression) ? expression.function : undefined;
    if (isNode(call) && String(call.name).toUpperCase() === "IDENTIFIER") {
      found.push({ name: "IDENTIFIER", qualifier: undefined, kind: "dynamic", start: 0, end: 1 });
    }
  }
}

function each(value: unknown, see: (node: SyntaxNode) => void): void {
  if (Array.isArray(value)) for (const item of value) each(item, see);
  else if (isNode(value)) {
    see(value);
    for (const child of Object.values(value)) each(child, see);
  }
}

export function isNode(value: unknown): value is SyntaxNode {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isIdentifier(value: unknown): value is Identifier & SyntaxNode {
  return isNode(value) && typeof value.name === "string";
}

/** A table reference has an identifier as its name; a column's `table` field is an identifier itself. */
function isTable(value: unknown): value is SyntaxNode {
  return isNode(value) && isIdentifier(value.name) && "schema" in value;
}
