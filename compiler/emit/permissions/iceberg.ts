/**
 * What a job may do in the catalog: nothing, unless its stage writes or reads Iceberg tables, whose current snapshot is
 * named by their entry.
 *
 * Iceberg's Glue catalog reads the database and the table, and commits by CreateTable once and then by UpdateTable, which
 * fails if another one came first (Iceberg, "AWS Integrations", optimistic locking). It deletes nothing, so it may not.
 */

import { databaseOf, type PhysicalPlan } from "../../plan/bind.ts";
import type { StackBindings } from "../../plan/bindings.ts";
import { stageTables, type TablePlace } from "../../plan/tables.ts";
import type { StagePlan } from "../../plan/types.ts";
import { allow, type Statement } from "./document.ts";

/** Statements about a stage's Iceberg tables: exactly these, in their pipelines' databases. */
export function icebergStatements(
  plan: Pick<PhysicalPlan, "pipeline" | "databases">,
  stage: StagePlan,
  bindings: StackBindings,
): Statement[] {
  const { written, read } = stageTables(plan, stage);
  const inCatalog = (tables: readonly TablePlace[]) => {
    const arn = (resource: string) =>
      `arn:${bindings.partition}:glue:${bindings.region}:${bindings.account}:${resource}`;
    const resources = tables.flatMap(({ table }) => {
      const database = databaseOf(table, plan);
      return [arn(`database/${database}`), arn(`table/${database}/${table.name}`)];
    });
    // An action on a table needs the right on catalog and database, too (Glue developer guide, "Resource ARNs").
    return resources.length === 0 ? [] : [arn("catalog"), ...resources];
  };
  return [
    allow("ReadIceberg", ["glue:GetDatabase", "glue:GetTable"], inCatalog([...written, ...read])),
    allow("CommitIceberg", ["glue:CreateTable", "glue:UpdateTable"], inCatalog(written)),
  ];
}
