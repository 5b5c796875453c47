/** A fake Glue and Lambda with the answers that a test gives, for our interpreter; opinions.py has the same for LocalStack's. */

import type { Plan } from "../../compiler/plan/types.ts";
import { type Handlers, interpret, ServiceError } from "../../local/interpreter/interpret.ts";
import { emitLocal } from "../asl/plans.ts";
import type { ReportedOutcome } from "./opinions.ts";

/** A service's answer, or the code of what it throws. */
export type Answer = Readonly<Record<string, unknown>> & { readonly throw?: string; readonly message?: string };

/** By call, or by call and name; of each list the last answer is given again and again. */
export type Answers = Readonly<Record<string, readonly Answer[]>>;

/** Job states that `.sync` takes for a failed job (LocalStack, and AWS's record of `glue:startJobRun.sync`). */
const FAILED = ["FAILED", "TIMEOUT", "ERROR"];

/** One execution by our interpreter. */
export async function runHere(plan: Plan, input: unknown, answers: Answers, name: string): Promise<ReportedOutcome> {
  const calls: [string, string, unknown][] = [];
  const left = new Map(Object.entries(answers).map(([key, list]) => [key, [...list]]));
  const next = (call: string, of: string, given: unknown): Answer => {
    calls.push([call, of, given]);
    const list = left.get(`${call} ${of}`) ?? left.get(call) ?? [{}];
    return (list.length > 1 ? list.shift() : list[0]) ?? {};
  };
  const answered = (call: string, of: string): Answer => {
    const answer = next(call, of, null);
    if (answer.throw === undefined) return answer;
    // As the integration with the SDK puts it.
    const cause = `${answer.message ?? ""} (Service: Glue, Status Code: 400, Request ID: r)`;
    throw new ServiceError(`Glue.${answer.throw}`, cause);
  };
  const handlers: Handlers = {
    startJobRun: async ({ JobName, Arguments }) => {
      const answer = next("startJobRun", JobName, Arguments);
      if (answer.throw !== undefined) throw new ServiceError(`Glue.${answer.throw}`, answer.message ?? "");
      const run = { ...answer, JobName };
      if (FAILED.includes(String(answer.JobRunState))) throw new ServiceError("States.TaskFailed", JSON.stringify(run));
      return run;
    },
    startCrawler: async (crawler) => answered("startCrawler", crawler),
    getCrawler: async (crawler) => answered("getCrawler", crawler),
    invokeLambda: async (lambda, payload) => next("invokeLambda", lambda, payload),
  };
  const { definition } = emitLocal(plan);
  const outcome = await interpret(definition, input, {
    executionName: name,
    handlers,
    waitSeconds: () => 0,
    retrySeconds: () => 0,
  });
  const { status } = outcome;
  return "output" in outcome
    ? { status, output: outcome.output, calls }
    : { status, error: outcome.error, cause: outcome.cause, calls };
}
