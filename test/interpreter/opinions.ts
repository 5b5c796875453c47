/** Other readers of our definitions (opinions.py): Java's JSONata for expressions, LocalStack's engine for whole definitions. */

import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { StateMachine } from "../../compiler/emit/asl/types.ts";
import { javaProblem } from "../../setup/java.mjs";
import { HOME } from "../../setup/node.mjs";
import { pythonOf } from "../../setup/python.mjs";
import { CACHE } from "../../setup/stamp.mjs";
import type { Answers } from "./fake-aws.ts";

/** The outcome of an execution, as every reader reports it. */
export interface ReportedOutcome {
  readonly status: string;
  readonly error?: string;
  readonly cause?: string;
  readonly output?: unknown;
  /** Service, name, and a job's arguments, in the order they were called. */
  readonly calls: readonly (readonly [string, string, unknown])[];
}

export interface Opinions {
  /** The value of an expression by Java's JSONata; throws what it throws. */
  readonly evaluate: (expression: string, states: object) => Promise<unknown>;
  /** One execution by LocalStack's engine. */
  readonly run: (definition: StateMachine, input: unknown, answers: Answers, name: string) => Promise<ReportedOutcome>;
  readonly stop: () => void;
}

const JARS = join(CACHE, "jars", "jsonata");

/** Undefined if they can be asked here, else why not. */
export function opinionsProblem(): string | undefined {
  if (!existsSync(pythonOf("stepfunctions"))) return "the environment stepfunctions is not set up";
  if (!existsSync(JARS)) return "the jars of Java's JSONata are not there";
  return javaProblem();
}

/** Starts the one process that answers. */
export function askOpinions(): Opinions {
  const jars = readdirSync(JARS).map((name) => join(JARS, name));
  const child = spawn(pythonOf("stepfunctions"), [join(HOME, "test", "interpreter", "opinions.py"), ...jars], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1", PYTHONWARNINGS: "ignore" },
  });
  const stop = () => child.kill("SIGKILL");
  process.once("exit", stop);
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const ask = async (question: object) => {
    child.stdin.write(`${JSON.stringify(question)}\n`);
    const { value, done } = await lines.next();
    if (done) throw new Error("opinions.py ended");
    const answer = JSON.parse(value);
    if ("problem" in answer) throw new Error(answer.problem);
    return answer;
  };
  return {
    evaluate: async (expression, states) => (await ask({ ask: "evaluate", expression, states })).value,
    run: (definition, input, answers, name) => ask({ ask: "run", definition, input, answers, name }),
    stop: () => {
      process.removeListener("exit", stop);
      stop();
    },
  };
}
