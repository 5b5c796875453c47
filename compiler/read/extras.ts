/** `pipeline.yaml` → typed syntax. Every key is optional; the file is Strata's own, so unknown keys are mistakes. */

import { EXAMPLES, fitsType, type ParamType } from "../../contract/param-types.ts";
import { pipeline } from "../../contract/pipeline.ts";
import { diagnostic } from "../diagnostics.ts";
import type { Collect } from "../parse/collect.ts";
import { type Located, member, type TreeNode } from "../parse/tree.ts";
import type { ReadBy } from "./by-contract.ts";
import { type ExpectationSyntax, expectationSyntax } from "./expectations.ts";
import { type Location, readLocated, readLocation } from "./location.ts";
import { readFile } from "./mistakes.ts";

export interface ParamSyntax {
  readonly name: Located<string>;
  readonly type: ParamType;
  readonly default: string | undefined;
}

export interface SourceSyntax {
  readonly name: Located<string>;
  /** Where its files are; undefined where `pipeline.yaml` does not say it. */
  readonly location: Located<Location> | undefined;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** About how many rows it has; undefined where it is not given. */
  readonly rows: number | undefined;
}

/** What `pipeline.yaml` says; the defaults where it says nothing. */
export interface Extras {
  readonly description: string | undefined;
  readonly setup: "inline" | "runtime";
  readonly sources: readonly SourceSyntax[];
  readonly params: readonly ParamSyntax[];
  /** False where the file, `params` or one of them cannot be read: what is missing of them is then no mistake of the SQL. */
  readonly hasAllParams: boolean;
  /** Undefined: crawlers are derived. */
  readonly crawlers: readonly { readonly name: Located<string>; readonly location: Location }[] | undefined;
  readonly queries: readonly { readonly name: Located<string>; readonly sql: Located<string> }[];
  /** Of every dataset that has a target; one of its own by the same name replaces it. */
  readonly expectations: readonly ExpectationSyntax[];
}

/** Defaults of a pipeline without the file. */
export const NO_EXTRAS: Extras = {
  description: undefined,
  setup: "inline",
  sources: [],
  params: [],
  hasAllParams: true,
  crawlers: undefined,
  queries: [],
  expectations: [],
};

/** Reads the file's tree. */
export function readExtras(root: TreeNode, collect: Collect): Extras {
  const read = readFile(pipeline, root, collect);
  if (read === undefined || root.kind !== "object") return { ...NO_EXTRAS, hasAllParams: false };
  const params = (read.params ?? []).flatMap(({ key, value }) => paramOf(key, value, collect));
  const written = member(root, "params");
  return {
    description: read.description?.value,
    setup: read.setup.value,
    sources: (read.sources ?? []).map(({ key, value: { s3_path: path, columns, rows } }) => ({
      name: key,
      location: path && readLocated(path, `\`s3_path\` of source \`${key.value}\``, collect),
      columns: (columns ?? []).map((column) => ({ name: column.key.value, type: column.value.value })),
      rows: rows?.value,
    })),
    params,
    hasAllParams: written === undefined || (written.kind === "object" && written.entries.length === params.length),
    crawlers: read.crawlers?.flatMap(({ key, value }) => {
      const location = readLocation(value, `crawler \`${key.value}\``, collect);
      return location ? [{ name: { value: key.value, at: value.at }, location }] : [];
    }),
    queries: (read.queries ?? []).map(({ key, value }) => ({ name: key, sql: value })),
    expectations: expectationSyntax(read.expectations, "`pipeline.yaml`", collect),
  };
}

type Params = NonNullable<ReadBy<typeof pipeline>["params"]>;

function paramOf(
  name: Located<string>,
  { type, default: usual }: Params[number]["value"],
  collect: Collect,
): ParamSyntax[] {
  if (type === undefined) return [];
  if (usual !== undefined && !fitsType(usual.text, type.value)) {
    const message = `the default of parameter \`${name.value}\` is not a valid ${type.value}`;
    const help = `write it like \`${EXAMPLES[type.value]}\`, or remove the default`;
    collect(diagnostic({ code: "C014", at: usual.at, message, help }));
  }
  return [{ name, type: type.value, default: usual?.text }];
}
