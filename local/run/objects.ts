/** Payload objects of a definition, in a lake. */

import { textOfFile } from "../../loading/read-file.ts";
import { writeWhole } from "../../loading/write-whole.ts";

/** Writes an object that is named by its hash. An existing one is read and replaced if its content is wrong. */
export async function putOnce(path: string, body: string): Promise<void> {
  const found = await textOfFile(path).catch(() => undefined);
  if (found !== body) await writeWhole(path, body);
}
