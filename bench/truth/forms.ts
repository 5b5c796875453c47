/**
 * Forms of SQL that people write, right and wrong, one a line of `forms.json`, with the versions of Spark whose parser reads them.
 *
 * `npm run truth -- --verify` asks both again and rewrites the file; a new form is a new line, with any answer.
 */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { HOME } from "../../setup/node.mjs";

const FILE = join(HOME, "bench", "truth", "forms.json");

/** Who reads a form: Spark 4.1 (Glue 6.0), Spark 3.5 (Glue 5.1), both or none. */
export type Readers = "both" | "4.1" | "3.5" | "none";

/** Each form with its readers. */
export function readForms(): [sql: string, readers: Readers][] {
  return Object.entries(JSON.parse(readFileSync(FILE, "utf8")) as Record<string, Readers>);
}

/** Writes the forms with what both versions answer. */
export function writeForms(isRead: { readonly "4.1": readonly boolean[]; readonly "3.5": readonly boolean[] }): void {
  const lines = readForms().map(([sql], at) => {
    const [newer, older] = [isRead["4.1"][at], isRead["3.5"][at]];
    const readers: Readers = newer && older ? "both" : newer ? "4.1" : older ? "3.5" : "none";
    return ` ${JSON.stringify(sql)}: ${JSON.stringify(readers)}`;
  });
  writeFileSync(FILE, `{\n${lines.join(",\n")}\n}\n`);
}
