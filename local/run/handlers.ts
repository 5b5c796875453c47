/** Replaces AWS in a local run: the worker runs Glue jobs, the local catalog runs crawlers. */

import { join } from "node:path";
import { allPayloadsOf, isNothing, type Payload } from "../../compiler/emit/job/payloads.ts";
import { bind } from "../../compiler/plan/bind.ts";
import type { Bindings } from "../../compiler/plan/bindings.ts";
import type { CrawlerPlan, Plan } from "../../compiler/plan/types.ts";
import { type Crawled, crawl, type Describe, type Described, registerIceberg } from "../catalog/crawl.ts";
import { type Handlers, ServiceError } from "../interpreter/interpret.ts";
import { systemProblem } from "../system-problem.ts";
import { UserError } from "../user-error.ts";
import { askLake, type JobEvent, startWorker, type Worker, type WorkerOptions } from "../worker/worker.ts";
import type { AskLake } from "./committed.ts";
import { putOnce } from "./objects.ts";
import type { CrawlerResult } from "./result.ts";

/** Listener for a run's events. */
export interface Listener {
  readonly engine: (name: string) => void;
  readonly job: (stage: string, event: JobEvent) => void;
  readonly stageBroken: (stage: string, seconds: number) => void;
  readonly crawler: (result: CrawlerResult) => void;
}

/** Arguments that a local run adds to the definition's, as the deployed job has defaults. */
export interface JobSettings {
  /** Folder of the ledger. */
  readonly state: string;
  /** Datasets at the same time; undefined: from the machine's cores. */
  readonly concurrency: number | undefined;
}

/** Handlers, and a way to end the worker. */
export interface LocalServices {
  readonly handlers: Handlers;
  /** Asks the worker, or another one where it is gone. */
  readonly ask: AskLake;
  readonly close: () => Promise<void>;
  /** Waits until no job runs any more: an abandoned one may still be writing. */
  readonly settled: () => Promise<void>;
  /** Waits until the first worker is ready; rejects with `UserError` if it cannot start. */
  readonly warmUp: () => Promise<void>;
}

/**
 * Starts a worker at once, so that its engine starts while the definition's first states run. `selected`: the datasets of a
 * resumed execution; tables of others cause no failure.
 */
export function localServices(
  plan: Plan,
  bindings: Bindings,
  worker: WorkerOptions,
  settings: JobSettings,
  listener: Listener,
  selected: () => ReadonlySet<string>,
): LocalServices {
  let current = startWorker(worker);
  const alive = () => {
    if (!current.isAlive()) current = startWorker(worker);
    return current;
  };
  const ask: AskLake = (request) => (current.isAlive() ? current.ask(request) : askLake(worker, request));
  const describe: Describe = (tables) => ask<Described[]>({ describe: tables });
  const startJobRun = jobHandler(bindings, alive, settings, listener, () =>
    registerIceberg(plan, worker.lake, bindings.database, selected(), describe),
  );
  let last: Promise<unknown> = Promise.resolve();
  return {
    handlers: {
      startJobRun: (parameters, signal) => {
        // A job that exceeds its time limit is abandoned before its worker has ended.
        const job = last.then(() => {
          if (signal.aborted) throw new ServiceError("States.Aborted", "the execution was cancelled");
          return startJobRun(parameters, signal);
        });
        last = job.catch(() => {});
        return job;
      },
      ...crawlerHandlers(plan, bindings, (crawler) => crawl(plan, crawler, worker.lake, bindings.database, describe), {
        listener,
        selected,
      }),
      invokeLambda: readSetupHandler(plan, bindings, worker.lake),
    },
    ask,
    warmUp: async () => listener.engine(await current.ready),
    close: () => current.kill(),
    settled: async () => void (await last),
  };
}

/** `committed` is called when the job has ended, whether or not all of its datasets succeeded. */
function jobHandler(
  bindings: Bindings,
  alive: () => Worker,
  { state, concurrency }: JobSettings,
  listener: Listener,
  committed: () => Promise<void>,
): Handlers["startJobRun"] {
  const own = { "--state": state, ...(concurrency === undefined ? {} : { "--concurrency": String(concurrency) }) };
  let runs = 0;
  return async ({ JobName, Arguments }, signal) => {
    const stage = bindings.stages.find(({ job }) => job === JobName)?.stage ?? JobName;
    const started = performance.now();
    runs += 1;
    const run = { Id: `local-${runs}`, JobName };
    try {
      const done = await alive().run({ ...Arguments, ...own }, (event) => listener.job(stage, event), signal);
      await committed();
      if (done.status === "SUCCEEDED") return { ...run, JobRunState: "SUCCEEDED" };
      throw taskFailed({ ...run, JobRunState: "FAILED", ErrorMessage: done.error ?? "" });
    } catch (problem) {
      if (problem instanceof ServiceError) throw problem;
      listener.stageBroken(stage, Math.round(performance.now() - started) / 1000);
      // As Glue reports it: the run failed, with a message.
      if (problem instanceof UserError)
        throw taskFailed({ ...run, JobRunState: "FAILED", ErrorMessage: problem.message });
      throw problem;
    }
  };
}

/** read-setup's answer from the compiled files: the arguments as objects in the lake, named by their hash. */
function readSetupHandler(plan: Plan, bindings: Bindings, lake: string): NonNullable<Handlers["invokeLambda"]> {
  const put = async ({ json, key }: Payload) => {
    await putOnce(join(lake, bindings.codeBucket, key), json);
    return `s3://${bindings.codeBucket}/${key}`;
  };
  return async (name) => {
    if (name !== bindings.readSetup) throw new ServiceError("Lambda.ResourceNotFoundException", `no function ${name}`);
    const { groups, publish } = allPayloadsOf(bind(plan, bindings), bindings);
    const settings = publish.map((each) => (isNothing(each) ? each.json : put(each)));
    return { Payload: { groups: await Promise.all(groups.map(put)), publish: await Promise.all(settings) } };
  };
}

function taskFailed(jobRun: object): ServiceError {
  return new ServiceError("States.TaskFailed", JSON.stringify(jobRun));
}

/**
 * A crawl that is under way is waited for by `getCrawler`, so a local run never polls. It fails for tables that the execution
 * wrote; another one that cannot be read is a warning.
 */
function crawlerHandlers(
  plan: Plan,
  bindings: Bindings,
  crawlOnce: (crawler: CrawlerPlan) => Promise<Crawled>,
  { listener, selected }: { readonly listener: Listener; readonly selected: () => ReadonlySet<string> },
): Pick<Handlers, "startCrawler" | "getCrawler"> {
  const crawls = new Map<string, { done: Promise<void>; result?: CrawlerResult }>();
  const planOf = (name: string) => plan.crawlers[bindings.crawlers.findIndex((binding) => binding.name === name)];
  const resultOf = async (crawler: CrawlerPlan): Promise<CrawlerResult> => {
    try {
      return crawlerResult(crawler.name, await crawlOnce(crawler), selected());
    } catch (problem) {
      const help = problem instanceof UserError && problem.help !== undefined ? `; ${problem.help}` : "";
      const error = systemProblem(problem) ?? `${(problem as Error).message}${help}`;
      return { name: crawler.name, status: "FAILED", tables: [], error };
    }
  };
  return {
    startCrawler: async (name) => {
      const crawler = planOf(name);
      if (crawler === undefined) throw new ServiceError("Glue.EntityNotFoundException", `there is no crawler ${name}`);
      const last = crawls.get(name);
      if (last && !last.result) throw new ServiceError("Glue.CrawlerRunningException", `crawler ${name} is running`);
      const crawl: { done: Promise<void>; result?: CrawlerResult } = {
        done: resultOf(crawler).then((result) => {
          crawl.result = result;
          listener.crawler(result);
        }),
      };
      crawls.set(name, crawl);
      return {};
    },
    getCrawler: async (name) => {
      await crawls.get(name)?.done;
      const result = crawls.get(name)?.result;
      const last = result && { LastCrawl: { Status: result.status, ErrorMessage: result.error ?? "" } };
      return { Crawler: { Name: name, State: "READY", ...last } };
    },
  };
}

function crawlerResult(name: string, { tables, unreadable }: Crawled, selected: ReadonlySet<string>): CrawlerResult {
  const said = (wanted: boolean) =>
    [...unreadable].flatMap(([dataset, message]) => (selected.has(dataset) === wanted ? [message] : []));
  const [errors, warnings] = [said(true), said(false)];
  return {
    name,
    status: errors.length > 0 ? "FAILED" : "SUCCEEDED",
    tables: tables.map((table) => table.name),
    ...(warnings.length > 0 && { warnings }),
    ...(errors.length > 0 && { error: errors.join("; ") }),
  };
}
