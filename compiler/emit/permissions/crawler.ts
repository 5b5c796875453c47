/** What a crawler may do: read its tables' files, write their entries in its database, write its logs. */

import type { CrawlerAccess, StackBindings } from "../../plan/bindings.ts";
import type { CrawlerPlan } from "../../plan/types.ts";
import { allow, type Statement } from "./document.ts";
import { listing, objectsArn, useKeys } from "./locations.ts";
import { logStatements } from "./logs.ts";
import { networkStatements } from "./network.ts";

/** Statements of one crawler's role; their size does not depend on the datasets. */
export function crawlerStatements(crawler: CrawlerPlan, access: CrawlerAccess, bindings: StackBindings): Statement[] {
  const { partition, region, account } = bindings;
  const locations = [crawler];
  const glue = (resource: string) => `arn:${partition}:glue:${region}:${account}:${resource}`;
  return [
    allow(
      "ReadTables",
      ["s3:GetObject"],
      locations.map((location) => objectsArn(location, partition)),
    ),
    ...listing(locations, partition),
    useKeys("Decrypt", ["kms:Decrypt"], locations, bindings),
    allow(
      "WriteCatalog",
      [
        "glue:GetDatabase",
        "glue:GetTable",
        "glue:GetTables",
        "glue:CreateTable",
        "glue:UpdateTable",
        "glue:GetPartition",
        "glue:GetPartitions",
        "glue:BatchGetPartition",
        "glue:BatchCreatePartition",
        "glue:CreatePartition",
        "glue:UpdatePartition",
        "glue:BatchUpdatePartition",
        // For `CreatePartitionIndex` of its configuration (components/catalog.ts).
        "glue:CreatePartitionIndex",
        "glue:GetPartitionIndexes",
      ],
      [glue("catalog"), glue(`database/${bindings.database}`), glue(`table/${bindings.database}/*`)],
    ),
    ...logStatements([access.logGroup, ...access.otherLogGroups], bindings),
    ...lakeFormation(bindings),
    ...networkStatements(bindings),
  ];
}

/** Where Lake Formation governs the database, data is asked for through it. */
export function lakeFormation(bindings: StackBindings): Statement[] {
  // GetDataAccess has no resource types (Service Authorization Reference, AWS Lake Formation).
  return bindings.lakeFormation ? [allow("AskLakeFormation", ["lakeformation:GetDataAccess"], ["*"])] : [];
}
