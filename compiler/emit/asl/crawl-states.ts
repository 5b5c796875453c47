/**
 * The crawlers of what was selected: started together, waited for within a bound, their outcome checked.
 *
 * Glue has no `.sync` for crawlers. One that was already running may have started before the last file was written, so
 * it is waited for and started again. `LastCrawl` is absent until a crawler's first crawl has ended.
 */

import type { Bindings } from "../../plan/bindings.ts";
import { expression } from "./jsonata.ts";
import { CRAWLER_RETRY } from "./retry.ts";
import { SELECTED } from "./selection.ts";
import type { Onward, State, TaskState } from "./types.ts";

/** Seconds between two looks, and how many looks: one hour in all, three events of history each. */
export const POLL_SECONDS = 20;
export const MOST_POLLS = 180;

const CALL_SECONDS = 60;

/** Names of the states. */
export const CRAWL = {
  map: "Strata: crawl",
  name: "Strata: a crawler",
  start: "Strata: start crawler",
  wait: "Strata: wait for crawler",
  look: "Strata: look at crawler",
  over: "Strata: crawl over?",
  outcome: "Strata: crawl succeeded?",
} as const;

/** All of it is one state, which goes through an empty list where nothing was selected of any crawler. */
export function crawlState(bindings: Bindings, onward: Onward): [string, State] {
  return [
    CRAWL.map,
    {
      Type: "Map",
      Comment: "all at once; redrive runs those again that failed",
      Items: expression(`[${SELECTED}.crawlers]`),
      ItemProcessor: {
        ProcessorConfig: { Mode: "INLINE" },
        StartAt: CRAWL.name,
        States: Object.fromEntries(oneCrawl(bindings)),
      },
      Output: {},
      ...onward,
    },
  ];
}

function oneCrawl(bindings: Bindings): [string, State][] {
  const call = (action: string, more: Partial<TaskState>, onward: Onward): State =>
    ({
      Type: "Task",
      Resource: `arn:${bindings.partition}:states:::aws-sdk:glue:${action}`,
      TimeoutSeconds: CALL_SECONDS,
      Arguments: { Name: expression("$crawler") },
      Output: {},
      Retry: CRAWLER_RETRY,
      ...more,
      ...onward,
    }) as State;
  const running = { ErrorEquals: ["Glue.CrawlerRunningException"], Assign: { own: false }, Next: CRAWL.wait };
  const got = "$states.result.Crawler";
  return [
    [
      CRAWL.name,
      { Type: "Pass", Assign: { crawler: expression("$states.input"), looks: 0 }, Output: {}, Next: CRAWL.start },
    ],
    [CRAWL.start, call("startCrawler", { Assign: { own: true }, Catch: [running] }, { Next: CRAWL.wait })],
    [CRAWL.wait, { Type: "Wait", Seconds: POLL_SECONDS, Next: CRAWL.look }],
    [
      CRAWL.look,
      call(
        "getCrawler",
        {
          Assign: {
            looks: expression("$looks + 1"),
            ready: expression(`${got}.State = 'READY'`),
            ended: expression(`$exists(${got}.LastCrawl.Status)`),
          },
        },
        { Next: CRAWL.over },
      ),
    ],
    [
      CRAWL.over,
      {
        Type: "Choice",
        Choices: [
          { Condition: expression(`($own and $ready and $ended) or $looks >= ${MOST_POLLS}`), Next: CRAWL.outcome },
          { Condition: expression("$ready and $not($own)"), Next: CRAWL.start },
        ],
        Default: CRAWL.wait,
      },
    ],
    [
      CRAWL.outcome,
      call(
        "getCrawler",
        {
          Comment: "fails unless the last crawl has ended and succeeded; crawl by hand, then redrive",
          Output: expression(
            `${got}.State = 'READY' and ${got}.LastCrawl.Status = 'SUCCEEDED' ? {} : $error('crawler ' & $crawler & ' is ' & ${got}.State & ', its last crawl ' & ($exists(${got}.LastCrawl.Status) ? ${got}.LastCrawl.Status : 'unknown'))`,
          ),
        },
        { End: true },
      ),
    ],
  ];
}
