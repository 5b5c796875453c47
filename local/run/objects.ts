/** Objects that a definition refers to, in a lake. */

import { textOfFile } from "../../loading/read-file.ts";
import { writeWhole } from "../../loading/write-whole.ts";

/** Puts an object that is named by its content. One that is there is read: only the right content is left as it is. */
export async function putOnce(path: string, body: string): Promise<void> {
  const found = await textOfFile(path).catch(() => undefined);
  if (found !== body) await writeWhole(path, body);
}
