/** One pipeline: its jobs, catalog, queries, state machine and alerts. */

import * as pulumi from "@pulumi/pulumi";
import type { Emission } from "../compiler/asl/emit.ts";
import type { Bindings } from "../compiler/bindings.ts";
import type { Plan } from "../compiler/plan.ts";
import { nameFor } from "../settings/names.ts";
import { Alerts } from "./alerts.ts";
import { Catalog } from "./catalog.ts";
import type { CodeStore } from "./code-store.ts";
import type { StackContext } from "./context.ts";
import { QueryAccess } from "./query-access.ts";
import { ReadSetup } from "./read-setup.ts";
import { StageJob } from "./stage-job.ts";
import { StateMachine } from "./state-machine.ts";

/** A pipeline that compiled, with everything that a stack adds. */
export interface BoundPipeline {
  readonly plan: Plan;
  readonly bindings: Bindings;
  readonly emission: Emission;
}

export interface PipelineArgs extends BoundPipeline {
  readonly context: StackContext;
  readonly code: CodeStore;
  /** Bucket of Athena's results. */
  readonly results: pulumi.Output<string>;
}

export class Pipeline extends pulumi.ComponentResource {
  readonly stateMachineArn: pulumi.Output<string>;
  readonly workgroup: pulumi.Output<string>;
  readonly database: pulumi.Output<string>;

  constructor(name: string, args: PipelineArgs, opts?: pulumi.ComponentResourceOptions) {
    super("strata:aws:Pipeline", name, {}, opts);
    const { plan, context, bindings, code } = args;
    const parent = { parent: this };
    // Called by the author's name, never by position: to add a stage must not rename the others.
    const jobs = plan.stages.map(
      (stage) =>
        new StageJob(`${name}/${nameFor("logical", stage.name)}`, { context, plan, stage, bindings, code }, parent),
    );
    const catalog = new Catalog(name, { context, plan, bindings }, parent);
    const queries = new QueryAccess(
      name,
      { context, plan, bindings, database: catalog.database, results: args.results },
      parent,
    );
    const setup =
      code.readSetup && bindings.readSetup
        ? [new ReadSetup(name, { context, plan, bindings, archive: code.readSetup }, parent)]
        : [];
    const machine = new StateMachine(
      name,
      { ...args, needs: [...jobs, ...catalog.crawlers, ...code.uploads, ...setup] },
      parent,
    );
    new Alerts(name, { context, plan, bindings, stateMachineArn: machine.arn }, parent);
    this.stateMachineArn = machine.arn;
    this.workgroup = queries.workgroup;
    this.database = catalog.database;
    this.registerOutputs({ stateMachineArn: this.stateMachineArn, workgroup: this.workgroup, database: this.database });
  }
}
