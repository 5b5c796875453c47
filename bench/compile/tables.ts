/** What a generated query reads and makes: tables with columns whose names and kinds are known. */

/** What may be done with a column. */
export type Kind = "key" | "text" | "amount" | "count" | "day";

export interface Column {
  readonly name: string;
  readonly kind: Kind;
}

export interface Table {
  readonly name: string;
  readonly location: string;
  readonly columns: readonly Column[];
}

/** Chooses one of several. */
export type Choose = <T>(of: readonly T[]) => T;

/** Spark's types of raw columns. */
const TYPES: Readonly<Record<Kind, string>> = {
  key: "int",
  text: "string",
  amount: "decimal(17,2)",
  count: "bigint",
  day: "date",
};

/** A table of another team: like those of TPC-DS, with 24 columns. */
export function rawTable(at: number): Table {
  const kinds: Kind[] = ["key", "key", "key", "day", "day", "text", "text", "text", "text", "text", "count", "count"];
  const columns = [...kinds, ...Array.from({ length: 12 }, () => "amount" as const)];
  return {
    name: `raw_${at}`,
    location: `s3://lake/raw/raw_${at}/`,
    columns: columns.map((kind, index) => ({ name: `r${at}_${kind}_${index}`, kind })),
  };
}

/** The types of its columns. */
export function typesOf({ columns }: Table): Record<string, string> {
  return Object.fromEntries(columns.map(({ name, kind }) => [name, TYPES[kind]]));
}

/** Its entry under `sources`. */
export function declared(table: Table): string {
  return `  ${table.name}:\n    columns: ${JSON.stringify(typesOf(table))}\n`;
}

/** The columns of a kind; every table has some of each. */
export function of({ columns }: Pick<Table, "columns">, kind: Kind): string[] {
  return columns.filter((column) => column.kind === kind).map(({ name }) => name);
}
