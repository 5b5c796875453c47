/**
 * One expression that reads an execution input: it checks everything and says all mistakes in one message, or answers what
 * runs. The definition, the local run and the command line evaluate this same text (docs/state-machine.md).
 *
 * It is JSONata 2.0.6 and uses of AWS's own functions only `$hash`; docs/state-machine.md, "What AWS confirms", has each. A value may be missing, null, a list of one that JSONata takes for its item, or an object
 * whose keys are called like what every object has: each is looked up by `$lookup`, each list is made by `[…]`, and each
 * name is a key behind a `=`. Comparisons with what may be missing are by `=`, since nothing is unequal to it; what is sorted
 * has an order of its own among equals. Java's `$substring` miscounts behind an emoji, so what is cut off in front is cut by
 * other functions. Functions are called for few names only, so that 5,000 datasets take no minutes.
 */

import { EXAMPLES, PATTERNS, type ParamType } from "../../../contract/param-types.ts";
import type { Plan } from "../../plan/types.ts";
import { LONGEST_PLAIN, LONGEST_SENT } from "../job/encoding.ts";
import { expression, literal } from "./jsonata.ts";
import type { State } from "./types.ts";

/** Keys that an execution input may have. Step Functions adds the last one when it starts a child. */
export const INPUT_KEYS = [
  "from",
  "until",
  "stages",
  "datasets",
  "params",
  "Comment",
  "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID",
] as const;

/** The variable that holds the answer. */
export const SELECTED = "$selected";

/** Names of the states that read and check the input. */
export const READ_INPUT = "Strata: Read the input";
const IS_RIGHT = "Strata: Input is right?";
const BAD_INPUT = "Strata: bad input";

/** Longest message, and longest list of known names (design: Selection). */
export const LONGEST_MESSAGE = 4000;

/** What the expression answers. */
export interface Selected {
  /** All mistakes, a line each; empty where there is none. */
  readonly error: string;
  /** Stages that run, in their order. */
  readonly run: readonly string[];
  /** Physical names of the crawlers that start. */
  readonly crawlers: readonly string[];
  /** The execution's name, the values of the parameters and the selected datasets, as a job gets them (encoding.ts). */
  readonly execution: string;
  readonly params: string;
  readonly datasets: string;
}

/** The input, key by key; a null is a key that is not given. */
const READ = `
  $in := $states.input;
  $isObject := function($value) { $type($value) = 'object' };
  $isName := function($value) { $type($value) = 'string' };
  $isNames := function($value) { $type($value) = 'array' and $not(false in [$map($value, $isName)]) };
  $given := function($value) { $exists($value) and $not($type($value) = 'null') };
  $get := function($key) { $isObject($in) ? $lookup($in, $key) };
  $from := $get('from'); $until := $get('until'); $params := $get('params');
  $stages := $get('stages'); $datasets := $get('datasets');`;

/** Names, known and given. A list is searched by `in`, which costs no call of a function for each of 5,000 datasets. */
const NAMES = `
  $namesOf := function($value) { $isNames($value) ? $value : [] };
  $after := function($text, $start) { $substringAfter($text, $substring($text, 0, $start)) };
  $ending := function($text, $count) { $after($text, $length($text) - $count) };
  $keysOf := function($value) { $isObject($value) ? $keys($value) : [] };
  $stageNames := [$plan.stages.name]; $datasetNames := [$plan.stages.datasets]; $paramNames := [$plan.params.name];
  $index := function($names) { $merge($map($names, function($name, $place) { { '=' & $name: $place } })) };
  $at := function($index, $name) { $lookup($index, '=' & $name) };
  $distinctOf := function($names) { $map($keys($index($names)), function($key) { $substringAfter($key, '=') }) };`;

/** Values in messages: as JSON, a name with JSON's escapes in backticks. */
const WORDS = String.raw`
  $json := function($value) { $match($string([$value]), /^\[([\s\S]*)\]$/).groups[0] };
  $quoted := function($name) { '\u0060' & $match($string([$name]), /^\["([\s\S]*)"\]$/).groups[0] & '\u0060' };
  $cut := function($text, $most) { $length($text) > $most ? $substring($text, 0, $most) & '\u2026' : $text };
  $listed := function($names, $total, $most) { $total = 0 ? 'none' : $cut($join($names, ', ') & ($total > $count($names) ? ', \u2026' : ''), $most) };
  $refused := function($key, $what) { $quoted($key) & ' is not ' & $what };`;

/**
 * Known names, the nearest to a wrong one first: with the fewest letters between what both begin and what both end with,
 * which is the number of edits where these are in one place. Of more than 40 only those are compared that have the longest
 * beginning or the longest end of it that any of them has.
 */
const NEAREST = String.raw`
  $most := function($low, $high, $holds) { $low >= $high ? $low : ($mid := $ceil(($low + $high) / 2); $holds($mid) ? $most($mid, $high, $holds) : $most($low, $mid - 1, $holds)) };
  $far := function($one, $other) { (
    $short := $min([$length($one), $length($other)]);
    $start := $most(0, $short, function($n) { $substring($one, 0, $n) = $substring($other, 0, $n) });
    $max([$length($one), $length($other)]) - $start - $most(0, $short - $start, function($n) { $ending($one, $n) = $ending($other, $n) })
  ) };
  $leading := function($names, $limit) { $split($join($names, '\u0001'), '\u0001', $limit) };
  $alike := function($name, $known) { (
    $text := '\u0001' & $join($known, '\u0001') & '\u0001';
    $end := function($n) { $ending($name, $n) };
    $head := $substring($name, 0, $most(0, $length($name), function($n) { $contains($text, '\u0001' & $substring($name, 0, $n)) }));
    $tail := $end($most(0, $length($name), function($n) { $contains($text, $end($n) & '\u0001') }));
    $begun := $map($split($text, '\u0001' & $head, 20), function($piece) { $head & $substringBefore($piece, '\u0001') });
    $ended := $map($split($text, $tail & '\u0001', 20), function($piece) { $split($piece, '\u0001')[-1] & $tail });
    $filter($distinct($append($begun, $ended)), function($each) { $each in $known })
  ) };
  $ranked := function($name, $known) { (
    $low := $lowercase($name);
    $like := $count($known) <= 40 ? $known : $alike($name, $known);
    $near := $sort($map($like, function($each, $place) { { 'name': $each, 'far': $far($low, $lowercase($each)), 'place': $place } }), function($a, $b) { $a.far > $b.far or ($a.far = $b.far and $a.place > $b.place) }).name;
    $append($near, $filter($leading($known, 400), function($each) { $not($each in $near) }))
  ) };`;

/** Shapes, empty lists, names that are given twice, ends in the wrong order. */
const SHAPES = `
  $empty := function($what, $value) { $isNames($value) and $count($value) = 0 ? 'the selection is empty: no ' & $what & ' is named; leave the key out for all' };
  $twice := function($what, $value) { (
    $names := $namesOf($value); $last := $index($names);
    $map($distinctOf($filter($names, function($name, $place) { $at($last, $name) != $place })), function($name) { $what & ' ' & $quoted($name) & ' is given twice' })
  ) };
  $places := $index($stageNames);
  $first := $isName($from) ? $at($places, $from) : 0;
  $last := $isName($until) ? $at($places, $until) : $count($stageNames) - 1;
  $shapes := [
    $isObject($in) ? [] : 'the input is not a JSON object',
    $given($from) and $not($isName($from)) ? $refused('from', 'the name of a stage'),
    $given($until) and $not($isName($until)) ? $refused('until', 'the name of a stage'),
    $given($stages) and $not($isNames($stages)) ? $refused('stages', 'a list of names'),
    $given($datasets) and $not($isNames($datasets)) ? $refused('datasets', 'a list of names'),
    $given($params) and $not($isObject($params)) ? $refused('params', 'an object, name to value'),
    $empty('stage', $stages), $empty('dataset', $datasets),
    $twice('stage', $stages), $twice('dataset', $datasets),
    $isName($from) and $isName($until) and $first > $last ? $quoted('from') & ' ' & $from & ' comes after ' & $quoted('until') & ' ' & $until & '; the order: ' & $cut($join($stageNames, ', '), $plan.longest)
  ];`;

/** Values of parameters over their defaults. `$string` keeps 15 digits of a number, so one with more must be a text. */
const PARAMS = `
  $whole := function($text, $pattern) { $match($text, $pattern, 1).match = $text };
  $values := $map($plan.params, function($param) { (
    $own := $isObject($params) ? $lookup($params, $param.name);
    $scalar := $type($own) in ['string', 'number', 'boolean'];
    { 'name': $param.name, 'value': $given($own) ? $own : $param.default, 'error':
      $not($given($own)) ? ($exists($param.default) ? '' : 'parameter ' & $quoted($param.name) & ' has no value and no default')
      : $not($scalar and $fits($string($own), $param.type)) ? 'the value of parameter ' & $quoted($param.name) & ' is not a valid ' & $param.type & '; write it like ' & $param.like
      : $type($own) = 'number' and ($abs($own) >= 1e15 or $not($number($string($own)) = $own)) ? 'the value of parameter ' & $quoted($param.name) & ' has more digits than a number keeps here; write it in quotes' : '' }
  ) });
  $texts := {
    'params': '{' & $join($map($values, function($each) { $json($each.name) & ':' & $json($each.value) }), ',') & '}',
    'datasets': $isNames($datasets) ? $string($datasets) : 'null'
  };
  $long := function($key, $text, $remedy) { (
    $plain := $length($text); $sent := $length($encodeUrlComponent($text));
    $plain > $plan.plain ? $quoted($key) & ' has ' & $formatNumber($plain, '#,##0') & ' characters as JSON, more than the ' & $formatNumber($plan.plain, '#,##0') & ' that a job can get; ' & $remedy
    : $sent > $plan.sent ? $quoted($key) & ' has ' & $formatNumber($sent, '#,##0') & ' characters as JSON in percent-encoding, more than the ' & $formatNumber($plan.sent, '#,##0') & ' that a job can get; ' & $remedy
  ) };
  $unfit := [
    $filter($values.error, function($each) { $each != '' }),
    $long('params', $texts.params, 'put long values into a table that the SQL reads'),
    $long('datasets', $texts.datasets, 'select by ' & $quoted('from') & ', ' & $quoted('until') & ' or ' & $quoted('stages'))
  ];`;

/** Unknown keys and names, at most five, each with what is known. */
const UNKNOWN = `
  $strange := function($what, $names, $known) { $map($filter($names, function($name) { $not($name in $known) }), function($name) { { 'what': $what, 'name': $name } }) };
  $unknown := [
    $strange('key', $keysOf($in), $plan.keys),
    $strange('stage', $distinctOf($append($filter([$from, $until], $isName), $namesOf($stages))), $stageNames),
    $strange('dataset', $distinctOf($namesOf($datasets)), $datasetNames),
    $strange('parameter', $keysOf($params), $paramNames)
  ];
  $known := function($what) { $what = 'key' ? $plan.keys : $what = 'stage' ? $stageNames : $what = 'dataset' ? $datasetNames : $paramNames };
  $shown := $filter($unknown, function($each, $place) { $place < 5 });
  $share := $floor($plan.longest / $max([1, $count($shown)]));
  $strangers := [
    $map($shown, function($each) { 'there is no ' & $each.what & ' ' & $quoted($each.name) & '; known: ' & $listed($ranked($each.name, $known($each.what)), $count($known($each.what)), $share) }),
    $count($unknown) > 5 ? 'and ' & ($count($unknown) - 5) & ' more unknown names'
  ];`;

/** What is left when all keys intersect. */
const SELECT = String.raw`
  $named := $namesOf($datasets);
  $running := $filter($plan.stages, function($stage, $place) {
    $place >= $first and $place <= $last
    and ($not($given($stages)) or $stage.name in $stages)
    and ($not($given($datasets)) or $count($filter($stage.datasets, function($name) { $name in $named })) > 0)
  });
  $crawled := $filter($plan.crawls, function($crawl) {
    $crawl.stage in $running.name
    and ($not($given($datasets)) or $count($filter($named, function($name) { $name in $crawl.datasets })) > 0)
  });
  $mistakes := [$shapes, $unfit, $strangers];
  $sealed := function($text) { $hash($text, 'SHA-256') & ':' & $encodeUrlComponent($text) };
  $error := $count($mistakes) > 0 ? $cut($join($mistakes, '\n'), $plan.longest)
    : $count($running) = 0 ? 'the selection is empty: the keys have no stage and dataset in common' : '';
  $error != '' ? { 'error': $error, 'run': [], 'crawlers': [], 'execution': '', 'params': '', 'datasets': '' }
  : { 'error': '', 'run': [$running.name], 'crawlers': [$distinct($crawled.name)], 'execution': $sealed($states.context.Execution.Name),
    'params': $sealed($texts.params), 'datasets': $sealed($texts.datasets) }`;

/** Reads the input; `next` is the state after a right one. */
export function inputStates(plan: Plan, crawlers: readonly string[], next: string): [string, State][] {
  return [
    [
      READ_INPUT,
      {
        Type: "Pass",
        Comment: "checks the input and computes what runs",
        Assign: { [SELECTED.slice(1)]: expression(selectionExpression(plan, crawlers)) },
        Output: {},
        Next: IS_RIGHT,
      },
    ],
    [
      IS_RIGHT,
      {
        Type: "Choice",
        Choices: [{ Condition: expression(`${SELECTED}.error = ''`), Next: next }],
        Default: BAD_INPUT,
      },
    ],
    [BAD_INPUT, { Type: "Fail", Error: "Strata.BadInput", Cause: expression(`${SELECTED}.error`) }],
  ];
}

/** The expression for one plan; `crawlers`: their physical names, in the plan's order. */
export function selectionExpression(plan: Plan, crawlers: readonly string[]): string {
  const facts = {
    keys: INPUT_KEYS,
    longest: LONGEST_MESSAGE,
    plain: LONGEST_PLAIN,
    sent: LONGEST_SENT,
    params: plan.params.map(({ name, type, default: fallback }) => ({
      name,
      type,
      like: EXAMPLES[type],
      ...(fallback !== undefined && { default: fallback }),
    })),
    stages: plan.stages.map(({ name, datasets }) => ({ name, datasets: datasets.map((dataset) => dataset.name) })),
    // A crawler once for each stage that has datasets of it.
    crawls: plan.crawlers.flatMap((crawler, index) =>
      plan.stages.flatMap((stage) => {
        const own = new Set(crawler.datasets);
        const datasets = stage.datasets.map(({ name }) => name).filter((name) => own.has(name));
        return datasets.length === 0 ? [] : [{ name: crawlers[index] ?? "", stage: stage.name, datasets }];
      }),
    ),
  };
  const parts = [
    `$plan := ${literal(facts)};`,
    READ,
    NAMES,
    WORDS,
    NEAREST,
    SHAPES,
    fits(plan),
    PARAMS,
    UNKNOWN,
    SELECT,
  ];
  // In one line: no line break can be lost or changed on its way.
  return `( ${parts.map((part) => part.trim().replace(/\n\s*/g, " ")).join(" ")} )`;
}

/** A pattern for each type that the plan's parameters have. */
function fits(plan: Plan): string {
  const types = new Set(plan.params.map(({ type }) => type));
  const test = (type: ParamType) =>
    PATTERNS[type] === undefined ? "" : `$type = '${type}' ? $whole($text, /^(?:${PATTERNS[type]})$/) : `;
  return `$fits := function($text, $type) { ${[...types].map(test).join("")}true };`;
}
