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
  handlers: Partial<Handlers> = {},
  signal?: AbortSignal,
  executionName = "test-1",
): Promise<Seen> {
  const { definition, bindings } = emitLocal(plan);
  const jobs: Seen["jobs"][number][] = [];
  const crawled: string[] = [];
  const outcome = await interpret(definition, input, {
    executionName,
    waitSeconds: () => 0,
    retrySeconds: () => 0,
    ...(signal && { signal }),
    handlers: {
      startJobRun: async (parameters, abort) => {
        const args = parameters.Arguments;
        jobs.push({
          stage: decodeURIComponent(args["--stage"] ?? ""),
          datasets: JSON.parse(unseal(args["--datasets"] ?? "")),
          args,
        });
        return handlers.startJobRun?.(parameters, abort) ?? { Id: "jr", JobRunState: "SUCCEEDED" };
      },
      startCrawler: async (name, abort) => {
        crawled.push(bindings.crawlers.find((binding) => binding.name === name)?.crawler ?? name);
        return handlers.startCrawler?.(name, abort) ?? {};
      },
      getCrawler: async (name, abort) =>
        (await handlers.getCrawler?.(name, abort)) ?? {
          Crawler: { State: "READY", LastCrawl: { Status: "SUCCEEDED" } },
        },
      invokeLambda: async (name, payload, abort) => handlers.invokeLambda?.(name, payload, abort) ?? {},
    },
  });
  return { outcome, jobs, crawled };
}
