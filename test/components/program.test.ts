/** The Pulumi program on mocks: what it asks for, for dev and prod, and how that changes with the configuration. */

import { assert } from "chai";
import { HOME } from "../../setup/node.mjs";
import { folderOf, removeFolders, SHOP, strata } from "../cli/strata.ts";
import { byName, committedSettings, DEV, type Registered, runStack } from "./stack.ts";

const JOB = "aws:glue/job:Job";
const ROLE = "aws:iam/role:Role";
const MACHINE = "aws:sfn/stateMachine:StateMachine";

function definitionOf(resources: readonly Registered[]): string {
  const [machine] = Object.values(byName(resources, MACHINE));
  return String(machine?.definition);
}

describe("the Pulumi program", function () {
  this.timeout(180_000);
  afterEach(removeFolders);

  for (const stack of ["dev", "prod"]) {
    describe(`of the sample, stack ${stack}`, () => {
      let run: Awaited<ReturnType<typeof runStack>>;
      before(async () => {
        run = await runStack(HOME, stack, committedSettings(stack));
      });

      it("deploys exactly the definition that `strata asl --stack` prints", async () => {
        const { stdout } = await strata(["asl", "bookings", "--stack", stack]);
        assert.equal(`${definitionOf(run.resources)}\n`, stdout);
      });

      it("inlines exactly the groups that `strata groups --stack` prints", async () => {
        const { stdout } = await strata(["groups", "bookings", "--stack", stack]);
        const groups = JSON.parse(stdout) as Record<string, unknown>;
        const states = Object.values(JSON.parse(definitionOf(run.resources)).States) as {
          Arguments?: { Arguments?: Record<string, string> };
        }[];
        const inlined = states.flatMap(({ Arguments: given }) => (given?.Arguments ? [given.Arguments] : []));
        assert.deepEqual(
          Object.fromEntries(inlined.map((each) => [each["--stage"], JSON.parse(each["--group_list"] ?? "")])),
          groups,
        );
        assert.include(stdout, `s3://postgres-repo-${stack}-`);
      });

      it("has one job and one role a stage", () => {
        const names = ["bronze_stage", "dimension_stage", "fact_stage", "complex_transformation_stage"];
        assert.sameMembers(
          Object.keys(byName(run.resources, JOB)),
          names.map((name) => `bookings/${name}`),
        );
        for (const name of names) assert.property(byName(run.resources, ROLE), `bookings/${name}`);
      });

      it("has a crawler a prefix with its tables' level, a workgroup with enforced settings, and a rule for every bad end", () => {
        const crawlers = byName(run.resources, "aws:glue/crawler:Crawler");
        assert.sameMembers(Object.keys(crawlers), ["bookings/booking_dim_crawler", "bookings/booking_fact_crawler"]);
        const configuration = JSON.parse(String(crawlers["bookings/booking_dim_crawler"]?.configuration));
        assert.equal(configuration.Grouping.TableLevelConfiguration, 5);
        const [workgroup] = Object.values(byName(run.resources, "aws-native:athena:WorkGroup"));
        const settings = workgroup?.workGroupConfiguration as Record<string, unknown>;
        assert.isTrue(settings.enforceWorkGroupConfiguration);
        assert.equal(settings.bytesScannedCutoffPerQuery, stack === "dev" ? 10_737_418_240 : 107_374_182_400);
        const [rule] = Object.values(byName(run.resources, "aws:cloudwatch/eventRule:EventRule"));
        assert.sameMembers(JSON.parse(String(rule?.eventPattern)).detail.status, ["FAILED", "TIMED_OUT", "ABORTED"]);
      });

      it("logs everything but data, and traces", () => {
        const [machine] = Object.values(byName(run.resources, MACHINE));
        assert.deepInclude(machine?.loggingConfiguration, { level: "ALL", includeExecutionData: false });
        assert.deepEqual(machine?.tracingConfiguration, { enabled: true });
      });

      it("gives each job its stage's sources and targets and nothing else", () => {
        const policy = JSON.parse(
          String(byName(run.resources, "aws:iam/rolePolicy:RolePolicy")["bookings/dimension_stage"]?.policy),
        );
        const write = policy.Statement.find(({ Sid }: { Sid: string }) => Sid === "WriteTargets");
        const account = stack === "dev" ? "111111111111" : "222222222222";
        const folder = `arn:aws:s3:::postgres-repo-${stack}-${account}/gold/bookings/dimension_tables`;
        assert.deepEqual(
          write.Resource,
          ["dim_aircraft", "dim_airport", "dim_flight_route", "dim_passenger", "dim_seat"].map(
            (name) => `${folder}/${name}/*`,
          ),
        );
        assert.notInclude(JSON.stringify(policy), "s3:*");
        const wide = policy.Statement.filter(({ Resource }: { Resource: string[] }) => Resource.includes("*"));
        assert.deepEqual(
          wide.map(({ Action }: { Action: string[] }) => Action),
          [["glue:GetSecurityConfiguration"]],
          "AWS has no resource type for it",
        );
      });

      it("answers state machine, workgroup, database and buckets", () => {
        assert.equal(
          run.outputs?.buckets["postgres-repo"],
          `postgres-repo-${stack}-${stack === "dev" ? "111111111111" : "222222222222"}`,
        );
        assert.hasAllKeys(run.outputs?.pipelines.bookings, ["stateMachineArn", "workgroup", "database", "readers"]);
        assert.equal(run.outputs?.pipelines.bookings?.database, `bookings_${stack}`);
      });
    });
  }

  it("gives dev and prod no name in common", async () => {
    const names = async (stack: string) => {
      const { resources } = await runStack(HOME, stack, committedSettings(stack));
      return resources
        .flatMap(({ inputs }) => [inputs.bucket, inputs.name])
        .filter((name): name is string => typeof name === "string");
    };
    const [dev, prod] = [await names("dev"), await names("prod")];
    const queries = ["departures_by_airport", "revenue_by_fare_conditions", "routes_by_planned_duration"];
    assert.deepEqual(
      dev.filter((name) => prod.includes(name) && !queries.includes(name)),
      [],
    );
  });

  it("differs from prod in workers where the stack sets them", async () => {
    const { resources } = await runStack(HOME, "prod", committedSettings("prod"));
    const jobs = byName(resources, JOB);
    assert.deepInclude(jobs["bookings/fact_stage"], { workerType: "G.2X", numberOfWorkers: 4, timeout: 120 });
    assert.deepInclude(jobs["bookings/dimension_stage"], { workerType: "G.1X", numberOfWorkers: 2, timeout: 60 });
  });

  describe("follows the configuration", () => {
    // What a stage or a dataset more, less or elsewhere changes: test/engine/changes.engine.ts.
    const jobsAndRoles = async (root: string) => {
      const { resources } = await runStack(root, "dev", DEV);
      return resources
        .filter(({ type }) => type === JOB || type === ROLE)
        .map(({ type, name, inputs }) => `${type} ${name} ${JSON.stringify(inputs)}`);
    };
    const states = async (root: string) => {
      const { resources } = await runStack(root, "dev", DEV);
      const all = JSON.parse(definitionOf(resources)).States as Record<string, { Resource?: string }>;
      return Object.keys(all).filter((name) => all[name]?.Resource?.endsWith("startJobRun.sync"));
    };

    it("another order changes no job and no role, only the definition", async () => {
      const files = {
        ...SHOP,
        "pipelines/shop/sql_queries.json":
          SHOP["pipelines/shop/sql_queries.json"]?.replace(
            's3://lake/bronze/orders/" }], "s3_target": "s3://lake/gold',
            's3://lake/raw/other/" }], "s3_target": "s3://lake/gold',
          ) ?? "",
      };
      const one = folderOf({ ...files, "pipelines/shop/etl_stages.json": '{"a":["orders"],"b":["totals"]}' });
      const other = folderOf({ ...files, "pipelines/shop/etl_stages.json": '{"b":["totals"],"a":["orders"]}' });
      assert.sameMembers(await jobsAndRoles(one), await jobsAndRoles(other));
      assert.deepEqual(
        [await states(one), await states(other)],
        [
          ["a", "b"],
          ["b", "a"],
        ],
      );
    });

    it("the number of resources grows with stages, not with datasets", async () => {
      const wide = (datasets: number) => {
        const names = Array.from({ length: datasets }, (_, index) => `d${index}`);
        const entry = (name: string) => [
          name,
          { sql_name: name, sql_file: "w/q.sql", tables: [], s3_target: `s3://lake/out/${name}/`, target_name: name },
        ];
        return folderOf({
          "pipelines/w/etl_stages.json": JSON.stringify({ only: names }),
          "pipelines/w/sql_queries.json": JSON.stringify(Object.fromEntries(names.map(entry))),
          "sql/w/q.sql": "SELECT 1 AS one\n",
        });
      };
      const [few, many] = [await runStack(wide(1), "dev", DEV), await runStack(wide(40), "dev", DEV)];
      assert.equal(few.resources.length, many.resources.length);
    });
  });

  it("stops at a mistake before it registers anything, and prints what check prints", async () => {
    const root = folderOf({ ...SHOP, "sql/shop/totals.sql": "SELECT sum(amount) AS total FROM orders_silver\n" });
    const { resources, error } = await runStack(root, "dev", DEV);
    assert.deepEqual(resources, []);
    const { stdout } = await strata(["check", "--root", root, "--types", "off"]);
    assert.include(stdout, `${error}; checked 1 pipeline (shop), 2 datasets, no stack\n`);
  });

  it("makes no Lambda function unless the pipeline wants one", async () => {
    const inline = await runStack(folderOf(SHOP), "dev", DEV);
    assert.isEmpty(byName(inline.resources, "aws:lambda/function:Function"));
    const runtime = await runStack(
      folderOf({ ...SHOP, "pipelines/shop/pipeline.yaml": "setup: runtime\n" }),
      "dev",
      DEV,
    );
    const [name] = Object.values(byName(runtime.resources, "aws:lambda/function:Function"));
    const databases = JSON.stringify([{ pipeline: "shop", database: "shop_dev" }]);
    assert.nestedPropertyVal(name, "environment.variables.STRATA_DATABASES", databases);
    assert.include(definitionOf(runtime.resources), `"FunctionName": "${name?.name}"`);
  });

  it("puts groups that are too large into the code bucket, where the definition says", async () => {
    const root = folderOf({
      ...SHOP,
      "sql/shop/totals.sql": `SELECT sum(amount) AS total FROM orders_bronze -- ${"x".repeat(140_000)}\n`,
    });
    const { resources } = await runStack(root, "dev", DEV);
    const [, address] =
      /"--group_list": "s3:\/\/strata-code-dev-111111111111\/([^"]+)"/.exec(definitionOf(resources)) ?? [];
    const object = Object.values(byName(resources, "aws:s3/bucketObjectv2:BucketObjectv2")).find(
      ({ key }) => key === address,
    );
    assert.include(Buffer.from(String(object?.contentBase64), "base64").toString(), '"sql_name":"totals"');
  });

  it("names everything as AWS takes it, for strange pipelines and stages", async () => {
    const strange = ['st"age', "Größe 😀", "x".repeat(200), "a", "A", "10", "9", "__proto__"];
    const datasets = strange.map((_, index) => `d${index}`);
    const entry = (name: string) =>
      `${JSON.stringify(name)}:{"sql_name":"${name}","sql_file":"q.sql","tables":[],"s3_target":"s3://lake/o/${name}/"}`;
    const root = folderOf({
      "pipelines/My Pipe's/etl_stages.json": `{${strange.map((name, index) => `${JSON.stringify(name)}:["${datasets[index]}"]`).join(",")}}`,
      "pipelines/My Pipe's/sql_queries.json": `{${datasets.map(entry).join(",")}}`,
      "sql/q.sql": "SELECT 1 AS one\n",
    });
    const { resources, error } = await runStack(root, "dev", DEV);
    assert.isUndefined(error);
    const check = (type: string, pattern: RegExp) => {
      const names = Object.values(byName(resources, type)).map(({ name }) => String(name));
      assert.isNotEmpty(names);
      for (const name of names) assert.match(name, pattern);
      assert.equal(
        new Set(names.map((name) => name.toLowerCase())).size,
        names.length,
        "unique without regard to case",
      );
    };
    check(JOB, /^[A-Za-z0-9_.-]{1,255}$/);
    check(ROLE, /^[\w+=,.@-]{1,64}$/);
    check(MACHINE, /^[0-9A-Za-z_-]{1,80}$/);
    check("aws:cloudwatch/logGroup:LogGroup", /^[\w./#-]{1,512}$/);
    check("aws:glue/catalogDatabase:CatalogDatabase", /^[a-z0-9_]{1,255}$/);
    const keys = resources.map(({ type, name }) => `${type} ${name}`);
    assert.equal(new Set(keys).size, keys.length, "logical names are unique by type");
    for (const state of Object.keys(JSON.parse(definitionOf(resources)).States)) assert.isAtMost(state.length, 80);
  });
});
