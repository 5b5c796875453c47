/** Execution inputs and names, common and odd, for every reader of a definition. */

import { type Plan, stagedDatasets } from "../../compiler/plan/types.ts";
import { checkSelection } from "../../local/selection.ts";
import { planOf } from "../asl/plans.ts";

/** The keys of an input that select. */
export interface Keys {
  readonly from?: string;
  readonly until?: string;
  readonly stages?: readonly string[];
  readonly datasets?: readonly string[];
}

/** Every pair of values: two stages, two datasets, and each value of one key with each of another; and each value alone. */
export function pairsOf(plan: Plan): readonly Keys[] {
  const stages = plan.stages.map(({ name }) => name);
  const datasets = stagedDatasets(plan).map(({ name }) => name);
  const values: readonly (readonly Keys[])[] = [
    stages.map((from) => ({ from })),
    stages.map((until) => ({ until })),
    stages.map((name) => ({ stages: [name] })),
    datasets.map((name) => ({ datasets: [name] })),
  ];
  const ofTwoKeys = values.flatMap((some, index) =>
    values.slice(index + 1).flatMap((others) => some.flatMap((one) => others.map((other) => ({ ...one, ...other })))),
  );
  const twoOf = (names: readonly string[]) =>
    names.flatMap((one, index) => names.slice(index + 1).map((other) => [other, one]));
  return [
    {},
    ...values.flat(),
    ...ofTwoKeys,
    ...twoOf(stages).map((two) => ({ stages: two })),
    ...twoOf(datasets).map((two) => ({ datasets: two })),
  ];
}

/** Of inputs that select the same stages and crawlers, the first. */
export async function distinct(plan: Plan, inputs: readonly Keys[]): Promise<readonly Keys[]> {
  const found = new Map<string, Keys>();
  for (const input of inputs) {
    const selected = await checkSelection(plan, input);
    const outcome = selected.ok ? [selected.stages, selected.crawlers, input.datasets === undefined] : [];
    const key = JSON.stringify(outcome);
    if (!found.has(key)) found.set(key, input);
  }
  return [...found.values()];
}

/** What the sample `bookings` refuses. */
export const ODD: readonly unknown[] = [
  null,
  [],
  [{}],
  [{ from: "fact_stage" }],
  "x",
  "",
  5,
  0,
  true,
  false,
  { stages: [] },
  { datasets: [] },
  { stages: [[]] },
  { stages: [["fact_stage"]] },
  { stages: "a" },
  { stages: "fact_stage" },
  { stages: 3 },
  { stages: {} },
  { stages: [null] },
  { datasets: { a: "dim_seat" } },
  { datasets: [0] },
  { datasets: "dim_seat" },
  { from: 1 },
  { from: ["fact_stage"] },
  { from: "" },
  { until: {} },
  { until: false },
  { params: [] },
  { params: [1] },
  { params: "x" },
  { params: 0 },
  { params: { x: 1 } },
  { params: { run_date: "2017-02-29" } },
  { params: { run_date: ["2017-08-15"] } },
  { params: { run_date: {} } },
  { stages: ["nope"] },
  { datasets: ["nope"] },
  { from: "nope" },
  { until: "nope" },
  { unknown: 1 },
  JSON.parse('{"__proto__": 1, "constructor": null, "toString": {}}'),
  { _jsonata_function: true, from: { _jsonata_lambda: true } },
  { stages: ["fact_stage", "fact_stage"] },
  { datasets: ["dim_seat", "fact_bookings", "dim_seat", "dim_seat"] },
  { from: "fact_stage", until: "bronze_stage" },
  { datasets: ["dim_seat"], stages: ["fact_stage"] },
  { datasets: ['quo"te\\back\nline `tick` {% 1 %}', "été 😀"] },
  { from: "fact_stage", unknown: null, more: true },
  {
    unknwon: 1,
    from: 3,
    until: "fact_stag",
    stages: ["q", "q"],
    datasets: ["dim_seats", "fact_booking", ""],
    params: { rundate: 1, run_date: "yesterday" },
  },
  { stages: Array.from({ length: 30 }, (_, index) => `stage ${index}`) },
];

/** Names of stages and datasets. */
export const NAMES: readonly string[] = [
  'st"age',
  "a\\b",
  "sp ace",
  "{}",
  "$.x",
  "$states.input",
  "{% $states.input %}",
  "%} $error('x') {%",
  "États 😀",
  "10",
  "9",
  "__proto__",
  "constructor",
  "x".repeat(200),
  "it's, (really)",
  "`tick`",
];

/** A plan with a parameter of each type. */
export const WITH_PARAMS = (): Plan =>
  planOf(
    [["s", ["d"]]],
    'params: { day: { type: date, default: "2017-08-15" }, n: { type: int }, s: { type: string, default: "a" }, big: { type: bigint, default: 1 }, x: { type: double, default: 1.5 }, b: { type: boolean, default: true }, t: { type: timestamp, default: "2017-08-15T15:00:00Z" }, __proto__: { type: string, default: "p" } }',
    "SELECT :day AS day, :n AS n, :s AS s, :big AS big, :x AS x, :b AS b, :t AS t, :__proto__ AS p",
  );

/** Values for it, right and wrong. */
export const PARAMS: readonly object[] = [
  {},
  { n: null },
  { n: 3 },
  { n: [1] },
  { n: { a: 1 } },
  { n: 1, m: 2 },
  { n: "" },
  ...["2147483647", "-2147483648", "+007", "2147483648", "-2147483649", "1.0", " 1", "1\n", "٣"].map((n) => ({ n })),
  ...[2147483647, 2147483648, -1.5, 1e300, true].map((n) => ({ n })),
  ...["9223372036854775807", "-9223372036854775808", "9223372036854775808"].map((big) => ({ n: 1, big })),
  ...[123456789012345, 1234567890123456].map((big) => ({ n: 1, big })),
  ...["1", ".5", "5.", "-1e-300", "1e307", "1e999", "1,5", "NaN", "1e", "12e150"].map((x) => ({ n: 1, x })),
  ...[0.1, 0.30000000000000004, 1e21].map((x) => ({ n: 1, x })),
  ...["true", "false", "TRUE", 1, false].map((b) => ({ n: 1, b })),
  ...[
    "2016-02-29",
    "2017-02-29",
    "1900-02-29",
    "2000-02-29",
    "0000-01-01",
    "2017-04-31",
    "2017-8-15",
    "2017-08-15\n",
  ].map((day) => ({ n: 1, day })),
  ...[
    "2017-08-15",
    "2017-08-15 23:59",
    "2017-08-15T24:00",
    "2017-08-15T15:00:00.123456+02:00",
    "2017-08-15T15:00+99:00",
    "2017-08-15T15:00-23:59",
    "2017-08-15T15",
  ].map((t) => ({ n: 1, t })),
  ...['quo"te \\ back\n\t\u0001', "é 日本 🚀 \u2028", "{% 1 %}", "", 0, 1e-7].map((s) => ({ n: 1, s })),
  { n: 1, s: "x".repeat(9_900) },
  { n: 1, s: "x".repeat(10_001) },
  { n: 1, s: "日".repeat(9_000) },
  JSON.parse('{"n": 1, "__proto__": "own", "toString": 1}'),
];
