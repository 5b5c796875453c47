/** What analysts may do: query the pipeline's catalogued tables in its workgroup. For people's roles, which are not ours. */

import type { StackBindings } from "../../plan/bindings.ts";
import { type DatasetPlan, type Plan, stagedDatasets } from "../../plan/types.ts";
import { lakeFormation } from "./crawler.ts";
import { allow, type Statement } from "./document.ts";
import {
  bucketArn,
  isBelow,
  isSame,
  listing,
  objectsArn,
  type S3Location,
  uniqueLocations,
  useKeys,
} from "./locations.ts";

/**
 * Where the tables for analysts lie, and nothing from before them: targets below a crawler; and Iceberg tables, which no
 * crawler sees, where one would have been: below a crawler's prefix, or where no other dataset reads them.
 */
export function readablePlaces(plan: Plan): S3Location[] {
  const crawled = new Set(plan.crawlers.flatMap(({ datasets }) => datasets));
  const staged = stagedDatasets(plan);
  const isOpen = ({ name, target, publish }: DatasetPlan) => {
    if (target === undefined || publish.format !== "iceberg") return crawled.has(name);
    const isRead = staged.some((each) => each.name !== name && each.reads.some((source) => isSame(source, target)));
    return !isRead || plan.crawlers.some((crawler) => isBelow(target, crawler));
  };
  return uniqueLocations(staged.flatMap((dataset) => (dataset.target && isOpen(dataset) ? [dataset.target] : [])));
}

/** Statements of the readers' policy. */
export function readerStatements(bindings: StackBindings, tables: readonly S3Location[]): Statement[] {
  const { partition, region, account, database, workgroup, resultsBucket } = bindings;
  const arn = (service: string, resource: string) => `arn:${partition}:${service}:${region}:${account}:${resource}`;
  const results = { bucket: resultsBucket, prefix: `${workgroup}/` };
  return [
    allow(
      "Query",
      [
        "athena:GetWorkGroup",
        "athena:StartQueryExecution",
        "athena:StopQueryExecution",
        "athena:GetQueryExecution",
        "athena:BatchGetQueryExecution",
        "athena:GetQueryResults",
        "athena:ListQueryExecutions",
        "athena:GetNamedQuery",
        "athena:BatchGetNamedQuery",
        "athena:ListNamedQueries",
      ],
      [arn("athena", `workgroup/${workgroup}`)],
    ),
    allow(
      "ReadCatalog",
      [
        "glue:GetDatabase",
        "glue:GetTable",
        "glue:GetTables",
        "glue:GetPartition",
        "glue:GetPartitions",
        "glue:BatchGetPartition",
      ],
      [arn("glue", "catalog"), arn("glue", `database/${database}`), arn("glue", `table/${database}/*`)],
    ),
    // Athena asks for it with every query, whichever database is named (Athena
    // guide, "Configure access to databases and tables", per region the database `default`).
    allow(
      "OpenDefaultDatabase",
      ["glue:GetDatabase", "glue:CreateDatabase"],
      [arn("glue", "catalog"), arn("glue", "database/default")],
    ),
    allow(
      "ReadTables",
      ["s3:GetObject"],
      tables.map((location) => objectsArn(location, partition)),
    ),
    ...listing([...tables, results], partition),
    allow(
      "KeepResults",
      ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"],
      [objectsArn(results, partition)],
    ),
    allow("FindResults", ["s3:GetBucketLocation"], [bucketArn(resultsBucket, partition)]),
    useKeys("Decrypt", ["kms:Decrypt"], tables, bindings, [bindings.dataKey]),
    useKeys("Encrypt", ["kms:GenerateDataKey"], [], bindings, [bindings.dataKey]),
    ...lakeFormation(bindings),
  ];
}
