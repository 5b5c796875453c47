/** Expectations as authors write them: an object with one kind as its key. */

import * as z from "zod";
import { columns, NOT_BLANK, nameOf, someColumns } from "./names.ts";
import { finding, WORDS } from "./words.ts";

/** What every kind has beside its key. */
const BESIDE = {
  severity: z
    .enum(["error", "warn"])
    .default("error")
    .describe("`error`: a result that fails is not committed; `warn`: it is committed, and the failure is shown."),
  name: nameOf("an expectation")
    .optional()
    .describe("Unique in its dataset; samples and results are kept by it. Default: made of kind and columns."),
};

const VALUES = { help: "list texts, numbers or booleans; NULL passes, and `not_null` is what refuses it" };

const acceptedValues = z.strictObject({
  column: z.string().describe("The column."),
  values: z
    .array(z.union([z.string(), z.number(), z.boolean()]).register(WORDS, VALUES))
    .min(1)
    .check(
      finding((values) => {
        // ANSI Spark would cast the texts to the others' type, and fail on the first row.
        const other = values.findIndex((each) => typeof each !== typeof values[0]);
        if (other < 0) return [];
        const message = `{it} mixes ${typeName(values[0])} and ${typeName(values[other])}`;
        const help = "list values of the column's type: all texts, all numbers or all booleans";
        return [{ path: [other], message, help }];
      }),
    )
    .register(WORDS, VALUES)
    .describe("All texts, all numbers or all booleans."),
});

const references = z
  .strictObject({
    column: someColumns.describe("The column, or several together."),
    dataset: z.string().describe("A dataset of this pipeline that has a target."),
    to: columns.optional().describe("As many columns of the other dataset. Default: the same names."),
  })
  .check(
    finding(({ column, to = column }) =>
      to.length === column.length
        ? []
        : [{ message: `{it} has ${column.length} columns and ${to.length} under \`to\``, help: "name as many" }],
    ),
  );

const bound = z.int().min(0).optional();

const rowCount = z
  .strictObject({
    min: bound.describe("Fewest rows."),
    max: bound.describe("Most rows."),
    change: z
      .number()
      .min(0)
      .optional()
      .describe("Largest change against the last generation's rows, as a fraction: 0.5 is half as many more or fewer."),
  })
  .check(
    finding(({ min, max, change }) => {
      if (min !== undefined && max !== undefined && min > max)
        return [{ message: "`min` of {it} is more than `max`", help: "exchange the two" }];
      const asksNothing = min === undefined && max === undefined && change === undefined;
      return asksNothing ? [{ message: "{it} asks nothing", help: "give `min`, `max` or `change`" }] : [];
    }),
  );

const freshness = z.strictObject({
  column: z.string().describe("A date or a time."),
  within: z
    .string()
    .regex(/^[1-9]\d{0,5} (second|minute|hour|day|week)s?$/)
    .register(WORDS, { help: "write for example `2 days` or `90 minutes`" })
    .describe("Largest age of the newest row: a number and `seconds`, `minutes`, `hours`, `days` or `weeks`."),
  of: z.string().optional().describe("A parameter of type date or timestamp to compare with. Default: the clock."),
});

const expression = z
  .string()
  .check(
    finding((sql) => {
      const help = "write a condition that every row meets, for example `amount >= 0`";
      return sql.trim() === "" ? [{ message: "{it} is empty", help }] : [];
    }),
  )
  .meta(NOT_BLANK);

/** What a kind asks belongs to the dataset or file: "`not_null` of dataset `orders`". */
function body<S extends z.ZodType>(schema: S, meaning: string): S {
  const described = schema.describe(meaning);
  WORDS.add(described, { called: "`{key}` of {owner}" });
  return described;
}

const notNull = body(someColumns, "Columns that no row has NULL in.");
const unique = body(someColumns, "Columns that no two rows have the same values in; rows with a NULL are left out.");
const accepted = body(acceptedValues, "The only values that a column may have; NULL passes.");
const referred = body(references, "Columns whose values another dataset's committed content has; NULL passes.");
const rows = body(rowCount, "Bounds of the number of rows.");
const fresh = body(freshness, "Largest age of the newest row.");
const condition = body(expression, "A condition in Spark SQL that is true for every row; NULL passes.");

/** One expectation: exactly one kind, and what may be beside it. */
export const expectation = z
  .union([
    z.strictObject({ not_null: notNull, ...BESIDE }),
    z.strictObject({ unique, ...BESIDE }),
    z.strictObject({ accepted_values: accepted, ...BESIDE }),
    z.strictObject({ references: referred, ...BESIDE }),
    z.strictObject({ row_count: rows, ...BESIDE }),
    z.strictObject({ freshness: fresh, ...BESIDE }),
    z.strictObject({ expression: condition, ...BESIDE }),
  ])
  .register(WORDS, { called: "an expectation of {owner}" });

/** A list of expectations. */
export const expectations = z.array(expectation).register(WORDS, { called: "`expectations` of {owner}" });

function typeName(value: unknown): string {
  return typeof value === "string" ? "texts" : `${typeof value}s`;
}
