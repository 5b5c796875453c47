/**
 * The execution input: which stages and datasets run, with which parameters. The same rules as the definition's own
 * states (compiler/emit/asl/selection/), for callers that can say more than a state can: the nearest names.
 */

import { EXAMPLES, fitsType } from "../../contract/param-types.ts";
import { rankByDistance } from "../nearest.ts";
import { type Plan, stagedDatasets } from "../plan/types.ts";
import { MOST_ENCODED_CHARACTERS } from "./job/encoding.ts";

/** Keys that an execution input may have (design: Selection). Step Functions adds the last one when it starts a child. */
export const INPUT_KEYS = [
  "from",
  "until",
  "stages",
  "datasets",
  "params",
  "Comment",
  "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID",
] as const;

/** Longest list of known names in a message (design: Selection). */
const LONGEST_LIST = 4000;

/** What an input selects, in declared order. */
export interface Selection {
  readonly ok: true;
  readonly stages: readonly string[];
  /** Datasets that run: of those stages, and named if any are named. */
  readonly datasets: readonly string[];
  /** Crawlers with at least one of them. */
  readonly crawlers: readonly string[];
  /** Values by name, defaults filled in. */
  readonly params: ReadonlyMap<string, string | number | boolean>;
}

/** Why an input is refused; one line each. */
export interface Refusal {
  readonly ok: false;
  readonly errors: readonly string[];
}

/** Names by comma, cut at 4,000 characters. */
export function listed(names: readonly string[]): string {
  const all = names.join(", ");
  return all.length <= LONGEST_LIST ? all || "none" : `${all.slice(0, LONGEST_LIST)}…`;
}

/** Reads an execution input. A null is a key that is not given. */
export function checkSelection(plan: Plan, input: unknown): Selection | Refusal {
  if (typeof input !== "object" || input === null || Array.isArray(input)) return refuse("the input is no JSON object");
  const given = new Map(Object.entries(input).filter(([, value]) => value !== null));
  const errors = [...unknownKeys(given), ...wrongTypes(given)];
  if (errors.length > 0) return { ok: false, errors };
  const names = plan.stages.map(({ name }) => name);
  const datasets = stagedDatasets(plan).map(({ name }) => name);
  errors.push(
    ...badNames(given.get("stages"), names, "stage"),
    ...badNames(given.get("datasets"), datasets, "dataset"),
    ...badEnds(given, names),
    ...badParams(plan, given.get("params")),
    ...tooLong(plan, given),
  );
  return errors.length > 0 ? { ok: false, errors } : select(plan, given);
}

function refuse(error: string): Refusal {
  return { ok: false, errors: [error] };
}

function unknownKeys(given: ReadonlyMap<string, unknown>): string[] {
  const known: readonly string[] = INPUT_KEYS;
  return [...given.keys()].filter((key) => !known.includes(key)).map((key) => unknown("key", key, known));
}

function wrongTypes(given: ReadonlyMap<string, unknown>): string[] {
  const isNames = (value: unknown) => Array.isArray(value) && value.every((each) => typeof each === "string");
  const isObject = (value: unknown) => typeof value === "object" && !Array.isArray(value);
  const wrong = (key: string, fits: (value: unknown) => boolean, expected: string) =>
    given.has(key) && !fits(given.get(key)) ? [`\`${key}\` is not ${expected}`] : [];
  return [
    ...wrong("from", (value) => typeof value === "string", "the name of a stage"),
    ...wrong("until", (value) => typeof value === "string", "the name of a stage"),
    ...wrong("stages", isNames, "a list of names"),
    ...wrong("datasets", isNames, "a list of names"),
    ...wrong("params", isObject, "an object, name to value"),
  ];
}

function badNames(value: unknown, known: readonly string[], what: string): string[] {
  if (value === undefined) return [];
  const names = value as readonly string[];
  if (names.length === 0) return [`the selection is empty: no ${what} is named; leave the key out for all`];
  const twice = [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
  return [
    ...twice.map((name) => `${what} \`${name}\` is given twice`),
    ...[...new Set(names)].filter((name) => !known.includes(name)).map((name) => unknown(what, name, known)),
  ];
}

function badEnds(given: ReadonlyMap<string, unknown>, names: readonly string[]): string[] {
  const [from, until] = [given.get("from") as string | undefined, given.get("until") as string | undefined];
  const errors = [from, until].flatMap((name) =>
    name === undefined || names.includes(name) ? [] : [unknown("stage", name, names)],
  );
  if (errors.length > 0 || from === undefined || until === undefined) return errors;
  return names.indexOf(from) > names.indexOf(until)
    ? [`\`from\` ${from} comes after \`until\` ${until}; the order: ${listed(names)}`]
    : [];
}

function badParams(plan: Plan, value: unknown): string[] {
  const given = new Map(Object.entries((value ?? {}) as Record<string, unknown>));
  const known = plan.params.map(({ name }) => name);
  const undeclared = [...given.keys()]
    .filter((name) => !known.includes(name))
    .map((name) => unknown("parameter", name, known));
  const wrong = plan.params.flatMap(({ name, type, default: fallback }) => {
    const own = given.get(name) ?? undefined;
    if (own === undefined) return fallback === undefined ? [`parameter \`${name}\` has no value and no default`] : [];
    return typeof own !== "object" && fitsType(String(own), type)
      ? []
      : [`the value of parameter \`${name}\` is no ${type}; write it like ${EXAMPLES[type]}`];
  });
  return [...undeclared, ...wrong];
}

/** What the definition could not encode for the jobs: it would fail before it starts one. */
function tooLong(plan: Plan, given: ReadonlyMap<string, unknown>): string[] {
  const defaults = Object.fromEntries(plan.params.map((param) => [param.name, param.default ?? null]));
  const texts = {
    params: { ...defaults, ...(given.get("params") as object) },
    datasets: given.get("datasets") ?? null,
  };
  return Object.entries(texts)
    .map(([key, value]) => [key, JSON.stringify(value).length] as const)
    .filter(([, characters]) => characters > MOST_ENCODED_CHARACTERS)
    .map(
      ([key, characters]) =>
        `\`${key}\` has ${count(characters)} characters as JSON, more than the ${count(MOST_ENCODED_CHARACTERS)} that Step Functions encodes${key === "params" ? "; put long values into a table that the SQL reads" : "; select by `from`, `until` or `stages`"}`,
    );
}

function count(number: number): string {
  return number.toLocaleString("en-US");
}

function unknown(what: string, name: string, known: readonly string[]): string {
  return `there is no ${what} \`${name}\`; known: ${listed(rankByDistance(name, known))}`;
}

function select(plan: Plan, given: ReadonlyMap<string, unknown>): Selection | Refusal {
  const names = plan.stages.map(({ name }) => name);
  const first = given.has("from") ? names.indexOf(given.get("from") as string) : 0;
  const last = given.has("until") ? names.indexOf(given.get("until") as string) : names.length - 1;
  const stages = given.get("stages") as readonly string[] | undefined;
  const datasets = given.get("datasets") as readonly string[] | undefined;
  const isWanted = (name: string) => datasets === undefined || datasets.includes(name);
  const running = plan.stages.filter(
    (stage, index) =>
      index >= first &&
      index <= last &&
      (stages === undefined || stages.includes(stage.name)) &&
      (datasets === undefined || stage.datasets.some(({ name }) => isWanted(name))),
  );
  if (running.length === 0) return refuse("the selection is empty: the keys have no stage and dataset in common");
  const chosen = running.flatMap((stage) => stage.datasets.map(({ name }) => name).filter(isWanted));
  const values = (given.get("params") ?? {}) as Record<string, string | number | boolean>;
  return {
    ok: true,
    stages: running.map(({ name }) => name),
    datasets: chosen,
    crawlers: plan.crawlers
      .filter((crawler) => crawler.datasets.some((name) => chosen.includes(name)))
      .map(({ name }) => name),
    params: new Map(plan.params.map(({ name, default: fallback }) => [name, values[name] ?? fallback ?? ""])),
  };
}
