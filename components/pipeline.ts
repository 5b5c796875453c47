/** One pipeline: its jobs, catalog, queries, state machine and alerts. */

import * as pulumi from "@pulumi/pulumi";
import type { IdentityKind } from "../compiler/emit/permissions/permissions.ts";
import type { BoundPlan } from "../settings/bind-root.ts";
import { nameFor } from "../settings/names.ts";
import { Alerts } from "./alerts.ts";
import { Catalog } from "./catalog.ts";
import type { CodeStore } from "./code-store.ts";
import type { StackContext } from "./context.ts";
import type { GlueSecurity } from "./glue-security.ts";
import { QueryAccess } from "./query-access.ts";
import { ReadSetup } from "./read-setup.ts";
import { StageJob } from "./stage-job.ts";
import { StateMachine } from "./state-machine.ts";

export interface PipelineArgs extends BoundPlan {
  readonly context: StackContext;
  readonly code: CodeStore;
  readonly security: GlueSecurity;
  /** Bucket of Athena's results. */
  readonly results: pulumi.Output<string>;
}

export class Pipeline extends pulumi.ComponentResource {
  readonly stateMachineArn: pulumi.Output<string>;
  readonly workgroup: pulumi.Output<string>;
  readonly database: pulumi.Output<string>;
  readonly readers: readonly pulumi.Output<string>[];

  constructor(name: string, args: PipelineArgs, opts?: pulumi.ComponentResourceOptions) {
    super("strata:aws:Pipeline", name, {}, opts);
    const { plan, context, bindings, emission, code, security, identities } = args;
    const { physical } = emission;
    const all = (kind: IdentityKind) => identities.filter((each) => each.kind === kind);
    const only = (kind: IdentityKind, subject = "") => {
      const found = all(kind).find((each) => each.subject === subject);
      if (found === undefined) throw new Error(`${plan.pipeline} has no identity ${kind} ${subject}`);
      return found;
    };
    const parent = { parent: this };
    // Named by the author's name, never by position: a new stage must not rename the others.
    const jobs = physical.stages.map(
      (stage) =>
        new StageJob(
          `${name}/${nameFor("logical", stage.name)}`,
          { context, plan: physical, stage, bindings, code, security, identity: only("job", stage.name) },
          parent,
        ),
    );
    const catalog = new Catalog(
      name,
      { context, plan: physical, bindings, security, identities: all("crawler") },
      parent,
    );
    const queries = new QueryAccess(
      name,
      { context, plan, bindings, readers: only("readers"), database: catalog.database, results: args.results },
      parent,
    );
    const setup =
      code.readSetup && bindings.readSetup
        ? [new ReadSetup(name, { context, bindings, identity: only("read-setup"), archive: code.readSetup }, parent)]
        : [];
    const machine = new StateMachine(
      name,
      {
        context,
        bindings,
        emission,
        identity: only("state-machine"),
        needs: [...jobs, ...catalog.crawlers, ...code.uploads, ...setup],
      },
      parent,
    );
    new Alerts(name, { context, bindings, stateMachineArn: machine.arn }, parent);
    this.stateMachineArn = machine.arn;
    this.workgroup = queries.workgroup;
    this.database = catalog.database;
    this.readers = queries.readers;
    this.registerOutputs({ stateMachineArn: this.stateMachineArn, workgroup: this.workgroup, database: this.database });
  }
}
