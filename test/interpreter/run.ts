/** Runs a plan's definition on the local interpreter, with handlers that note what they are asked. The handlers are fakes. */

import type { Plan } from "../../compiler/plan/types.ts";
import { type Handlers, interpret, type Outcome } from "../../local/interpreter/interpret.ts";
import { emitLocal } from "../asl/plans.ts";
import { unseal } from "../s3/arguments.ts";

export interface Seen {
  readonly outcome: Outcome;
  /** Stages whose job was started, with the datasets that were named; null for all. */
  readonly jobs: readonly {
    readonly stage: string;
    readonly datasets: readonly string[] | null;
    readonly args: Record<string, string>;
  }[];
  /** Crawlers by their author's name, in the order of their start. */
  readonly crawled: readonly string[];
}

/** One execution; nothing waits. */
export async function execute(
  plan: Plan,
  input: unknown,
  handlers: Pick<Handlers, "invokeLambda"> = {},
): Promise<Seen> {
  const { definition, bindings } = emitLocal(plan);
  const jobs: Seen["jobs"][number][] = [];
  const crawled: string[] = [];
  const outcome = await interpret(definition, input, {
    executionName: "test-1",
    waitSeconds: () => 0,
    retrySeconds: () => 0,
    handlers: {
      startJobRun: async ({ Arguments: args }) => {
        jobs.push({
          stage: decodeURIComponent(args["--stage"] ?? ""),
          datasets: JSON.parse(unseal(args["--datasets"] ?? "")),
          args,
        });
        return { Id: "jr", JobRunState: "SUCCEEDED" };
      },
      startCrawler: async (name) => {
        crawled.push(bindings.crawlers.find((binding) => binding.name === name)?.crawler ?? name);
        return {};
      },
      getCrawler: async () => ({ Crawler: { State: "READY", LastCrawl: { Status: "SUCCEEDED" } } }),
      ...handlers,
    },
  });
  return { outcome, jobs, crawled };
}
