/** `strata` of a dataset: the one key of `sql_queries.json` that is ours, so everything in it is read strictly. */

import { COMPILER_CODES, type CodeEntry } from "../codes.ts";
import { type Diagnostic, diagnostic, type Place } from "../diagnostics.ts";
import { suggest } from "../nearest.ts";
import type { Collect } from "../parse/collect.ts";
import { type Located, member, type ObjectNode, type TreeNode } from "../parse/tree.ts";
import { type Compression, type TableFormat, USUAL_PUBLISH, type WriteMode } from "../plan/types.ts";
import { type ExpectationSyntax, readExpectations } from "./expectations.ts";
import { expectObject, expectString, optionalString, refuseUnknownKeys } from "./shape.ts";
import { optionalBoolean, optionalInteger, optionalNames, optionalWord } from "./values.ts";

/** How a dataset's result is checked and published, as written; the defaults where nothing is. */
export interface PublishSyntax {
  /** Where to point for what is missing: the dataset's name. */
  readonly at: Place;
  readonly write: Located<WriteMode>;
  readonly format: Located<TableFormat>;
  readonly partitionBy: readonly Located<string>[];
  readonly mergeKey: readonly Located<string>[];
  /** MiB; default 128. */
  readonly fileSizeMib: number;
  readonly compression: Compression;
  /** Earlier generations kept; undefined where it is not written, which means none. */
  readonly keep: Located<number> | undefined;
  readonly skipUnchanged: boolean;
  /** The dataset's own; the pipeline's are added by the world (resolve/world.ts). */
  readonly expectations: readonly ExpectationSyntax[];
  /** Settings that are written and mean something only for a target, in order. */
  readonly written: readonly Located<string>[];
}

/** What is read of `strata`. */
export interface StrataSyntax {
  readonly allow: ReadonlyMap<string, string>;
  readonly publish: PublishSyntax;
}

/** Every key under `strata`. */
export const STRATA_KEYS: readonly string[] = [
  "write",
  "format",
  "partition_by",
  "merge_key",
  "file_size_mib",
  "compression",
  "keep",
  "skip_unchanged",
  "expectations",
  "description",
  "allow",
];

/** Keys that say nothing about a target. */
const ABOUT_THE_DATASET = ["description", "allow"];

const WRITE_MODES = ["replace", "append", "replace_partitions", "merge"] as const satisfies readonly WriteMode[];
const FORMATS = ["parquet", "iceberg"] as const satisfies readonly TableFormat[];
const COMPRESSIONS = ["zstd", "snappy", "gzip", "none"] as const satisfies readonly Compression[];

/** Reads the value under `strata`; `at` is the dataset's name. */
export function readStrata(node: TreeNode | undefined, owner: string, at: Place, collect: Collect): StrataSyntax {
  const what = `\`strata\` of ${owner}`;
  const object: ObjectNode = (node && expectObject(node, what, collect)) ?? EMPTY(at);
  refuseUnknownKeys(object, STRATA_KEYS, what, collect);
  optionalString(object, "description", what, collect);
  const word = <T extends string>(key: string, known: readonly T[]) => optionalWord(object, key, known, what, collect);
  return {
    allow: readAllow(member(object, "allow"), owner, collect),
    publish: {
      at,
      write: word("write", WRITE_MODES) ?? { value: USUAL_PUBLISH.write, at },
      format: word("format", FORMATS) ?? { value: USUAL_PUBLISH.format, at },
      partitionBy: optionalNames(object, "partition_by", what, collect),
      mergeKey: optionalNames(object, "merge_key", what, collect),
      fileSizeMib:
        optionalInteger(object, "file_size_mib", [1, 4096], what, collect)?.value ?? USUAL_PUBLISH.fileSizeMib,
      compression: word("compression", COMPRESSIONS)?.value ?? USUAL_PUBLISH.compression,
      keep: optionalInteger(object, "keep", [0, 100], what, collect),
      skipUnchanged: optionalBoolean(object, "skip_unchanged", what, collect) ?? USUAL_PUBLISH.skipUnchanged,
      expectations: readExpectations(member(object, "expectations"), owner, collect),
      written: object.entries.map(({ key }) => key).filter(({ value }) => !ABOUT_THE_DATASET.includes(value)),
    },
  };
}

const EMPTY = (at: Place): ObjectNode => ({ kind: "object", at, entries: [], offset: 0, length: 0 });

const ALLOWABLE = Object.entries(COMPILER_CODES).flatMap(([code, entry]) => (entry.allowable ? [code] : []));

/** A code that cannot be allowed, and why; or none at all. */
function notAllowable(key: Located<string>): Diagnostic {
  const entry = Object.entries<CodeEntry>(COMPILER_CODES).find(([code]) => code === key.value)?.[1];
  const isOfDeployment = /^D\d{3}$/.test(key.value);
  const [message, help] =
    entry?.severity === "error"
      ? [
          `\`${key.value}\` cannot be allowed: ${entry.title}`,
          "remove it here, and correct what is wrong: the run would fail, or do harm",
        ]
      : entry !== undefined || isOfDeployment
        ? [
            `\`${key.value}\` cannot be allowed: ${entry?.title ?? "it is about the deployment"}`,
            "remove it here, and correct what is wrong; it is about more than one dataset, so no dataset can allow it",
          ]
        : [`\`${key.value}\` is no code that can be allowed`, suggest(key.value, ALLOWABLE, "code")];
  return diagnostic({ code: "C013", at: key.at, message, help });
}

function readAllow(node: TreeNode | undefined, owner: string, collect: Collect): ReadonlyMap<string, string> {
  const object = node && expectObject(node, `\`allow\` of ${owner}`, collect);
  const allowed = new Map<string, string>();
  for (const { key, value } of object?.entries ?? []) {
    const reason = expectString(value, `the reason for \`${key.value}\``, collect);
    if (!ALLOWABLE.includes(key.value)) collect(notAllowable(key));
    else if (reason !== undefined && reason.value.trim() === "") {
      collect(
        diagnostic({
          code: "C013",
          at: reason.at,
          message: `\`${key.value}\` is allowed without a reason`,
          help: "give the reason, for those who read it later",
        }),
      );
    } else if (reason !== undefined) allowed.set(key.value, reason.value.trim());
  }
  return allowed;
}
