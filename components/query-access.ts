/** Athena: a workgroup with its own results, enforced settings and a scan limit; the pipeline's named queries. */

import * as aws from "@pulumi/aws";
import * as native from "@pulumi/aws-native";
import * as pulumi from "@pulumi/pulumi";
import type { Identity } from "../compiler/emit/permissions/permissions.ts";
import type { StackBindings } from "../compiler/plan/bindings.ts";
import type { Plan } from "../compiler/plan/types.ts";
import { nameFor } from "../settings/names.ts";
import { child, type StackContext } from "./context.ts";
import { described } from "./description.ts";
import { createPolicy } from "./role.ts";

export interface QueryAccessArgs {
  readonly context: StackContext;
  readonly plan: Plan;
  readonly bindings: StackBindings;
  /** Permissions of analysts. */
  readonly readers: Identity;
  readonly database: pulumi.Output<string>;
  /** Bucket of query results. */
  readonly results: pulumi.Output<string>;
}

/**
 * The workgroup uses `aws-native`: Cloud Control reads every setting back, so drift of an enforced setting is detected,
 * and `recursiveDeleteOption` ties its deletion to the stack's permission to delete data.
 */
export class QueryAccess extends pulumi.ComponentResource {
  readonly workgroup: pulumi.Output<string>;
  /** ARNs of the policies to attach to analysts' roles; one, unless there are very many tables. */
  readonly readers: readonly pulumi.Output<string>[];

  constructor(name: string, args: QueryAccessArgs, opts?: pulumi.ComponentResourceOptions) {
    super("strata:aws:QueryAccess", name, {}, opts);
    const { context, plan, bindings } = args;
    const { workgroup } = bindings;
    const resource = new native.athena.WorkGroup(
      name,
      {
        name: workgroup,
        description: described(`Strata pipeline ${plan.pipeline}`, 1024),
        state: "ENABLED",
        recursiveDeleteOption: context.mayDeleteData,
        workGroupConfiguration: {
          enforceWorkGroupConfiguration: true,
          publishCloudWatchMetricsEnabled: true,
          bytesScannedCutoffPerQuery: context.settings.scanLimitBytes,
          engineVersion: { selectedEngineVersion: "Athena engine version 3" },
          resultConfiguration: {
            outputLocation: pulumi.interpolate`s3://${args.results}/${workgroup}/`,
            expectedBucketOwner: bindings.account,
            encryptionConfiguration:
              context.keys.data === undefined
                ? { encryptionOption: "SSE_S3" }
                : { encryptionOption: "SSE_KMS", kmsKey: context.keys.data },
          },
        },
      },
      { parent: this, provider: context.native },
    );
    for (const query of plan.queries) {
      new aws.athena.NamedQuery(
        `${name}/${nameFor("logical", query.name)}`,
        {
          name: nameFor("namedQuery", query.name),
          database: args.database,
          workgroup: resource.name.apply((each) => each ?? workgroup),
          query: query.sql,
        },
        child(this, context, { dependsOn: [resource] }),
      );
    }
    this.readers = args.readers.policies.managed.map((document, index) => {
      const suffix = index === 0 ? "" : `-${index + 1}`;
      return createPolicy(`${name}/readers${suffix}`, `${args.readers.name}${suffix}`, document, {
        context,
        parent: this,
      }).arn;
    });
    this.workgroup = pulumi.output(resource.name).apply((each) => each ?? workgroup);
    this.registerOutputs({ workgroup: this.workgroup });
  }
}
