/** Reads untrusted paths: in a shared folder another user may have replaced a file with a pipe. */

import { constants } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";

/** The path is not a regular file; reading a pipe could block forever. */
export class NoFile extends Error {
  /** For example `is a named pipe, not a file`. */
  readonly what: string;

  constructor(path: string, what: string) {
    super(`${path} ${what}`);
    this.name = "NoFile";
    this.what = what;
  }
}

/** A file's bytes. Rejects with `NoFile` for another kind of file, else with the file system's error. */
export async function readBytes(path: string): Promise<Buffer> {
  refuseNoFile(path, await stat(path));
  const handle = await openWithoutWaiting(path);
  try {
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

/** Opens for reading without blocking, also on a pipe without a writer that has just appeared. */
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

/** Throws `NoFile` for a pipe, a socket or a device; reading a folder fails by itself. */
export function refuseNoFile(path: string, found: Kinds): void {
  const kind = found.isFIFO()
    ? "a named pipe"
    : found.isSocket()
      ? "a socket"
      : found.isBlockDevice() || found.isCharacterDevice()
        ? "a device"
        : undefined;
  if (kind !== undefined) throw new NoFile(path, `is ${kind}, not a file`);
}
