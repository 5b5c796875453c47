/** Findings about the catalog: the table that the crawler created, and its row, read through Athena. */

import {
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  type QueryExecutionStatus,
  StartQueryExecutionCommand,
} from "@aws-sdk/client-athena";
import { GetTableCommand } from "@aws-sdk/client-glue";
import type { StackBindings } from "../../compiler/plan/bindings.ts";
import type { Clients } from "../clients.ts";
import type { Waiting } from "./execution.ts";
import { type Finding, failed, held, looking } from "./finding.ts";

const CATALOG = "catalog";
const TEXT = "text";

/** The canary's table, and the expected values of its one row (canary/sql, canary/pipelines). */
export const CANARY_TABLE = "canary_text";
export const CANARY_ROW: Readonly<Record<string, string>> = {
  from_sql: "é \" ' $ \\ 日本 😀",
  from_parameter: "é \" ' $ \\ 日本 😀",
};

/** Findings about the table and its row. */
export async function judgeCatalog(clients: Clients, bindings: StackBindings, waiting: Waiting): Promise<Finding[]> {
  return [
    ...(await looking(CATALOG, () => judgeTable(clients, bindings))),
    ...(await looking(TEXT, () => judgeRow(clients, bindings, waiting))),
  ];
}

async function judgeTable({ glue }: Clients, { database }: StackBindings): Promise<Finding> {
  const { Table } = await glue.send(new GetTableCommand({ DatabaseName: database, Name: CANARY_TABLE }));
  const columns = (Table?.StorageDescriptor?.Columns ?? []).map(({ Name, Type }) => `${Name} ${Type}`);
  const expected = Object.keys(CANARY_ROW).map((name) => `${name} string`);
  return columns.join() === expected.join()
    ? held(CATALOG, `${database}.${CANARY_TABLE} has the columns ${columns.join(", ")}`)
    : failed(
        CATALOG,
        `${database}.${CANARY_TABLE} has the columns ${columns.join(", ") || "none"}, expected ${expected.join(", ")}`,
        "look at the crawler's log",
      );
}

async function judgeRow(
  { athena }: Clients,
  { database, workgroup }: StackBindings,
  waiting: Waiting,
): Promise<Finding[]> {
  const names = Object.keys(CANARY_ROW);
  const { QueryExecutionId: id } = await athena.send(
    new StartQueryExecutionCommand({
      QueryString: `SELECT ${names.join(", ")} FROM ${CANARY_TABLE}`,
      QueryExecutionContext: { Database: database },
      WorkGroup: workgroup,
    }),
  );
  const { State, StateChangeReason = "" } = await ended({ athena }, id ?? "", waiting);
  if (State !== "SUCCEEDED")
    return [
      failed(TEXT, `Athena's query ended with ${State}: ${StateChangeReason}`, "give your role the readers' policy"),
    ];
  const { ResultSet } = await athena.send(new GetQueryResultsCommand({ QueryExecutionId: id }));
  // The first row has the columns' names.
  const row = (ResultSet?.Rows?.[1]?.Data ?? []).map(({ VarCharValue = "" }) => VarCharValue);
  return names.map((name, index) => {
    const [seen = "", wanted = ""] = [row[index], CANARY_ROW[name]];
    return seen === wanted
      ? held(TEXT, `${name} was read back unchanged: ${wanted}`)
      : failed(
          TEXT,
          `${name} is \`${seen}\`, and \`${wanted}\` was written`,
          "report it with this line: text was changed in transit",
        );
  });
}

async function ended(
  { athena }: Pick<Clients, "athena">,
  id: string,
  { pause, now, longest }: Waiting,
): Promise<QueryExecutionStatus> {
  const end = now() + longest;
  for (;;) {
    const { QueryExecution } = await athena.send(new GetQueryExecutionCommand({ QueryExecutionId: id }));
    const status: QueryExecutionStatus = QueryExecution?.Status ?? {};
    if (!["QUEUED", "RUNNING"].includes(status.State ?? "") || now() >= end) return status;
    await pause(1_000);
  }
}
