/** Shared by all jobs and crawlers of a stack: the security configuration and the connections into subnets. */

import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { nameFor } from "../settings/names.ts";
import { child, type StackContext } from "./context.ts";

export class GlueSecurity extends pulumi.ComponentResource {
  /** Name of the security configuration; undefined with `strata:encryption: s3`. */
  readonly configuration: pulumi.Output<string> | undefined;
  /** Names of connections, existing and new ones. */
  readonly connections: readonly pulumi.Input<string>[];

  constructor(name: string, context: StackContext, opts?: pulumi.ComponentResourceOptions) {
    super("strata:aws:GlueSecurity", name, {}, opts);
    const { settings, keys, operationsKey } = context;
    if (keys.data !== undefined && operationsKey !== undefined) {
      const configuration = new aws.glue.SecurityConfiguration(
        name,
        {
          name: nameFor("securityConfiguration", "strata", settings.stack),
          encryptionConfiguration: {
            s3Encryption: { s3EncryptionMode: "SSE-KMS", kmsKeyArn: keys.data },
            cloudwatchEncryption: { cloudwatchEncryptionMode: "SSE-KMS", kmsKeyArn: operationsKey },
            // The job uses no bookmark; if a user enables one, it must not be in plain text.
            jobBookmarksEncryption: { jobBookmarksEncryptionMode: "CSE-KMS", kmsKeyArn: keys.data },
          },
        },
        child(this, context),
      );
      this.configuration = configuration.name;
    }
    this.connections = [
      ...settings.network.connections,
      ...settings.network.subnets.map(
        ({ subnetId, availabilityZone, securityGroupIds }) =>
          new aws.glue.Connection(
            name,
            {
              name: nameFor("connection", "strata", settings.stack),
              connectionType: "NETWORK",
              physicalConnectionRequirements: {
                subnetId,
                availabilityZone,
                securityGroupIdLists: [...securityGroupIds],
              },
            },
            child(this, context),
          ).name,
      ),
    ];
    this.registerOutputs({});
  }
}
