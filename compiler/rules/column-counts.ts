import type { WrongCount } from "../names/types.ts";
import { onNames } from "./on-names.ts";

const columns = (number: number) => `${number} column${number === 1 ? "" : "s"}`;

const MESSAGES: Readonly<Record<WrongCount["what"], (has: number, wanted: number) => string>> = {
  "set operation": (has, wanted) => `this branch has ${columns(has)}, the first has ${columns(wanted)}`,
  "column list": (has, wanted) => `${has} names are given for ${columns(wanted)}`,
  rows: (has, wanted) => `this row has ${columns(has)}, the first has ${columns(wanted)}`,
  "sub-query": (has, wanted) => `the sub-query has ${columns(has)}, and ${wanted} is needed here`,
};

const HELP: Readonly<Record<WrongCount["what"], string>> = {
  "set operation": "give each branch the same columns in the same order",
  "column list": "name each column once",
  rows: "give each row the same number of values",
  "sub-query": "select only the column that is compared or used",
};

/** Q033: lists of columns that must be equally long. */
export const columnCounts = onNames("Q033", "count", ({ what, has, wanted, first }, { sql }) => ({
  message: MESSAGES[what](has, wanted),
  help: HELP[what],
  notes: first && sql ? [{ place: sql.at(first), message: `${columns(wanted)} here` }] : [],
}));
