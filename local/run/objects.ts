/** Objects that a definition refers to, in a lake. */

import { access, mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

/** Group objects are called by their content: one that is there is right. */
export async function putOnce(path: string, body: string): Promise<void> {
  if (
    await access(path).then(
      () => true,
      () => false,
    )
  )
    return;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, body);
}
