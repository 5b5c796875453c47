/** The catalogue of the deployment's diagnostics; the compiler's are in `compiler/codes.ts`. */

import type { CodeEntry } from "../compiler/codes.ts";

const error = (title: string): CodeEntry => ({ severity: "error", title, allowable: false });

export const DEPLOYMENT_CODES = {
  D001: error("a stack has no settings file"),
  D002: error("a setting is unknown"),
  D003: error("a setting has an invalid value"),
  D004: error("a setting that the plan contains is a secret"),
  D005: error("a setting is missing"),
  D006: error("a logical bucket is not mapped"),
  D007: error("two buckets of a stack have the same name"),
  D008: error("a setting names a stage or pipeline that does not exist"),
  D009: error("a bucket belongs to another stack"),
  D010: { severity: "warning", title: "no dataset writes a target any more", allowable: false },
  D011: error("a pipeline has the name of the stack's canary"),
  D012: {
    severity: "warning",
    title: "a file looks like a stack's settings, but Pulumi does not read it",
    allowable: false,
  },
  D013: error("a stage on Glue 5.1 has SQL that only Spark 4 supports"),
} as const satisfies Record<string, CodeEntry>;
