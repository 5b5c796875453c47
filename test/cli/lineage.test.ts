/** `strata lineage`: its call, and OpenLineage's form against a schema (test/fixtures/openlineage). */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { assert } from "chai";
import { HOME } from "../../setup/node.mjs";
import { folderOf, removeFolders, SHOP, strata } from "./strata.ts";

const schema = JSON.parse(readFileSync(join(HOME, "test", "fixtures", "openlineage", "job-event.schema.json"), "utf8"));
const ajv = new Ajv2020({ allErrors: true, strict: false });
addFormats.default(ajv);
const validate = ajv.compile(schema);

interface Input {
  readonly namespace: string;
  readonly name: string;
  readonly field: string;
  readonly transformations: readonly { readonly type: string; readonly subtype: string }[];
}

interface Dataset {
  readonly namespace: string;
  readonly name: string;
  readonly facets: {
    readonly documentation?: { readonly description: string };
    readonly schema?: { readonly fields: readonly { readonly name: string }[] };
    readonly columnLineage?: {
      readonly fields: Readonly<Record<string, { readonly inputFields: readonly Input[] }>>;
      readonly dataset: readonly Input[];
    };
  };
}

interface Event {
  readonly eventTime: string;
  readonly inputs: readonly Dataset[];
  readonly outputs: readonly Dataset[];
}

async function event(...args: string[]): Promise<Event> {
  const { code, stdout, stderr } = await strata(["lineage", ...args, "--format", "openlineage"]);
  assert.equal(code, 0, stderr);
  const parsed = JSON.parse(stdout);
  assert.isTrue(validate(parsed), JSON.stringify(validate.errors, null, 2));
  return parsed;
}

const shown = ({ namespace, name, field, transformations }: Input) =>
  `${namespace} ${name} ${field} ${transformations.map(({ type, subtype }) => `${type} ${subtype}`)}`;

describe("strata lineage", () => {
  afterEach(removeFolders);

  it("gives an OpenLineage event in which inputs and columns are those of the schemas", async () => {
    const { inputs, outputs, eventTime } = await event("fact_detailed_flight_status", "--root", HOME);
    assert.isBelow(Math.abs(Date.now() - Date.parse(eventTime)), 600_000);
    const fact = outputs.find(({ name }) => name.endsWith("/fact_detailed_flight_status"));
    const lineage = fact?.facets.columnLineage;
    assert.deepEqual(lineage?.fields.arrival_city?.inputFields.map(shown), [
      "s3://postgres-repo bronze/bookings/bronze_airports_data city DIRECT IDENTITY",
    ]);
    assert.include(
      lineage?.dataset.map(shown) ?? [],
      "s3://postgres-repo bronze/bookings/bronze_flights flight_no INDIRECT JOIN",
    );
    const columns = new Map(
      [...inputs, ...outputs].map((each) => [
        `${each.namespace} ${each.name}`,
        (each.facets.schema?.fields ?? []).map((field) => field.name),
      ]),
    );
    for (const { name, facets } of outputs) {
      const own = facets.schema?.fields.map((each) => each.name) ?? [];
      assert.includeMembers(own, Object.keys(facets.columnLineage?.fields ?? {}), name);
      for (const { inputFields } of Object.values(facets.columnLineage?.fields ?? {}))
        for (const { namespace, name: table, field } of inputFields)
          assert.include(columns.get(`${namespace} ${table}`) ?? [], field);
    }
  });

  it("names a stack's buckets in it", async () => {
    const dev = `config:
  strata:region: eu-central-1
  strata:allowedAccountIds: ["111111111111"]
  strata:buckets: { lake: { name: acme-lake-dev } }
`;
    const root = folderOf({ ...SHOP, "Pulumi.dev.yaml": dev });
    const { outputs } = await event("totals", "--root", root, "--stack", "dev");
    assert.equal(outputs[0]?.namespace, "s3://acme-lake-dev");
    const { code, stderr } = await strata(["lineage", "totals", "--root", root, "--stack", "dev"]);
    assert.equal(code, 2);
    assert.include(stderr, "`--stack` needs `--format openlineage`");
  });

  it("says what is not known in every format", async () => {
    const root = folderOf({ ...SHOP, "sql/shop/orders.sql": "SELECT * FROM orders_raw\n" });
    for (const format of ["text", "json", "mermaid"]) {
      const { code, stdout } = await strata(["lineage", "orders", "--root", root, "--format", format]);
      assert.equal(code, 0);
      assert.match(stdout, /columns of .*orders.* are not known/, format);
    }
    const { outputs } = await event("orders", "--root", root);
    assert.match(outputs[0]?.facets.documentation?.description ?? "", /^columns of `orders` are not known/);
    assert.notProperty(outputs[0]?.facets, "columnLineage");
  });

  it("has names that JavaScript treats in its own way", async () => {
    const root = folderOf({
      ...SHOP,
      "pipelines/shop/pipeline.yaml": "sources: { orders_raw: { columns: { id: int } } }\n",
      "sql/shop/orders.sql": 'SELECT id AS `__proto__`, id AS `a"b.c` FROM orders_raw\n',
      "sql/shop/totals.sql": "SELECT 1 AS one FROM orders_bronze\n",
    });
    const { outputs } = await event("orders", "--root", root);
    assert.deepEqual(Object.keys(outputs[0]?.facets.columnLineage?.fields ?? {}), ["__proto__", 'a"b.c']);
    const { stdout } = await strata(["lineage", 'orders.a"b.c', "--root", root]);
    assert.match(stdout, /^orders\.a"b\.c +id\n {2}orders_raw\.id +source, int\n$/);
  });

  it("stops at bad usage with the nearest name", async () => {
    const root = folderOf(SHOP);
    for (const [args, message] of [
      [["total"], "there is no dataset or source `total`\n  help: did you mean `totals`?"],
      [["totals.totl"], "`totals` has no column `totl`\n  help: did you mean `total`?"],
      [["totals", "shopp"], "there is no pipeline `shopp`\n  help: did you mean `shop`?"],
      [["totals", "--up", "--down"], "`--up` and `--down` exclude each other"],
    ] as const) {
      const { code, stderr } = await strata(["lineage", ...args, "--root", root]);
      assert.equal(code, 2, args.join(" "));
      assert.include(stderr, message);
    }
  });

  it("prints what it knows of a root with errors, and exits 1", async () => {
    const root = folderOf({ ...SHOP, "sql/shop/totals.sql": "SELECT FROM orders_bronze\n" });
    const { code, stdout, stderr } = await strata(["lineage", "orders", "--root", root]);
    assert.equal(code, 1);
    assert.match(stdout, /^orders\.id /);
    assert.include(stderr, "1 error; `strata check` lists them");
  });
});
