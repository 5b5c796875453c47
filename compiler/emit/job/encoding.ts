/**
 * How arguments are encoded for the job (docs/job.md, "Argument encoding"): in ASCII, each with
 * a digest. A process without a UTF-8 locale (a JVM that starts Python with `LANG` unset) turns every other character
 * into `?`, and the job would silently compute something else.
 * glue/strata_glue/arguments/decode.py is the other side.
 */

import { createHash } from "node:crypto";
import { ARGUMENTS_VERSION, STRATA_VERSION } from "../../../contract/version.ts";

/**
 * Longest text that an execution's argument may be, in characters as JSON and encoded: so that parameters, selection
 * and a stage's constants (payloads.ts) fit into one Task's input.
 */
export const LONGEST_PLAIN = 10_000;
export const LONGEST_SENT = 40_000;

/** JSON with `\uXXXX` for every character outside ASCII. Those stand only in texts, so the value stays the same. */
export function asciiJson(json: string): string {
  return json.replace(/[^\0-\x7f]/g, unicodeEscape);
}

/** One UTF-16 code unit as JSON and JSONata escape it: `\uXXXX`. */
export function unicodeEscape(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** A text by itself, percent-encoded; never like the name of an argument, which begins with `-`. */
export function percentEncoded(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(/^-/, "%2D");
}

/** Arguments with constant values, with the versions and their digests. */
export function withDigests(constants: Readonly<Record<string, string>>): Record<string, string> {
  const digests = Object.entries(constants).map(([name, value]) => [name.replace(/^--/, ""), sha256(value)]);
  return {
    ...constants,
    "--written_by": STRATA_VERSION,
    "--arguments_version": ARGUMENTS_VERSION,
    "--digests": JSON.stringify(Object.fromEntries(digests)),
  };
}

/** In hex, of UTF-8. */
export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
