/** `s3://<bucket>/<prefix>/`: reading, spelling and comparing of locations. */

import { diagnostic } from "../diagnostics.ts";
import type { Collect } from "../parse/collect.ts";
import type { Located } from "../parse/tree.ts";

/** A location taken apart. */
export interface Location {
  /** With its closing `/`. */
  readonly location: string;
  readonly bucket: string;
  /** Ends in `/`, never empty. */
  readonly prefix: string;
}

/**
 * Longest prefix, in bytes of UTF-8. An object's key holds 1,024 (S3's limit); the rest is for the job's own folder,
 * partitions and the file's name.
 */
export const MAX_PREFIX_BYTES = 768;

/** Longest name of one folder, in bytes of UTF-8: no file system holds more, and a run here writes folders. */
export const MAX_FOLDER_BYTES = 255;

/** Folder of the job's own below every target. */
const RESERVED = "_strata";

/** Takes a location apart; undefined and a diagnostic (C011, L002) for anything malformed. */
export function readLocation(text: Located<string>, what: string, collect: Collect): Location | undefined {
  const problem = problemOf(text.value);
  if (problem !== undefined) {
    const [message, help] = problem;
    collect(diagnostic({ code: "C011", at: text.at, message: `${what} ${message}`, help }));
    return undefined;
  }
  const [, bucket = "", path = ""] = /^s3:\/\/([^/]+)\/(.*)$/s.exec(text.value) ?? [];
  const prefix = path.endsWith("/") ? path : `${path}/`;
  const bytes = bytesOf(prefix);
  if (bytes > MAX_PREFIX_BYTES) {
    const help = `shorten it to ${MAX_PREFIX_BYTES} bytes: an object's key holds 1,024, and files and partitions need the rest`;
    collect(diagnostic({ code: "L002", at: text.at, message: `${what} has too long a prefix: ${bytes} bytes`, help }));
    return undefined;
  }
  const longest = Math.max(...prefix.split("/").map(bytesOf));
  if (longest > MAX_FOLDER_BYTES) {
    const help = `shorten it to ${MAX_FOLDER_BYTES} bytes, which is what file systems hold; letters beyond ASCII have two to four`;
    collect(
      diagnostic({ code: "L002", at: text.at, message: `${what} has too long a folder name: ${longest} bytes`, help }),
    );
    return undefined;
  }
  return { location: `s3://${bucket}/${prefix}`, bucket, prefix };
}

/** The same, with its place. */
export function readLocated(text: Located<string>, what: string, collect: Collect): Located<Location> | undefined {
  const location = readLocation(text, what, collect);
  return location && { value: location, at: text.at };
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

function problemOf(text: string): readonly [message: string, help: string] | undefined {
  const form = "write it as `s3://<bucket>/<folder>/`";
  if (/^s3[an]:\/\//i.test(text)) return ["uses `s3a://` or `s3n://`", "write `s3://`: the job chooses the connector"];
  if (!text.startsWith("s3://")) return ["does not start with `s3://`", form];
  const [bucket = "", ...segments] = text.slice("s3://".length).split("/");
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(bucket)) {
    return [
      "has an invalid bucket name",
      "use 1 to 63 letters, digits, `.`, `_` and `-`, and begin with a letter or a digit",
    ];
  }
  if (segments.at(-1) === "") segments.pop();
  if (segments.length === 0) return ["names a whole bucket", `${form}; the folder may not be left out`];
  if (segments.includes("")) return ["has an empty folder name (`//`)", "write one `/` between two folders"];
  if (segments.some((segment) => segment === "." || segment === "..")) return ["has `.` or `..` as a folder", form];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  const glob = /[*?[\]{}\\\u0000-\u001f\u007f]/.exec(text);
  if (glob)
    return ["has a pattern, a backslash or a control character", "name one folder; Spark would read it as a pattern"];
  if (segments.includes(RESERVED))
    return [`is in \`${RESERVED}\``, "choose another folder: Strata keeps its own files in that one"];
  return undefined;
}

/** A table's name: the last folder as a crawler spells it: lower case, other characters `_` (design: Words). */
export function tableName(location: Location): string {
  const last = location.prefix.slice(0, -1).split("/").at(-1) ?? "";
  return last.toLowerCase().replace(/[^a-z0-9_]/g, "_");
}
