/**
 * The states that read and check the execution input, before any job starts (design: Selection).
 *
 * JSONPath has no set operations and no loops over keys, so: an object's keys are counted by its values; a list is part
 * of another if their union is no longer than the other; what a Map finds it returns as lists of one or none, which
 * `[*][*]` joins. Names are always data, never inside an intrinsic's text, so no name can break an expression.
 */

import type { Bindings } from "../bindings.ts";
import { type Plan, stagedDatasets } from "../plan.ts";
import { INPUT_KEYS, listed } from "../selection.ts";
import type { Condition, Json, State } from "./types.ts";

/** Names of the states; stages' states must differ from them. */
export const S = {
  constants: "Strata: constants",
  read: "Strata: read input",
  count: "Strata: count keys",
  checkTypes: "Strata: check keys and types",
  unknownKey: "Strata: unknown key",
  wrongType: "Strata: wrong type",
  wrongParams: "Strata: wrong type of params",
  lists: "Strata: default lists",
  measure: "Strata: measure lists",
  unions: "Strata: join lists",
  countUnions: "Strata: count lists",
  checkLists: "Strata: check lists",
  twice: "Strata: name given twice",
  unknownStage: "Strata: unknown stage",
  unknownDataset: "Strata: unknown dataset",
  params: "Strata: merge parameters",
  countParams: "Strata: count parameters",
  checkParams: "Strata: check parameters",
  unknownParam: "Strata: unknown parameter",
  missingParam: "Strata: missing parameter",
  findEnds: "Strata: find from and until",
  readEnds: "Strata: read from and until",
  checkEnds: "Strata: check from and until",
  unknownFrom: "Strata: unknown from",
  unknownUntil: "Strata: unknown until",
  twisted: "Strata: from after until",
  ends: "Strata: first and last stage",
  place: "Strata: place stages",
  placed: "Strata: stages to run",
  countPlaced: "Strata: count stages",
  checkPlaced: "Strata: check selection",
  empty: "Strata: empty selection",
  crawlers: "Strata: place crawlers",
  crawled: "Strata: crawlers to start",
  decide: "Strata: decide",
  badInput: "Strata: bad input",
} as const;

/**
 * In front of every list of datasets, which so is never empty: some interpreters take the union of nothing for a
 * mistake. No name is a number; one in the input is refused like an unknown name.
 */
const FILLER = 0;

/**
 * The first item of every list that a Map goes through: it always answers, so what `[*]` joins is never nothing, which
 * one interpreter takes for a missing path.
 */
const NOBODY = { index: -1, name: "", datasets: [FILLER, FILLER] } as const;

/** All of it; `next` is the state that gets `{run: {s0: true, …}, params, datasets, crawlers}`. */
export function selectionStates(plan: Plan, bindings: Bindings, next: string): [string, State][] {
  return [
    ...reading(plan, bindings),
    ...listChecks(plan),
    ...parameterChecks(plan),
    ...interval(),
    ...placing(plan, next),
    [S.badInput, { Type: "Fail", Error: "Strata.BadInput", CausePath: "$.cause" }],
  ];
}

function reading(plan: Plan, bindings: Bindings): [string, State][] {
  const names = plan.stages.map(({ name }) => name);
  const constants: Json = {
    defaults: Object.fromEntries(INPUT_KEYS.map((key) => [key, key === "params" ? {} : null])),
    params: Object.fromEntries(plan.params.map((param) => [param.name, param.default ?? null])),
    // Two fillers: one interpreter takes the only value of an object for a value, not for a list of one.
    countable: Object.fromEntries([
      ["", FILLER],
      [" ", FILLER],
      ...plan.params.map((param) => [param.name, FILLER] as const),
    ]),
    names,
    filler: FILLER,
    index: Object.fromEntries(plan.stages.map((_, index) => [`s${index}`, index])),
    datasets: [FILLER, ...stagedDatasets(plan).map(({ name }) => name)],
    stages: [
      NOBODY,
      ...plan.stages.map((stage, index) => ({
        index,
        name: stage.name,
        datasets: [FILLER, ...stage.datasets.map(({ name }) => name)],
      })),
    ],
    crawls: [{ name: "", stage: NOBODY.index, datasets: NOBODY.datasets }, ...crawls(plan, bindings)],
    known: {
      stages: listed(names),
      datasets: listed(stagedDatasets(plan).map(({ name }) => name)),
      params: listed(plan.params.map(({ name }) => name)),
    },
  };
  const isText = (variable: string): Condition => ({
    Or: [
      { Variable: variable, IsNull: true },
      { Variable: variable, IsString: true },
    ],
  });
  const isScalar = (variable: string): Condition => ({
    Or: [
      { Variable: variable, IsString: true },
      { Variable: variable, IsNumeric: true },
      { Variable: variable, IsBoolean: true },
    ],
  });
  return [
    [S.constants, { Type: "Pass", Comment: "what the plan knows", Result: constants, Next: S.read }],
    [
      S.read,
      {
        Type: "Pass",
        Parameters: { "c.$": "$", "sel.$": "States.JsonMerge($.defaults, $$.Execution.Input, false)" },
        Next: S.count,
      },
    ],
    [
      S.count,
      {
        Type: "Pass",
        Parameters: { "c.$": "$.c", "sel.$": "$.sel", "keys.$": "States.ArrayLength($.sel[*])" },
        Next: S.checkTypes,
      },
    ],
    [
      S.checkTypes,
      {
        Type: "Choice",
        Choices: [
          { Variable: "$.keys", NumericGreaterThan: INPUT_KEYS.length, Next: S.unknownKey },
          {
            Or: [
              { Not: isText("$.sel.from") },
              { Not: isText("$.sel.until") },
              isScalar("$.sel.stages"),
              isScalar("$.sel.datasets"),
            ],
            Next: S.wrongType,
          },
          {
            Or: [
              isScalar("$.sel.params"),
              { Variable: "$.sel.params", IsNull: true },
              { Variable: "$.sel.params[0]", IsPresent: true },
            ],
            Next: S.wrongParams,
          },
        ],
        Default: S.lists,
      },
    ],
    fail(
      S.unknownKey,
      "States.Format('the input has an unknown key; known: from, until, stages, datasets, params, Comment; the input: {}', States.JsonToString($$.Execution.Input))",
    ),
    fail(
      S.wrongType,
      "States.Format('from and until take a name, stages and datasets a list of names; the input: {}', States.JsonToString($$.Execution.Input))",
    ),
    fail(
      S.wrongParams,
      "States.Format('params takes an object, name to value; the input: {}', States.JsonToString($$.Execution.Input))",
    ),
  ];
}

/** For each crawler and stage with datasets of it. */
function crawls(plan: Plan, bindings: Bindings): Json[] {
  return plan.crawlers.flatMap((crawler, index) =>
    plan.stages.flatMap((stage, stageIndex) => {
      const datasets = stage.datasets.map(({ name }) => name).filter((name) => crawler.datasets.includes(name));
      const name = bindings.crawlers[index]?.name ?? "";
      return datasets.length === 0 ? [] : [{ name, stage: stageIndex, datasets: [FILLER, ...datasets] }];
    }),
  );
}

/** A Pass that makes the cause, then the one Fail state. */
function fail(name: string, cause: string): [string, State] {
  return [name, { Type: "Pass", Parameters: { "cause.$": cause }, Next: S.badInput }];
}

/** Lists that are not given are all names; then nothing twice, nothing unknown. */
function listChecks(plan: Plan): [string, State][] {
  const given = (key: "stages" | "datasets"): Condition => ({ Not: { Variable: `$.sel.${key}`, IsNull: true } });
  const first = (key: "stages" | "datasets"): Condition => ({ Variable: `$.sel.${key}[0]`, IsPresent: true });
  const fill = (name: string, stages: string, datasets: string): [string, State] => {
    const filler: Json = datasets.startsWith("$.sel")
      ? { "filler.$": `States.ArrayContains(${datasets}, $.c.filler)` }
      : { filler: false };
    return [
      name,
      {
        Type: "Pass",
        Parameters: { "c.$": "$.c", "sel.$": "$.sel", "stages.$": stages, "datasets.$": datasets, ...filler },
        Next: S.measure,
      },
    ];
  };
  const none = `${S.lists}: none`;
  const [onlyStages, onlyDatasets, both] = [`${S.lists}: stages`, `${S.lists}: datasets`, `${S.lists}: both`];
  return [
    [
      S.lists,
      {
        Type: "Choice",
        Choices: [
          {
            Or: [
              { And: [given("stages"), { Not: first("stages") }] },
              { And: [given("datasets"), { Not: first("datasets") }] },
            ],
            Next: S.empty,
          },
          { And: [given("stages"), given("datasets")], Next: both },
          { ...given("stages"), Next: onlyStages } as Condition & { Next: string },
          { ...given("datasets"), Next: onlyDatasets } as Condition & { Next: string },
        ],
        Default: none,
      },
    ],
    fill(none, "$.c.names", "$.c.datasets"),
    fill(onlyStages, "$.sel.stages", "$.c.datasets"),
    fill(onlyDatasets, "$.c.names", "$.sel.datasets"),
    fill(both, "$.sel.stages", "$.sel.datasets"),
    [
      S.measure,
      {
        Type: "Pass",
        Parameters: {
          "c.$": "$.c",
          "sel.$": "$.sel",
          "stages.$": "$.stages",
          "datasets.$": "$.datasets",
          "filler.$": "$.filler",
          "stagePair.$": "States.Array($.c.names, $.stages)",
          "datasetPair.$": "States.Array($.c.datasets, $.datasets)",
          "givenStages.$": "States.ArrayLength($.stages)",
          "givenDatasets.$": "States.ArrayLength($.datasets)",
          "distinctStages.$": "States.ArrayLength(States.ArrayUnique($.stages))",
          "distinctDatasets.$": "States.ArrayLength(States.ArrayUnique($.datasets))",
        },
        Next: S.unions,
      },
    ],
    [
      S.unions,
      {
        Type: "Pass",
        Parameters: {
          "c.$": "$.c",
          "sel.$": "$.sel",
          "stages.$": "$.stages",
          "datasets.$": "$.datasets",
          "filler.$": "$.filler",
          "givenStages.$": "$.givenStages",
          "givenDatasets.$": "$.givenDatasets",
          "distinctStages.$": "$.distinctStages",
          "distinctDatasets.$": "$.distinctDatasets",
          // As fields of their own: inside an intrinsic one interpreter reads only the first of two wildcards.
          "stagesJoined.$": "$.stagePair[*][*]",
          "datasetsJoined.$": "$.datasetPair[*][*]",
        },
        Next: S.countUnions,
      },
    ],
    [
      S.countUnions,
      {
        Type: "Pass",
        Parameters: {
          "c.$": "$.c",
          "sel.$": "$.sel",
          "stages.$": "$.stages",
          "datasets.$": "$.datasets",
          "filler.$": "$.filler",
          "givenStages.$": "$.givenStages",
          "givenDatasets.$": "$.givenDatasets",
          "distinctStages.$": "$.distinctStages",
          "distinctDatasets.$": "$.distinctDatasets",
          "stageUnion.$": "States.ArrayLength(States.ArrayUnique($.stagesJoined))",
          "datasetUnion.$": "States.ArrayLength(States.ArrayUnique($.datasetsJoined))",
        },
        Next: S.checkLists,
      },
    ],
    [
      S.checkLists,
      {
        Type: "Choice",
        Choices: [
          {
            Or: [
              { Variable: "$.distinctStages", NumericLessThanPath: "$.givenStages" },
              { Variable: "$.distinctDatasets", NumericLessThanPath: "$.givenDatasets" },
            ],
            Next: S.twice,
          },
          { Variable: "$.stageUnion", NumericGreaterThan: plan.stages.length, Next: S.unknownStage },
          { Variable: "$.filler", BooleanEquals: true, Next: S.wrongType },
          { Variable: "$.datasetUnion", NumericGreaterThan: stagedDatasets(plan).length + 1, Next: S.unknownDataset },
        ],
        Default: S.params,
      },
    ],
    fail(
      S.twice,
      "States.Format('a name is given twice: stages {}, datasets {}', States.JsonToString($.sel.stages), States.JsonToString($.sel.datasets))",
    ),
    ...unknownNames(S.unknownStage, "$.stages", "$.c.names", "$.c.known.stages", "stage"),
    ...unknownNames(S.unknownDataset, "$.datasets", "$.c.datasets", "$.c.known.datasets", "dataset"),
  ];
}

/** Only on the way to failure: a Map that names the unknown ones. */
function unknownNames(name: string, items: string, known: string, shown: string, what: string): [string, State][] {
  const [look, no, yes] = [`${name}: known?`, `${name}: unknown`, `${name}: known`];
  const join = `${name}: join`;
  const map: State = {
    Type: "Map",
    ItemsPath: items,
    ItemSelector: { "name.$": "$$.Map.Item.Value", "known.$": `States.ArrayContains(${known}, $$.Map.Item.Value)` },
    ItemProcessor: {
      ProcessorConfig: { Mode: "INLINE" },
      StartAt: look,
      States: {
        [look]: { Type: "Choice", Choices: [{ Variable: "$.known", BooleanEquals: true, Next: yes }], Default: no },
        [yes]: { Type: "Pass", Result: { names: [] }, End: true },
        [no]: { Type: "Pass", Parameters: { "names.$": "States.Array($.name)" }, End: true },
      },
    },
    ResultPath: "$.unknown",
    Next: join,
  };
  return [
    [name, map],
    [
      join,
      { Type: "Pass", Parameters: { "c.$": "$.c", "unknown.$": "$.unknown[*].names[*]" }, Next: `${name}: cause` },
    ],
    fail(`${name}: cause`, `States.Format('unknown ${what} {}; known: {}', States.JsonToString($.unknown), ${shown})`),
  ];
}

function parameterChecks(plan: Plan): [string, State][] {
  const names = plan.params.map(({ name }) => name);
  const missing = names.map((name): Condition => ({ Variable: `$.params.${name}`, IsNull: true }));
  const scalar = (name: string): Condition => ({
    Or: [
      { Variable: `$.params.${name}`, IsString: true },
      { Variable: `$.params.${name}`, IsNumeric: true },
      { Variable: `$.params.${name}`, IsBoolean: true },
    ],
  });
  const odd = names.map((name): Condition => ({ Not: scalar(name) }));
  const rest = { "c.$": "$.c", "sel.$": "$.sel", "stages.$": "$.stages", "datasets.$": "$.datasets" };
  return [
    [
      S.params,
      {
        Type: "Pass",
        Parameters: {
          ...rest,
          "params.$": "States.JsonMerge($.c.params, $.sel.params, false)",
          "counted.$": "States.JsonMerge($.c.countable, $.sel.params, false)",
        },
        Next: S.countParams,
      },
    ],
    [
      S.countParams,
      {
        Type: "Pass",
        Parameters: { ...rest, "params.$": "$.params", "count.$": "States.ArrayLength($.counted[*])" },
        Next: S.checkParams,
      },
    ],
    [
      S.checkParams,
      {
        Type: "Choice",
        Choices: [
          { Variable: "$.count", NumericGreaterThan: names.length + 2, Next: S.unknownParam },
          ...(missing.length > 0
            ? [
                { Or: missing, Next: S.missingParam },
                { Or: odd, Next: S.wrongParams },
              ]
            : []),
        ],
        Default: S.findEnds,
      },
    ],
    fail(
      S.unknownParam,
      "States.Format('unknown parameter among {}; known: {}', States.JsonToString($.sel.params), $.c.known.params)",
    ),
    ...(names.length === 0
      ? []
      : [
          fail(
            S.missingParam,
            "States.Format('a parameter without default has no value; given: {}; declared: {}', States.JsonToString($.sel.params), $.c.known.params)",
          ),
        ]),
  ];
}

/** `from` and `until` → indexes of the first and the last stage. */
function interval(): [string, State][] {
  const keep = {
    "c.$": "$.c",
    "sel.$": "$.sel",
    "stages.$": "$.stages",
    "datasets.$": "$.datasets",
    "params.$": "$.params",
  };
  const [isFrom, isUntil, isBoth, isNone, look] = ["from", "until", "both", "none", "look"].map(
    (name) => `${S.findEnds}: ${name}`,
  ) as [string, string, string, string, string];
  const isHere = (key: "from" | "until"): Condition => ({ Not: { Variable: `$.${key}[1]`, IsPresent: true } });
  const index = "States.Array($.stage.index)";
  const result = (from: string, until: string): State => ({
    Type: "Pass",
    Parameters: { "from.$": from, "until.$": until },
    End: true,
  });
  return [
    [
      S.findEnds,
      {
        Type: "Map",
        Comment: "of two equal names one is unique, so a list of one says: this stage",
        ItemsPath: "$.c.stages",
        ItemSelector: {
          "stage.$": "$$.Map.Item.Value",
          "from.$": "States.ArrayUnique(States.Array($$.Map.Item.Value.name, $.sel.from))",
          "until.$": "States.ArrayUnique(States.Array($$.Map.Item.Value.name, $.sel.until))",
        },
        ItemProcessor: {
          ProcessorConfig: { Mode: "INLINE" },
          StartAt: look,
          States: {
            [look]: {
              Type: "Choice",
              Choices: [
                { Variable: "$.stage.index", NumericEquals: NOBODY.index, Next: isBoth },
                { And: [isHere("from"), isHere("until")], Next: isBoth },
                { ...isHere("from"), Next: isFrom } as Condition & { Next: string },
                { ...isHere("until"), Next: isUntil } as Condition & { Next: string },
              ],
              Default: isNone,
            },
            [isBoth]: result(index, index),
            [isFrom]: { Type: "Pass", Parameters: { "from.$": index, until: [] }, End: true },
            [isUntil]: { Type: "Pass", Parameters: { from: [], "until.$": index }, End: true },
            [isNone]: { Type: "Pass", Result: { from: [], until: [] }, End: true },
          },
        },
        ResultPath: "$.found",
        Next: S.readEnds,
      },
    ],
    [
      S.readEnds,
      {
        Type: "Pass",
        Parameters: { ...keep, "from.$": "$.found[*].from[*]", "until.$": "$.found[*].until[*]" },
        Next: S.checkEnds,
      },
    ],
    [
      S.checkEnds,
      {
        Type: "Choice",
        Choices: [
          {
            And: [
              { Not: { Variable: "$.sel.from", IsNull: true } },
              { Not: { Variable: "$.from[1]", IsPresent: true } },
            ],
            Next: S.unknownFrom,
          },
          {
            And: [
              { Not: { Variable: "$.sel.until", IsNull: true } },
              { Not: { Variable: "$.until[1]", IsPresent: true } },
            ],
            Next: S.unknownUntil,
          },
          {
            And: [
              { Variable: "$.from[1]", IsPresent: true },
              { Variable: "$.until[1]", IsPresent: true },
              { Variable: "$.from[1]", NumericGreaterThanPath: "$.until[1]" },
            ],
            Next: S.twisted,
          },
        ],
        Default: S.ends,
      },
    ],
    fail(S.unknownFrom, "States.Format('unknown stage {} in from; known: {}', $.sel.from, $.c.known.stages)"),
    fail(S.unknownUntil, "States.Format('unknown stage {} in until; known: {}', $.sel.until, $.c.known.stages)"),
    fail(
      S.twisted,
      "States.Format('from {} comes after until {}; the order: {}', $.sel.from, $.sel.until, $.c.known.stages)",
    ),
  ];
}

/** Each stage: run it or not; then each crawler. */
function placing(plan: Plan, next: string): [string, State][] {
  const last = plan.stages.length - 1;
  const keep = {
    "c.$": "$.c",
    "datasets.$": "$.datasets",
    "params.$": "$.params",
    "stages.$": "$.stages",
    "givenDatasets.$": "States.ArrayLength($.datasets)",
  };
  const withEnds = (name: string, from: Json, until: Json): [string, State] => [
    name,
    {
      Type: "Pass",
      Parameters: { ...keep, ...(from as object), ...(until as object), "sel.$": "$.sel" },
      Next: S.place,
    },
  ];
  const [none, onlyFrom, onlyUntil, both] = ["none", "from", "until", "both"].map((name) => `${S.ends}: ${name}`) as [
    string,
    string,
    string,
    string,
  ];
  const has = (key: "from" | "until"): Condition => ({ Variable: `$.${key}[1]`, IsPresent: true });
  const flags = Object.fromEntries(
    plan.stages.map((_, index) => [`s${index}.$`, `States.ArrayContains($.runs, $.c.index.s${index})`]),
  );
  return [
    [
      S.ends,
      {
        Type: "Choice",
        Choices: [
          { And: [has("from"), has("until")], Next: both },
          { ...has("from"), Next: onlyFrom } as Condition & { Next: string },
          { ...has("until"), Next: onlyUntil } as Condition & { Next: string },
        ],
        Default: none,
      },
    ],
    withEnds(none, { first: 0 }, { last }),
    withEnds(onlyFrom, { "first.$": "$.from[1]" }, { last }),
    withEnds(onlyUntil, { first: 0 }, { "last.$": "$.until[1]" }),
    withEnds(both, { "first.$": "$.from[1]" }, { "last.$": "$.until[1]" }),
    [
      S.place,
      placeMap(
        S.place,
        "$.c.stages",
        {
          "listed.$": "States.ArrayContains($.stages, $$.Map.Item.Value.name)",
          "first.$": "$.first",
          "last.$": "$.last",
          "index.$": "$$.Map.Item.Value.index",
        },
        [
          { Variable: "$.index", NumericLessThanPath: "$.first" },
          { Variable: "$.index", NumericGreaterThanPath: "$.last" },
          { Variable: "$.listed", BooleanEquals: false },
        ],
        { Variable: "$.index", NumericEquals: NOBODY.index },
        "$.index",
        S.placed,
      ),
    ],
    [
      S.placed,
      {
        Type: "Pass",
        Parameters: {
          "c.$": "$.c",
          "sel.$": "$.sel",
          "datasets.$": "$.datasets",
          "params.$": "$.params",
          "givenDatasets.$": "$.givenDatasets",
          "runs.$": "$.placed[*].is[*]",
        },
        Next: S.countPlaced,
      },
    ],
    [
      S.countPlaced,
      {
        Type: "Pass",
        Parameters: {
          "c.$": "$.c",
          "sel.$": "$.sel",
          "datasets.$": "$.datasets",
          "params.$": "$.params",
          "givenDatasets.$": "$.givenDatasets",
          "runs.$": "$.runs",
          "count.$": "States.ArrayLength($.runs)",
        },
        Next: S.checkPlaced,
      },
    ],
    [
      S.checkPlaced,
      {
        Type: "Choice",
        Choices: [{ Variable: "$.count", NumericEquals: 1, Next: S.empty }],
        Default: plan.crawlers.length > 0 ? S.crawlers : S.decide,
      },
    ],
    fail(
      S.empty,
      "States.Format('the selection is empty: no stage runs; the input: {}', States.JsonToString($$.Execution.Input))",
    ),
    ...(plan.crawlers.length > 0
      ? ([
          [
            S.crawlers,
            placeMap(
              S.crawlers,
              "$.c.crawls",
              {
                "listed.$": "States.ArrayContains($.runs, $$.Map.Item.Value.stage)",
                "name.$": "$$.Map.Item.Value.name",
              },
              [{ Variable: "$.listed", BooleanEquals: false }],
              { Variable: "$.name", StringEquals: NOBODY.name },
              "$.name",
              S.crawled,
            ),
          ],
          [
            S.crawled,
            {
              Type: "Pass",
              Parameters: {
                "c.$": "$.c",
                "sel.$": "$.sel",
                "params.$": "$.params",
                "runs.$": "$.runs",
                "crawled.$": "$.placed[*].is[*]",
              },
              Next: S.decide,
            },
          ],
        ] as [string, State][])
      : []),
    [
      S.decide,
      {
        Type: "Pass",
        Parameters: {
          run: flags,
          "params.$": "States.JsonToString($.params)",
          "datasets.$": "States.JsonToString($.sel.datasets)",
          ...(plan.crawlers.length > 0 ? { "crawlers.$": "States.ArrayUnique($.crawled)" } : {}),
        },
        Next: next,
      },
    ],
  ];
}

/** A Map that answers `{is: [value]}` for an item that no condition skips and that has one of the datasets, else `{is: []}`. */
function placeMap(
  name: string,
  items: string,
  selector: Record<string, Json>,
  skip: readonly Condition[],
  nobody: Condition,
  value: string,
  next: string,
): State {
  const [look, join, union, decide, yes, no] = ["look", "join", "union", "decide", "yes", "no"].map(
    (each) => `${name}: ${each}`,
  ) as [string, string, string, string, string, string];
  const own = Object.keys(selector).map((key) => key.replace(".$", ""));
  const pass = Object.fromEntries(own.map((key) => [`${key}.$`, `$.${key}`]));
  return {
    Type: "Map",
    Comment: "an item has one of the datasets if the union of both lists is shorter than the two",
    ItemsPath: items,
    ItemSelector: {
      ...selector,
      "pair.$": "States.Array($$.Map.Item.Value.datasets, $.datasets)",
      "total.$": "States.MathAdd(States.ArrayLength($$.Map.Item.Value.datasets), $.givenDatasets)",
    },
    ItemProcessor: {
      ProcessorConfig: { Mode: "INLINE" },
      StartAt: look,
      States: {
        [look]: {
          Type: "Choice",
          Choices: [{ ...nobody, Next: yes } as Condition & { Next: string }, { Or: skip, Next: no }],
          Default: join,
        },
        [join]: { Type: "Pass", Parameters: { ...pass, "total.$": "$.total", "both.$": "$.pair[*][*]" }, Next: union },
        [union]: {
          Type: "Pass",
          Parameters: { ...pass, "total.$": "$.total", "union.$": "States.ArrayLength(States.ArrayUnique($.both))" },
          Next: decide,
        },
        [decide]: {
          Type: "Choice",
          Choices: [{ Variable: "$.union", NumericLessThanPath: "$.total", Next: yes }],
          Default: no,
        },
        [yes]: { Type: "Pass", Parameters: { "is.$": `States.Array(${value})` }, End: true },
        [no]: { Type: "Pass", Result: { is: [] }, End: true },
      },
    },
    ResultPath: "$.placed",
    Next: next,
  };
}
