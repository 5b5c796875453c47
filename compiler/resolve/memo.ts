/** Results that are kept by what they are made of. */

import { createHash } from "node:crypto";
import type { Memo } from "../input.ts";

/** What was computed of the same `parts` before, else what `compute` returns. `what`: a word for the kind of result. */
export function remembered<T>(memo: Memo | undefined, what: string, parts: readonly string[], compute: () => T): T {
  if (memo === undefined) return compute();
  const hash = createHash("sha256");
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  const name = `${what} ${hash.digest("base64url")}`;
  const known = memo.get(name) as T | undefined;
  if (known !== undefined) return known;
  const value = compute();
  if (value !== undefined) memo.put(name, value);
  return value;
}
