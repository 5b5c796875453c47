/** A lineage as one OpenLineage JobEvent: the pipeline is the job, each dataset an output with its columns' lineage. */

import { STRATA_VERSION } from "../../../contract/version.ts";
import type { BucketBinding } from "../../plan/bindings.ts";
import type { ColumnOf, LineageTable, Making, RowUse } from "../../resolve/lineage.ts";
import type { SelectedTable, Selection } from "./select.ts";
import { shortExpression, unknownsOf } from "./words.ts";

const SPEC = "https://openlineage.io/spec";
const PRODUCER = `urn:strata-sql:strata:${STRATA_VERSION}`;
const SUBTYPES: Readonly<Record<Making, string>> = {
  identity: "IDENTITY",
  aggregation: "AGGREGATION",
  transformation: "TRANSFORMATION",
};

/** What the event says that the root does not. */
export interface EventOptions {
  /** When it is emitted: an ISO time. */
  readonly time: string;
  /** A stack's physical buckets; without them names have the logical ones. */
  readonly buckets: readonly BucketBinding[];
}

/** The event; readers find a dataset by namespace and name, as OpenLineage spells those of S3. */
export function lineageEvent(selection: Selection, options: EventOptions): object {
  const nameOf = (table: LineageTable) => datasetName(table, options.buckets);
  const outputs = selection.tables.filter(({ table }) => table.kind === "dataset");
  const read = new Set(outputs.flatMap(({ table }) => table.reads));
  const inputs = [...selection.all.values()].filter(({ key }) => read.has(key));
  return {
    eventTime: options.time,
    producer: PRODUCER,
    schemaURL: `${SPEC}/2-0-2/OpenLineage.json#/$defs/JobEvent`,
    job: {
      namespace: "strata",
      name: selection.table.pipeline,
      facets: {
        jobType: facet("2-0-4", "JobTypeJobFacet", {
          processingType: "BATCH",
          integration: "STRATA",
          jobType: "PIPELINE",
        }),
      },
    },
    inputs: inputs.map((table) => ({ ...nameOf(table), facets: schemaOf(table, selection) })),
    outputs: outputs.map((each) => ({
      ...nameOf(each.table),
      facets: { ...schemaOf(each.table, selection), ...columnsOf(each, selection, nameOf) },
    })),
  };
}

function facet(version: string, name: string, content: object): object {
  return { _producer: PRODUCER, _schemaURL: `${SPEC}/facets/${version}/${name}.json#/$defs/${name}`, ...content };
}

/** The columns as far as they are known, else a description of what is missing. */
function schemaOf(table: LineageTable, selection: Selection): object {
  const { columns } = table;
  if (columns === undefined) {
    const [description] = unknownsOf({ ...selection, tables: [{ table, columns, rows: [], through: [] }] });
    return { documentation: facet("1-1-0", "DocumentationDatasetFacet", { description }) };
  }
  const fields = columns
    .filter(({ name }) => name !== "")
    .map(({ name, type }) => ({ name, ...(type !== undefined && { type }) }));
  return { schema: facet("1-2-0", "SchemaDatasetFacet", { fields }) };
}

function columnsOf(
  { columns, rows }: SelectedTable,
  { all }: Selection,
  nameOf: (table: LineageTable) => object,
): object {
  if (columns === undefined) return {};
  const inputOf = ({ table: key, column }: ColumnOf, transformations: readonly object[]) => {
    const table = all.get(key);
    return table === undefined ? [] : [{ ...nameOf(table), field: column, transformations }];
  };
  const fields = columns
    .filter(({ name }) => name !== "")
    .map((column) => {
      const subtype = SUBTYPES[column.making ?? "transformation"];
      const made = { type: "DIRECT", subtype, description: shortExpression(column), masking: false };
      return [column.name, { inputFields: column.from.flatMap((each) => inputOf(each, [made])) }] as const;
    });
  const dataset = rows.flatMap((each) => inputOf(each, each.uses.map(indirect)));
  return {
    columnLineage: facet("1-2-0", "ColumnLineageDatasetFacet", { fields: Object.fromEntries(fields), dataset }),
  };
}

function indirect(use: RowUse): object {
  return { type: "INDIRECT", subtype: use.toUpperCase(), description: "", masking: false };
}

function datasetName({ location, pipeline, name }: LineageTable, buckets: readonly BucketBinding[]) {
  const [, logical, prefix = ""] = /^s3:\/\/([^/]+)\/(.*?)\/?$/s.exec(location ?? "") ?? [];
  if (logical === undefined) return { namespace: "strata", name: `${pipeline}/${name}` };
  const physical = buckets.find((each) => each.logical === logical)?.physical ?? logical;
  return { namespace: `s3://${physical}`, name: prefix };
}
