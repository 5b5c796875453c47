/** Settings and a plan → bindings: every deployed name of one stack. */

import type { Bindings } from "../compiler/bindings.ts";
import type { Plan } from "../compiler/plan.ts";
import { nameFor } from "./names.ts";

/** Glue's default for Spark jobs of version 5.0 and later, in minutes. */
const DEFAULT_TIMEOUT_MINUTES = 480;

/** Bindings without a stack: logical buckets as they are, no account. What the local run and `strata asl` use. */
export function localBindings(plan: Plan): Bindings {
  return {
    partition: "aws",
    region: "us-east-1",
    account: "000000000000",
    stack: "local",
    stateMachine: nameFor("stateMachine", plan.pipeline, "local"),
    database: nameFor("localDatabase", plan.pipeline),
    buckets: [],
    codeBucket: "strata-code",
    groupPrefix: `groups/${nameFor("keySegment", plan.pipeline)}/`,
    stages: plan.stages.map(({ name }) => ({
      stage: name,
      state: nameFor("state", name),
      job: nameFor("job", plan.pipeline, "local", name),
      timeoutMinutes: DEFAULT_TIMEOUT_MINUTES,
    })),
    crawlers: plan.crawlers.map(({ name }) => ({
      crawler: name,
      name: nameFor("crawler", plan.pipeline, "local", name),
    })),
    readSetup: undefined,
  };
}
