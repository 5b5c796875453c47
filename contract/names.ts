/** Names that authors give. */

import * as z from "zod";
import { finding, WORDS } from "./words.ts";

/** Control characters would break lines of logs and names of files. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const VISIBLE = /^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]+$/;

/** True for a name that authors can give. */
export function isVisible(name: string): boolean {
  return VISIBLE.test(name);
}

/** What a JSON Schema can say of a location; messages say more (compiler/read/location.ts). */
export const LOCATION = { pattern: "^s3://[A-Za-z0-9][A-Za-z0-9._-]{0,62}/." };

/** A text that is not blank, for a JSON Schema. */
export const NOT_BLANK = { pattern: "\\S" };

/** A name of visible characters. `thing` with its article: "a column". */
export function nameOf(thing: string) {
  return z
    .string()
    .check(
      finding((name) => {
        if (isVisible(name)) return [];
        const message = `the name of ${thing} ${name === "" ? "is empty" : "has control characters"}`;
        return [{ code: "C016", message, help: "give it a name of visible characters" }];
      }),
    )
    .meta({ pattern: VISIBLE.source });
}

/** Columns, each once whatever its case; one may be written without brackets. */
export const columns = z
  .array(nameOf("a column"))
  .check(
    finding((names) =>
      names.flatMap((name, index) => {
        const isNew = names.findIndex((each) => each.toLowerCase() === name.toLowerCase()) === index;
        const help = "name each column once; Spark's names ignore case";
        return isNew ? [] : [{ path: [index], message: `{it} names \`${name}\` twice`, help }];
      }),
    ),
  )
  .register(WORDS, { alone: true });

/** Columns, at least one. */
export const someColumns = columns.min(1).register(WORDS, { help: "name a column" });
