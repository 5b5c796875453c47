/** `strata` of a dataset: the one key of `sql_queries.json` that is ours, so everything in it is read strictly. */

import { type CamelKeys, camelKeys } from "../../contract/camel.ts";
import { datasetSettings, type WRITING } from "../../contract/dataset.ts";
import { COMPILER_CODES, type CodeEntry } from "../codes.ts";
import { type Diagnostic, diagnostic, type Place } from "../diagnostics.ts";
import { offerName } from "../fix/offer.ts";
import { nearest, suggest } from "../nearest.ts";
import type { Collect } from "../parse/collect.ts";
import type { Located, TreeNode } from "../parse/tree.ts";
import { emptyObject, type ReadBy, subjectOf, type WrittenEntry } from "./by-contract.ts";
import { type ExpectationSyntax, expectationSyntax } from "./expectations.ts";
import { readValue } from "./mistakes.ts";

/** How a dataset's result is written, as its author sets it; else the defaults. */
export type WritingSyntax = CamelKeys<Pick<ReadBy<typeof datasetSettings>, keyof typeof WRITING>>;

/** How a dataset's result is checked and published. */
export interface PublishSyntax extends WritingSyntax {
  /** Where to point for what is missing: the dataset's name. */
  readonly at: Place;
  /** The dataset's own; the pipeline's are added later (resolve/resolve.ts). */
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
export const STRATA_KEYS: readonly string[] = Object.keys(datasetSettings.shape);

/** Keys that say nothing about a target. */
const ABOUT_THE_DATASET = ["description", "allow"];

type Settings = ReadBy<typeof datasetSettings>;

/**
 * What a dataset's settings mean.
 *
 * @param read undefined where there are none, or none that can be read
 * @param at the dataset's name
 */
export function strataSyntax(
  read: Settings | undefined,
  node: TreeNode | undefined,
  owner: string,
  at: Place,
  collect: Collect,
): StrataSyntax {
  const { allow, description: _, expectations, ...writing } = read ?? usualSettings(at);
  const written = node?.kind === "object" ? node.entries.map(({ key }) => key) : [];
  return {
    allow: allowed(allow ?? [], collect),
    publish: {
      at,
      ...camelKeys(writing),
      expectations: expectationSyntax(expectations, owner, collect),
      written: written.filter(({ value }) => !ABOUT_THE_DATASET.includes(value)),
    },
  };
}

function usualSettings(at: Place): Settings {
  const settings = readValue(datasetSettings, emptyObject(at), subjectOf("", at), () => {});
  if (settings === undefined) throw new Error("every setting has a default");
  return settings;
}

const ALLOWABLE = Object.entries(COMPILER_CODES).flatMap(([code, entry]) => (entry.allowable ? [code] : []));

/** A code that cannot be allowed, and why; or none at all. */
function notAllowable(key: Located<string>): Diagnostic {
  const entry = Object.entries<CodeEntry>(COMPILER_CODES).find(([code]) => code === key.value)?.[1];
  const isOfDeployment = /^D\d{3}$/.test(key.value);
  const [message, help, fixes] =
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
        : [
            `\`${key.value}\` is not a code that can be allowed`,
            suggest(key.value, ALLOWABLE, "code"),
            offerName(key, nearest(key.value, ALLOWABLE)),
          ];
  return diagnostic({ code: "C013", at: key.at, message, help, fixes });
}

/** Code to reason. */
function allowed(entries: readonly WrittenEntry<Located<string>>[], collect: Collect): ReadonlyMap<string, string> {
  for (const { key, value } of entries) {
    if (!ALLOWABLE.includes(key.value)) collect(notAllowable(key));
    else if (value.value.trim() === "") {
      const message = `\`${key.value}\` is allowed without a reason`;
      const help = "give the reason, for those who read it later";
      collect(diagnostic({ code: "C013", at: value.at, message, help }));
    }
  }
  return new Map(entries.map(({ key, value }) => [key.value, value.value.trim()]));
}
