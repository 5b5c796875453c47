/** UNION: the names of the first branch, values of all. */

import { type Attribute, keptOf, type Result } from "./model.ts";

/** The columns of several branches as one. */
export function united(branches: readonly Result[]): Result {
  const first = branches[0] as Result;
  const isKnown = branches.every(({ isOpen, attributes }) => !isOpen && attributes.length === first.attributes.length);
  const attributes = first.attributes.map((each, index): Attribute => {
    const all = isKnown ? branches.map((branch) => branch.attributes[index] as Attribute) : [each];
    const { plain, type } = each;
    const isSame = (other: Attribute) =>
      other.plain?.table === plain?.table && other.plain?.column === plain?.column && other.plain !== undefined;
    return {
      ...each,
      type: isKnown && all.every((other) => other.type === type) ? type : undefined,
      from: all,
      plain: isKnown && all.every(isSame) ? plain : undefined,
    };
  });
  const result: Result = { attributes, isOpen: first.isOpen };
  // ORDER BY sees the result only, under the tables' names of the first branch, too.
  const { scope } = first;
  return scope ? { ...result, scope: { ...scope, from: keptOf(scope.from, result) } } : result;
}
