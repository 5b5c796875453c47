import { extentOf, has, lastOf, nameOf, nodesBelow, nodesOf } from "../../parse/sql/tree.ts";
import type { Lint } from "../types.ts";
import { columnOf } from "./expressions.ts";
import type { Find, Resolved, Select } from "./lint.ts";

/** Q050: in `SELECT name city FROM t` the column `name` gets the name `city`, where a comma was meant. */
export const missingComma: Find = (resolved) => resolved.selects.flatMap((select) => inSelect(resolved, select));

function inSelect(resolved: Resolved, { node: select, scope }: Select): Lint[] {
  const relations = scope?.from.relations ?? [];
  return nodesOf(select, "named").flatMap((item): Lint[] => {
    const [expr, alias] = [nodesOf(item, "expr")[0], nodesOf(item, "name")[0]];
    if (expr === undefined || alias === undefined || has(item, "AS")) return [];
    const name = nameOf(alias);
    const lower = name.toLowerCase();
    if (!relations.some(({ byName }) => byName.has(lower))) return [];
    const column = columnOf(resolved, expr);
    const used = column ? [column] : [...nodesBelow(expr)].flatMap((each) => resolved.run.attributes.get(each) ?? []);
    // Without a column it is a constant that gets the column's name; with that column it is another form of it.
    if (used.length === 0 || used.some((each) => each.name.toLowerCase() === lower)) return [];
    const end = lastOf(expr)?.end ?? 0;
    return [
      {
        code: "Q050",
        ...extentOf(item),
        message: `\`${name}\`, a column of this FROM, is the new name of the column in front of it`,
        help: `write a comma before \`${name}\`, or \`AS ${name}\` if it is meant as a name`,
        fix: { title: `write a comma before \`${name}\``, edits: [{ offset: end, length: 0, text: "," }] },
      },
    ];
  });
}
