/** A pipeline that is not ours, run by the real command line on Sail: outcome, selection, failures, catalog, queries. */

import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import { HOME } from "../../setup/node.mjs";
import { folderOf, type Outcome, program, removeFolders, strata } from "../cli/strata.ts";
import { processesOf, until } from "../processes.ts";
import { parquet } from "./runs.ts";

const dataset = (name: string, tables: Record<string, string>, target: string | undefined, more = {}) => [
  name,
  {
    sql_name: name,
    sql_file: `own/${name}.sql`,
    tables: Object.entries(tables).map(([table_name, s3_path]) => ({ table_name, s3_path })),
    ...(target && { s3_target: target }),
    ...more,
  },
];

const OWN = {
  "pipelines/own/etl_stages.json": '{"10": ["sums", "seen"], "9": ["top"]}',
  "pipelines/own/sql_queries.json": JSON.stringify(
    Object.fromEntries([
      dataset("sums", { t: "s3://data/raw/t/" }, "s3://data/mart/Sums é/", { owner: { "10": 1, "9": 2 } }),
      dataset("seen", { t: "s3://data/raw/t/" }, undefined),
      dataset("top", { sums: "s3://data/mart/Sums é/" }, "s3://data/mart/top/"),
    ]),
  ),
  "pipelines/own/pipeline.yaml": 'params: { least: { type: int, default: "0" } }\n',
  "sql/own/sums.sql": "SELECT k, CAST(sum(v) AS BIGINT) AS s FROM t WHERE v >= :least GROUP BY k\n",
  "sql/own/seen.sql": "SELECT k FROM t\n",
  "sql/own/top.sql": "SELECT max(s) AS most FROM sums\n",
};

describe("a user's pipeline, on Sail", function () {
  this.timeout(120_000);
  let root: string;
  let lake: string;
  const run = (...args: string[]) => strata(["run", "--root", root, "--lake", lake, "--format", "json", ...args]);
  const query = (sql: string, ...args: string[]) => strata(["query", sql, "--root", root, "--lake", lake, ...args]);

  /** The first run. Each test leaves every target whole, and begins with that. */
  let first: Outcome;

  before(async () => {
    root = folderOf(OWN);
    lake = join(root, "lake");
    await parquet(join(lake, "data", "raw", "t", "a.parquet"), { k: ["a", "b", "a"], v: [1, 2, 3] });
    await parquet(join(lake, "data", "raw", "t", "archive", "a.parquet"), { k: ["z"], v: [9] });
    first = await run();
  });
  after(removeFolders);

  it("runs, counts what has no target, registers tables and answers queries", async () => {
    const { code, stdout, stderr } = first;
    assert.equal(code, 0, stderr);
    const result = JSON.parse(stdout);
    assert.deepInclude(result, { status: "SUCCEEDED" });
    assert.equal(result.version, 1);
    assert.hasAllKeys(result, ["version", "execution", "status", "seconds", "engine", "stages", "crawlers"]);
    assert.deepEqual(
      result.stages.map((stage: { name: string }) => stage.name),
      ["10", "9"],
    );
    const [sums, seen] = result.stages[0].datasets;
    assert.deepInclude(sums, {
      name: "sums",
      status: "SUCCEEDED",
      rows: 2,
      target: "s3://data/mart/Sums é/",
      expectations: [],
    });
    assert.isAtLeast(sums.files, 1);
    assert.deepInclude(seen, { name: "seen", status: "SUCCEEDED", rows: 3, files: 0, target: null });
    const warning = "source table `t`: files in `archive/` are not read";
    assert.match(seen.warnings[0], new RegExp(warning));
    assert.include(stderr, `warning: ${warning}`);
    const answer = await query("SELECT most FROM top");
    assert.equal(answer.stdout, "most\n----\n   4\n(1 row)\n", answer.stderr);
  });

  it("runs only what is selected, and takes parameters", async () => {
    const { code, stdout } = await run("--datasets", "sums", "--param", "least=2");
    assert.equal(code, 0);
    const statuses = JSON.parse(stdout).stages.map((stage: { status: string; datasets: { status: string }[] }) => [
      stage.status,
      ...stage.datasets.map(({ status }) => status),
    ]);
    assert.deepEqual(statuses, [
      ["SUCCEEDED", "SUCCEEDED", "NOT_SELECTED"],
      ["NOT_SELECTED", "NOT_SELECTED"],
    ]);
    for (const args of [
      ["--datasets", "sum"],
      ["--param", "least"],
      // What Node makes of bytes that are not UTF-8.
      ["--datasets", "sums", "--param", "least=1\u{fffd}"],
    ]) {
      const refused = await run(...args);
      assert.equal(refused.code, 2, args.join(" "));
      assert.notMatch(refused.stderr, /^\s+at /m);
    }
  });

  it("shows what failed with its place and cause, blocks what reads it, keeps the old content, and stops there", async () => {
    const before = readdirSync(join(lake, "data", "mart", "Sums é"));
    const broken = folderOf({ ...OWN, "sql/own/sums.sql": "SELECT k, CAST(k AS INT) AS s FROM t WHERE :least = 0\n" });
    const json = await strata(["run", "--root", broken, "--lake", lake, "--format", "json"]);
    assert.equal(json.code, 1);
    const result = JSON.parse(json.stdout);
    assert.deepEqual(
      result.stages.map((stage: { status: string }) => stage.status),
      ["FAILED", "NOT_RUN"],
    );
    assert.equal(result.stages[0].datasets.find((each: { name: string }) => each.name === "seen").status, "SUCCEEDED");
    const text = await strata(["run", "--root", broken, "--lake", lake]);
    // Values of rows are for the screen of the user who runs it; what may be kept has none.
    assert.match(text.stdout, /error: dataset `sums`: the value '[ab]' cannot be cast to INT: /);
    const failed = result.stages[0].datasets.find((each: { name: string }) => each.name === "sums");
    assert.match(failed.error.message, /^a value cannot be cast to INT: /);
    assert.include(text.stdout, "sql/own/sums.sql:1:11");
    assert.notMatch(text.stdout + text.stderr, /Traceback|^\s+at /m);
    assert.match(text.stdout.trimEnd().split("\n").at(-1) ?? "", /^Engine: sail /, "the last line names the engine");
    assert.deepEqual(readdirSync(join(lake, "data", "mart", "Sums é")), before);
  });

  it("a Ctrl-C leaves no process behind and every target as it was", async () => {
    const slow = folderOf({
      ...OWN,
      "sql/own/sums.sql":
        "SELECT a.k, count(*) AS s FROM t AS a CROSS JOIN range(100000) AS b CROSS JOIN range(100000) AS c WHERE b.id * c.id % 7 = :least GROUP BY a.k\n",
    });
    const target = join(lake, "data", "mart", "Sums é");
    const visible = () => readdirSync(target).filter((name) => !name.startsWith("_"));
    const before = visible();
    const child = spawn(process.execPath, [join(HOME, "bin", "strata.mjs"), "run", "--root", slow, "--lake", lake], {
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    await new Promise<void>((resolve) =>
      child.stderr.on("data", (chunk) => String(chunk).includes("stage 10") && resolve()),
    );
    const workers = workersOf(lake);
    assert.isNotEmpty(workers);
    child.kill("SIGINT");
    const [code] = await new Promise<[number | null]>((resolve) => child.on("close", (...args) => resolve([args[0]])));
    assert.equal(code, 130);
    await until(() => workersOf(lake).length === 0);
    assert.deepEqual(visible(), before);
    const { code: again } = await run();
    assert.equal(again, 0, "the next run finds the lake free");
    assert.deepEqual(readdirSync(join(target, "_strata")), ["commit.json"], "and cleans up what the killed one left");
  });

  it("gives the job nothing of the environment but what is on a list", async () => {
    const spy = folderOf({ python: `#!/bin/sh\nenv > "${root}/env"\nexit 3\n` });
    await program("chmod", ["+x", join(spy, "python")]);
    const { startWorker } = await import("../../local/worker/worker.ts");
    const secrets = ["AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "GITHUB_TOKEN", "NPM_TOKEN", "AZURE_CLIENT_SECRET"];
    for (const name of [...secrets, "DATABASE_URL", "HTTPS_PROXY"]) process.env[name] = "planted";
    try {
      await startWorker({ home: HOME, python: join(spy, "python"), engine: "sail", lake }).ready.catch(() => {});
    } finally {
      for (const name of [...secrets, "DATABASE_URL", "HTTPS_PROXY"]) delete process.env[name];
    }
    const seen = readFileSync(join(root, "env"), "utf8");
    assert.notInclude(seen, "planted");
    assert.include(seen, "AWS_EC2_METADATA_DISABLED=true");
    assert.match(seen, /^PATH=/m);
  });
});

describe("strata data", function () {
  this.timeout(180_000);
  afterEach(removeFolders);

  it("gives the generator no AWS credentials, and SIGKILL leaves no process behind", async () => {
    const lake = join(folderOf({}), "lake");
    const child = spawn(process.execPath, [join(HOME, "bin", "strata.mjs"), "data", "--scale", "3", "--lake", lake], {
      stdio: "ignore",
      env: { ...process.env, AWS_SECRET_ACCESS_KEY: "planted" },
    });
    const ended = new Promise((resolve) => child.on("close", resolve));
    await until(() => processesOf("generate.py", lake).length > 0);
    const [generator] = processesOf("generate.py", lake);
    assert.notInclude(readFileSync(`/proc/${generator}/environ`, "utf8"), "planted");
    child.kill("SIGKILL");
    await ended;
    await until(() => processesOf("generate.py", lake).length === 0);
  });
});

const workersOf = (lake: string) => processesOf("worker.py", lake);
