/** The catalog database and one crawler per prefix, configured so that each dataset is one table with the compiler's name. */

import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Identity } from "../compiler/emit/permissions/permissions.ts";
import type { PhysicalPlan } from "../compiler/plan/bind.ts";
import type { StackBindings } from "../compiler/plan/bindings.ts";
import type { CrawlerPlan } from "../compiler/plan/types.ts";
import { nameFor } from "../settings/names.ts";
import { child, dataChild, type StackContext } from "./context.ts";
import { described } from "./description.ts";
import type { GlueSecurity } from "./glue-security.ts";
import { createLogGroup } from "./log-group.ts";
import { createRole } from "./role.ts";

export interface CatalogArgs {
  readonly context: StackContext;
  readonly plan: PhysicalPlan;
  readonly bindings: StackBindings;
  /** Of the crawlers, in plan order. */
  readonly identities: readonly Identity[];
  readonly security: GlueSecurity;
}

export class Catalog extends pulumi.ComponentResource {
  readonly database: pulumi.Output<string>;
  readonly crawlers: readonly aws.glue.Crawler[];

  constructor(name: string, args: CatalogArgs, opts?: pulumi.ComponentResourceOptions) {
    super("strata:aws:Catalog", name, {}, opts);
    const { context, plan, bindings } = args;
    const database = new aws.glue.CatalogDatabase(
      name,
      { name: bindings.database, description: described(plan.description ?? `Strata pipeline ${plan.pipeline}`, 2048) },
      dataChild(this, context),
    );
    this.crawlers = plan.crawlers.map((crawler, index) =>
      this.#createCrawler(`${name}/${nameFor("logical", crawler.name)}`, crawler, index, database, args),
    );
    this.database = database.name;
    this.registerOutputs({ database: this.database });
  }

  #createCrawler(
    name: string,
    crawler: CrawlerPlan,
    index: number,
    database: aws.glue.CatalogDatabase,
    { context, bindings, identities, security }: CatalogArgs,
  ): aws.glue.Crawler {
    const access = bindings.crawlers[index];
    const identity = identities[index];
    if (access === undefined || identity === undefined) throw new Error(`crawler ${crawler.name} has no binding`);
    const { role, policies } = createRole(name, { context, parent: this, identity });
    // The group without a security configuration belongs to the account, not to the stack.
    const logs = bindings.securityConfiguration
      ? [createLogGroup(name, access.logGroup, { context, parent: this })]
      : [];
    const [connection] = security.connections;
    return new aws.glue.Crawler(
      name,
      {
        name: access.name,
        role: role.arn,
        databaseName: database.name,
        s3Targets: [
          {
            path: crawler.location,
            exclusions: [...crawler.exclusions],
            ...(connection !== undefined && { connectionName: connection }),
          },
        ],
        // A removed column, or a table that is empty for a run, must not delete the table's definition.
        schemaChangePolicy: { updateBehavior: "UPDATE_IN_DATABASE", deleteBehavior: "LOG" },
        recrawlPolicy: { recrawlBehavior: "CRAWL_EVERYTHING" },
        configuration: JSON.stringify(crawlerConfiguration(crawler)),
        ...(security.configuration !== undefined && { securityConfiguration: security.configuration }),
        ...(bindings.lakeFormation && { lakeFormationConfiguration: { useLakeFormationCredentials: true } }),
      },
      child(this, context, { dependsOn: [...policies, ...logs] }),
    );
  }
}

/** One table per folder at the tables' level, for any schemas of the files (Glue developer guide, crawler configuration). */
function crawlerConfiguration(crawler: CrawlerPlan): object {
  return {
    Version: 1.0,
    Grouping: { TableGroupingPolicy: "CombineCompatibleSchemas", TableLevelConfiguration: crawler.tableLevel },
    CrawlerOutput: { Partitions: { AddOrUpdateBehavior: "InheritFromTable" } },
    CreatePartitionIndex: true,
  };
}
