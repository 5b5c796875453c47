/** Reads files that may be anything: in a shared folder somebody else may have put a pipe where a file was. */

import { constants } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";

/** Something else lies where a file is looked for: a pipe would be waited for without an end. */
export class NoFile extends Error {
  /** For example `is a named pipe, no file`. */
  readonly what: string;

  constructor(path: string, what: string) {
    super(`${path} ${what}`);
    this.name = "NoFile";
    this.what = what;
  }
}

/** A file's bytes. Rejects with `NoFile` for what is none, else with what the file system says. */
export async function readBytes(path: string): Promise<Buffer> {
  refuseNoFile(path, await stat(path));
  const handle = await openWithoutWaiting(path);
  try {
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

/** Opens for reading. A pipe is opened at once, too, also one that somebody put there just now: nobody need write to it. */
export function openWithoutWaiting(path: string): Promise<FileHandle> {
  return open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
}

/** A file's text, as UTF-8. Rejects as `readBytes` does. */
export async function textOfFile(path: string): Promise<string> {
  return (await readBytes(path)).toString("utf8");
}

interface Kinds {
  isFIFO(): boolean;
  isSocket(): boolean;
  isBlockDevice(): boolean;
  isCharacterDevice(): boolean;
}

/** Throws `NoFile` for a pipe, a socket or a device; a folder says so itself when it is read. */
export function refuseNoFile(path: string, found: Kinds): void {
  const kind = found.isFIFO()
    ? "a named pipe"
    : found.isSocket()
      ? "a socket"
      : found.isBlockDevice() || found.isCharacterDevice()
        ? "a device"
        : undefined;
  if (kind !== undefined) throw new NoFile(path, `is ${kind}, no file`);
}
