import { distance } from "fastest-levenshtein";
import { offeredFix, replaceScalar } from "../fix/offer.ts";
import type { Dataset, Root, Target } from "../resolve/types.ts";
import { rule } from "./rule.ts";

/** Letters in which a path may differ from the target that is meant. */
const MOST_EDITS = 2;

/** G009: `s3://lake/bronze/br_itms/` is treated as an external table, and fails only when its dataset runs. */
export const misspeltSource = rule("G009", {
  root(root, report) {
    const named = targetsByName(root);
    for (const pipeline of root.pipelines) {
      for (const dataset of pipeline.staged)
        for (const { name, location } of dataset.listed) {
          const alike = named.get(name.value.toLowerCase());
          if (alike === undefined || location === undefined || pipeline.sourceNamed(name.value)) continue;
          if (root.targets.meeting(location.value).length > 0) continue;
          const path = location.value.location;
          const meant = alike(path, dataset);
          if (meant === undefined) continue;
          report({
            pipelines: [pipeline],
            dataset,
            at: location.at,
            message: `no dataset writes \`${path}\`, the \`s3_path\` of table \`${name.value}\``,
            help: `did you mean \`${meant.target.value.location}\`? If the path is correct, declare \`${name.value}\` under \`sources\` in \`pipeline.yaml\``,
            fixes: [
              offeredFix(`write \`${meant.target.value.location}\``, [
                replaceScalar(location.at, meant.target.value.location),
              ]),
            ],
            notes: [{ place: meant.target.at, message: `the target of \`${meant.name.value}\`` }],
          });
        }
    }
  },
});

/** Targets by the names that tables of them have, in lower case: the dataset's, its `target_name`, the folder's, those of its readers. */
function targetsByName({ targets, pipelines }: Root): ReadonlyMap<string, Alike> {
  const found = new Map<string, Set<Target>>();
  const add = (name: string | undefined, target: Target) => {
    const key = name?.toLowerCase();
    if (key !== undefined) (found.get(key) ?? found.set(key, new Set()).get(key))?.add(target);
  };
  for (const each of targets.all) {
    for (const name of [each.name.value, each.targetName, each.target.value.prefix.split("/").at(-2)]) add(name, each);
  }
  for (const { name, location } of pipelines.flatMap(({ staged }) => staged.flatMap(({ tables }) => tables))) {
    const target = location && targets.at(location.value).at(-1);
    if (target) add(name.value, target);
  }
  return new Map([...found].map(([name, each]) => [name, alikeIndex([...each])]));
}

/** The first target of other datasets that a path misspells. */
type Alike = (path: string, reader: Dataset) => Target | undefined;

/**
 * Compares paths without their digits first: of thousands of numbered datasets those are few, and each two are compared once. Paths that
 * differ in digits only are another version, year or account, not a misspelling.
 */
function alikeIndex(targets: readonly Target[]): Alike {
  const byForm = Map.groupBy(targets, ({ target }) => withoutDigits(target.value.location));
  const near = new Map<string, readonly Target[]>();
  const candidatesOf = (form: string) => {
    const forms = [...byForm.keys()].filter((each) => each !== form && isWithin(2 * MOST_EDITS, form, each));
    return forms.flatMap((each) => byForm.get(each) ?? []);
  };
  return (path, reader) => {
    const form = withoutDigits(path);
    const candidates = near.get(form) ?? candidatesOf(form);
    near.set(form, candidates);
    return candidates.find((each) => each !== reader && isWithin(MOST_EDITS, path, each.target.value.location));
  };
}

/** One edit of a path changes at most two letters of this: a digit and the sign before it. */
function withoutDigits(text: string): string {
  return text.replace(/[-_.]?\d+/g, "");
}

function isWithin(edits: number, a: string, b: string): boolean {
  return Math.abs(a.length - b.length) <= edits && distance(a, b) <= edits;
}
