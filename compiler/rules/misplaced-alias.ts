import type { MisplacedAlias } from "../names/types.ts";
import { onNames } from "./on-names.ts";

const PLACES: Readonly<Record<MisplacedAlias["clause"], string>> = {
  WHERE: "in WHERE",
  ON: "in ON",
  "GROUP BY": "in GROUP BY",
  aggregate: "inside an aggregate function",
  window: "in a window function",
  generator: "inside a function that gives several rows",
  "sub-query": "in a sub-query",
};

/** Q034: SQL computes the select list last. */
export const misplacedAlias = onNames("Q034", "alias", ({ name, clause, item }, { sql }) => ({
  message: `\`${name}\` is a new name of the select list, which Spark does not see ${PLACES[clause]}`,
  help: "repeat its expression here, or select it in a sub-query or common table expression first",
  notes: sql ? [{ place: sql.at(item), message: "the name is made here" }] : [],
}));
