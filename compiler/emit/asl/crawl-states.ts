/**
 * The crawlers of what was selected: started together, waited for within a bound, their outcome checked.
 *
 * Glue has no `.sync` for crawlers. One that was already running may have started before the last file was written, so
 * it is waited for and started again. `LastCrawl` is absent until a crawler's first crawl has ended.
 */

import type { Bindings } from "../../plan/bindings.ts";
import { mustEqual } from "./assert.ts";
import { CRAWLER_RETRY } from "./retry.ts";
import type { Onward, State, TaskState } from "./types.ts";

/** Seconds between two looks, and how many looks: one hour in all, three events of history each. */
export const POLL_SECONDS = 20;
export const MOST_POLLS = 180;

const CALL_SECONDS = 60;

/** Names of the states. */
export const CRAWL = {
  any: "Strata: crawlers?",
  map: "Strata: crawl",
  first: "Strata: a crawler?",
  nobody: "Strata: no crawler",
  start: "Strata: start crawler",
  foreign: "Strata: crawler was running",
  wait: "Strata: wait for crawler",
  get: "Strata: get crawler",
  count: "Strata: count looks",
  over: "Strata: crawl over?",
  outcome: "Strata: check outcome",
  last: "Strata: crawler took too long",
  done: "Strata: done",
} as const;

/** The states; the first is `CRAWL.any`. */
export function crawlStates(bindings: Bindings): [string, State][] {
  return [
    [
      CRAWL.any,
      {
        Type: "Choice",
        Choices: [{ Variable: "$.crawlers[1]", IsPresent: true, Next: CRAWL.map }],
        Default: CRAWL.done,
      },
    ],
    [
      CRAWL.map,
      {
        Type: "Map",
        Comment: "all at once; redrive runs those again that failed",
        ItemsPath: "$.crawlers",
        ItemSelector: { "name.$": "$$.Map.Item.Value", own: true, looks: 0 },
        ItemProcessor: {
          ProcessorConfig: { Mode: "INLINE" },
          StartAt: CRAWL.first,
          States: Object.fromEntries(oneCrawl(bindings)),
        },
        ResultPath: null,
        Next: CRAWL.done,
      },
    ],
    [CRAWL.done, { Type: "Succeed" }],
  ];
}

function oneCrawl(bindings: Bindings): [string, State][] {
  const call = (action: string, more: Partial<TaskState>, onward: Onward): State =>
    ({
      Type: "Task",
      Resource: `arn:${bindings.partition}:states:::aws-sdk:glue:${action}`,
      TimeoutSeconds: CALL_SECONDS,
      Parameters: { "Name.$": "$.name" },
      ResultPath: null,
      Retry: CRAWLER_RETRY,
      ...more,
      ...onward,
    }) as State;
  const running = { ErrorEquals: ["Glue.CrawlerRunningException"], ResultPath: null, Next: CRAWL.foreign };
  return [
    // The list's first item is nobody's (selection/names.ts), so that it is never empty.
    [
      CRAWL.first,
      { Type: "Choice", Choices: [{ Variable: "$.name", StringEquals: "", Next: CRAWL.nobody }], Default: CRAWL.start },
    ],
    [CRAWL.nobody, { Type: "Pass", End: true }],
    [CRAWL.start, call("startCrawler", { Catch: [running] }, { Next: CRAWL.wait })],
    [
      CRAWL.foreign,
      { Type: "Pass", Parameters: { "name.$": "$.name", own: false, "looks.$": "$.looks" }, Next: CRAWL.wait },
    ],
    [CRAWL.wait, { Type: "Wait", Seconds: POLL_SECONDS, Next: CRAWL.get }],
    [
      CRAWL.get,
      call("getCrawler", { ResultSelector: { "crawler.$": "$.Crawler" }, ResultPath: "$.got" }, { Next: CRAWL.count }),
    ],
    [
      CRAWL.count,
      {
        Type: "Pass",
        Parameters: { "name.$": "$.name", "own.$": "$.own", "looks.$": "States.MathAdd($.looks, 1)", "got.$": "$.got" },
        Next: CRAWL.over,
      },
    ],
    [
      CRAWL.over,
      {
        Type: "Choice",
        Choices: [
          {
            And: [
              { Variable: "$.got.crawler.State", StringEquals: "READY" },
              { Variable: "$.own", BooleanEquals: true },
              { Variable: "$.got.crawler.LastCrawl", IsPresent: true },
              { Variable: "$.got.crawler.LastCrawl.Status", IsPresent: true },
            ],
            Next: CRAWL.outcome,
          },
          { Variable: "$.looks", NumericGreaterThanEquals: MOST_POLLS, Next: CRAWL.last },
          {
            And: [
              { Variable: "$.got.crawler.State", StringEquals: "READY" },
              { Variable: "$.own", BooleanEquals: false },
            ],
            Next: "Strata: start crawler again",
          },
        ],
        Default: CRAWL.wait,
      },
    ],
    [
      "Strata: start crawler again",
      { Type: "Pass", Parameters: { "name.$": "$.name", own: true, "looks.$": "$.looks" }, Next: CRAWL.start },
    ],
    [
      CRAWL.outcome,
      call(
        "getCrawler",
        {
          Comment: "fails unless the last crawl succeeded; crawl by hand, then redrive",
          ResultSelector: { "status.$": mustEqual("$.Crawler.LastCrawl.Status", "SUCCEEDED") },
        },
        { End: true },
      ),
    ],
    [
      CRAWL.last,
      call(
        "getCrawler",
        {
          Comment: "fails unless the crawl has ended after all",
          ResultSelector: { "state.$": mustEqual("$.Crawler.State", "READY") },
        },
        { Next: CRAWL.outcome },
      ),
    ],
  ];
}
