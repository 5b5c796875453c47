/** Places where a part of the grammar can end: indexes of tokens, each once. */

export const NOWHERE: readonly number[] = [];

/** In front of the first token. */
export const START: readonly number[] = [0];

/** Up to this many ends are compared one by one, more in a set: most parts have one or two, a chain of ANDs as many as it has conditions. */
export const FEW = 8;

/** No `Math.max(…)`: the arguments of a call are limited. */
export const largest = (numbers: readonly number[]) => numbers.reduce((one, other) => Math.max(one, other), -1);

/** Of two parts. */
export function both(some: readonly number[], more: readonly number[]): readonly number[] {
  if (some.length === 0) return more;
  if (more.length === 0) return some;
  if (some.length > FEW || more.length > FEW) return [...new Set([...some, ...more])];
  const others = more.filter((each) => !some.includes(each));
  return others.length === 0 ? some : [...some, ...others];
}
