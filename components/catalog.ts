/** The catalog database and a crawler a prefix, set so that each dataset is one table called as the compiler says. */

import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Bindings } from "../compiler/bindings.ts";
import { crawlerPolicy, trustPolicy } from "../compiler/permissions.ts";
import type { CrawlerPlan, Plan } from "../compiler/plan.ts";
import { nameFor } from "../settings/names.ts";
import { child, dataChild, type StackContext } from "./context.ts";
import { createRole } from "./role.ts";

export interface CatalogArgs {
  readonly context: StackContext;
  readonly plan: Plan;
  readonly bindings: Bindings;
}

export class Catalog extends pulumi.ComponentResource {
  readonly database: pulumi.Output<string>;
  readonly crawlers: readonly aws.glue.Crawler[];

  constructor(name: string, args: CatalogArgs, opts?: pulumi.ComponentResourceOptions) {
    super("strata:aws:Catalog", name, {}, opts);
    const { context, plan, bindings } = args;
    const database = new aws.glue.CatalogDatabase(
      name,
      { name: bindings.database, description: (plan.description ?? `Strata pipeline ${plan.pipeline}`).slice(0, 2048) },
      dataChild(this, context),
    );
    this.crawlers = plan.crawlers.map((crawler, index) =>
      this.#createCrawler(
        `${name}/${nameFor("logical", crawler.name)}`,
        crawler,
        bindings.crawlers[index]?.name ?? "",
        database,
        args,
      ),
    );
    this.database = database.name;
    this.registerOutputs({ database: this.database });
  }

  #createCrawler(
    name: string,
    crawler: CrawlerPlan,
    physical: string,
    database: aws.glue.CatalogDatabase,
    { context, plan, bindings }: CatalogArgs,
  ): aws.glue.Crawler {
    const { role, policy } = createRole(name, {
      context,
      parent: this,
      role: nameFor("role", plan.pipeline, bindings.stack, `crawler-${crawler.name}`),
      trust: trustPolicy("glue.amazonaws.com", bindings),
      policy: crawlerPolicy(crawler, bindings),
    });
    const bucket = bindings.buckets.find(({ logical }) => logical === crawler.bucket)?.physical ?? crawler.bucket;
    return new aws.glue.Crawler(
      name,
      {
        name: physical,
        role: role.arn,
        databaseName: database.name,
        s3Targets: [{ path: `s3://${bucket}/${crawler.prefix}`, exclusions: [...crawler.exclusions] }],
        // A column that goes or a table that is empty for a run must not take the table's definition along.
        schemaChangePolicy: { updateBehavior: "UPDATE_IN_DATABASE", deleteBehavior: "LOG" },
        recrawlPolicy: { recrawlBehavior: "CRAWL_EVERYTHING" },
        configuration: JSON.stringify(crawlerConfiguration(crawler)),
      },
      child(this, context, { dependsOn: [policy] }),
    );
  }
}

/** One table a folder at the tables' level, whatever the files' schemas (Glue developer guide, crawler configuration). */
function crawlerConfiguration(crawler: CrawlerPlan): object {
  return {
    Version: 1.0,
    Grouping: { TableGroupingPolicy: "CombineCompatibleSchemas", TableLevelConfiguration: crawler.tableLevel },
    CrawlerOutput: { Partitions: { AddOrUpdateBehavior: "InheritFromTable" } },
    CreatePartitionIndex: true,
  };
}
