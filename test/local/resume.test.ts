/** A run that failed, was cancelled or was killed: what it says of its targets, and resuming it by name. */

import { chmodSync, readdirSync, readFileSync, statSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { assert } from "chai";
import { calling } from "../../cli/calling.ts";
import { backfillCommand, nameInterrupted, resumeCommand, resumedInput } from "../../cli/resume.ts";
import { type Execution, Executions, KEPT_EXECUTIONS } from "../../local/run/executions.ts";
import { RunRecorder } from "../../local/run/result.ts";
import { type RunEvent, runPipeline } from "../../local/run/run.ts";
import { HOME } from "../../setup/node.mjs";
import { mayRun, thisProcess } from "../../setup/processes.mjs";
import { Bench } from "../chaos/resume.ts";
import { folderOf, program, removeFolders, SHOP, strata } from "../cli/strata.ts";
import { parquet, planIn, runnerOptions, withWorker } from "./runs.ts";

describe("a run that is ended at a step", function () {
  this.timeout(240_000);
  after(removeFolders);

  it("is gone on with by the command that it names, as if nothing had happened", async () => {
    const bench = new Bench();
    try {
      const steps = await bench.open();
      // 100 others, in every way and at every step: the suite `resumed`.
      await bench.round(1 + steps.lastIndexOf("committed"), "SIGINT,SIGINT");
      await bench.round(1 + steps.indexOf("published"), "SIGKILL");
    } finally {
      bench.close();
    }
  });
});

/** How this process is called by a command that is ready to copy. */
const STRATA = calling({ ...process.env, npm_command: undefined }).join(" ");

const ROOT = {
  ...SHOP,
  "pipelines/shop/pipeline.yaml": 'params: { day: { type: date, default: "2026-01-01" } }\n',
  "sql/shop/orders.sql": "SELECT id, CAST(:day AS STRING) AS day FROM orders_raw\n",
  "sql/shop/totals.sql": "SELECT CAST(max(day) AS INT) AS n FROM orders_bronze\n",
};

describe("strata run --execution", function () {
  this.timeout(120_000);
  let root: string;
  let lake: string;
  const run = (...args: string[]) =>
    strata(["run", "--root", root, "--lake", lake, ...args], { env: { npm_command: undefined } });

  beforeEach(async () => {
    root = folderOf(ROOT);
    lake = join(root, "lake");
    await parquet(join(lake, "lake", "raw", "orders", "a.parquet"), { id: [1, 2] });
  });
  afterEach(removeFolders);

  it("takes what was committed for done, with the files as they are now, and refuses to be something else", async () => {
    const failed = await run("--format", "json");
    assert.equal(failed.code, 1, failed.stderr);
    const { execution, resume } = JSON.parse(failed.stdout);
    assert.equal(resume, `${STRATA} run --execution ${execution} --root ${root} --lake ${lake} --format json`);
    assert.include(failed.stderr, `\nTo resume: ${resume}\nEngine: `);
    const file = join(lake, "lake", "bronze", "orders", "_strata", "commit.json");
    const record = readFileSync(file, "utf8");
    for (const [args, words] of [
      [["--execution", `${execution}x`], `unknown execution \`${execution}x\`\n  help: did you mean \`${execution}\`?`],
      [["--execution", "../../x"], "unknown execution `../../x`"],
      [["--execution", execution, "--param", "day=2026-01-02"], "has day=2026-01-01, not day=2026-01-02"],
      [["--execution", execution, "--datasets", "totals"], "selects other datasets"],
      [["--execution", execution, "--datasets", "nope"], "there is no dataset `nope`"],
      [["--execution", execution, "--each", "2026-01-01..2026-01-02"], "`--execution` and `--each` exclude each other"],
      [["--execution", execution, "--again"], "`--execution` and `--again` exclude each other"],
      [["shop", "--execution", "x"], "unknown execution `x`"],
    ] as const) {
      const { code, stderr } = await run(...args);
      assert.equal(code, 2, args.join(" "));
      assert.include(stderr, words);
    }
    writeFileSync(join(root, "sql", "shop", "orders.sql"), "SELECT id, 'other' AS day FROM orders_raw WHERE id = 1\n");
    writeFileSync(join(root, "sql", "shop", "totals.sql"), "SELECT count(*) AS n FROM orders_bronze\n");
    const gone = await run("shop", "--execution", execution, "--param", "day=2026-01-01", "--from", "bronze");
    assert.equal(gone.code, 0, gone.stdout);
    assert.include(
      gone.stderr,
      `resuming ${execution}; 1 dataset is committed and counts as done: orders; the SQL has changed since the commit of orders\n`,
    );
    assert.match(gone.stdout, /^orders +SUCCEEDED before +2 /m);
    assert.match(gone.stdout, /^totals +SUCCEEDED +1 /m);
    assert.equal(readFileSync(file, "utf8"), record);
    const again = JSON.parse((await run("--execution", execution, "--format", "json")).stdout);
    const [orders, totals] = again.stages.map((stage: { datasets: object[] }) => stage.datasets[0]);
    assert.deepInclude(orders, { status: "SUCCEEDED", rows: 2, repeated: true, sqlChanged: true });
    assert.deepInclude(totals, { status: "SUCCEEDED", rows: 1, repeated: true });
    assert.notProperty(totals, "sqlChanged");
    assert.notProperty(again, "resume");
  });

  it("that may write no byte more after a commit reports the commit, and is resumed after it", async () => {
    const plan = await planIn(root);
    const options = { ...runnerOptions(plan, lake), input: {}, execution: "full-1" };
    const { status, stages } = await withWorker({ limitAt: "committed" }, () => runPipeline(options));
    assert.equal(status, "FAILED");
    const [orders, totals] = stages.map(({ datasets }) => datasets[0]);
    assert.deepInclude(orders, { name: "orders", status: "COMMITTED", rows: 2, files: 1 });
    assert.match(orders?.error?.message ?? "", /exceeds the size limit of this process/);
    assert.deepInclude(totals, { name: "totals", status: "BLOCKED" });
    const { stderr } = await run("--execution", "full-1");
    assert.include(stderr, "resuming full-1; 1 dataset is committed and counts as done: orders\n");
  });

  it("of another pipeline is refused, and of one that runs, too", async () => {
    const executions = new Executions(join(lake, ".strata", "state"));
    await executions.begin(execution("other-1", { pipeline: "other" }));
    const running = await run("--execution", "other-1");
    assert.equal(running.code, 1);
    assert.match(running.stderr, /execution `other-1` is still running \(process \d+\)/);
    await executions.end({ ...(await read(executions, "other-1")), status: "FAILED" });
    const other = await run("shop", "--execution", "other-1");
    assert.equal(other.code, 2);
    assert.match(other.stderr, /belongs to pipeline `other`, not `shop`/);
  });

  it("datasets of a worker that died are reported by their records, and those that were left out as NOT_SELECTED", async () => {
    const options = { ...runnerOptions(await planIn(root), lake), input: { datasets: ["orders"] } };
    const done = await withWorker({ killAt: "committed" }, () => runPipeline(options));
    const [orders, totals] = done.stages.map(({ datasets }) => datasets[0]);
    assert.equal(done.status, "FAILED");
    assert.deepInclude(orders, { name: "orders", status: "COMMITTED", rows: 2, files: 1 });
    assert.deepInclude(totals, { name: "totals", status: "NOT_SELECTED" });
    const before = await withWorker({ killAt: "written" }, () => runPipeline(options));
    assert.deepInclude(before.stages[0]?.datasets[0], { name: "orders", status: "FAILED", rows: null });
    writeFileSync(join(lake, "lake", "bronze", "orders", "_strata", "commit.json"), "{");
    const blind = await withWorker({ killAt: "begun" }, () => runPipeline(options));
    assert.match(blind.stages[0]?.datasets[0]?.error?.message ?? "", /is not a valid commit record/);
  });

  it("a stage whose time is up reports what it committed, and is resumed", async () => {
    const queries = JSON.parse(SHOP["pipelines/shop/sql_queries.json"] ?? "");
    queries.orders.strata = { write: "append" };
    writeFileSync(join(root, "pipelines", "shop", "sql_queries.json"), JSON.stringify(queries));
    writeFileSync(join(root, "sql", "shop", "totals.sql"), "SELECT count(*) AS n FROM orders_bronze\n");
    writeFileSync(join(root, "pipelines", "shop", "etl_stages.json"), '{ "all": ["orders", "totals"] }');
    const options = { ...runnerOptions(await planIn(root), lake), concurrency: 1, input: {}, execution: "late" };
    // The limit itself is of minutes: it is made to end when the first dataset has committed.
    const { setTimeout: real } = globalThis;
    const limits: (() => void)[] = [];
    globalThis.setTimeout = ((end: () => void, milliseconds?: number) => {
      if ((milliseconds ?? 0) >= 10 * 60_000) limits.push(end);
      return real(end, milliseconds);
    }) as typeof setTimeout;
    const onEvent = (event: RunEvent) => {
      if (event.kind === "job" && event.event.event === "dataset_finished") for (const end of limits) end();
    };
    try {
      const late = await runPipeline({ ...options, onEvent });
      assert.equal(late.status, "FAILED");
      assert.match(JSON.stringify(late), /States\.Timeout/);
      const [orders, totals] = late.stages[0]?.datasets ?? [];
      assert.deepInclude(orders, { name: "orders", status: "SUCCEEDED", rows: 2 });
      assert.notEqual(totals?.status, "SUCCEEDED");
    } finally {
      globalThis.setTimeout = real;
    }
    const gone = await runPipeline(options);
    assert.equal(gone.status, "SUCCEEDED");
    assert.deepInclude(gone.stages[0]?.datasets[0], { name: "orders", rows: 2, repeated: true });
  });

  it("an interrupted execution is named by the next run and by recover", async () => {
    const executions = new Executions(join(lake, ".strata", "state"));
    await executions.begin(execution("cut-1"));
    const file = join(lake, ".strata", "state", "executions", "cut-1.json");
    const process = { ...thisProcess(), began: "long ago" };
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), process }));
    const resume = `${STRATA} run --execution cut-1 --root ${root} --lake ${lake}`;
    const words = `Z, was interrupted; to resume it: ${resume}\n`;
    assert.include((await run("--datasets", "totals")).stderr, words);
    const recovered = await strata(["recover", "--root", root, "--lake", lake], { env: { npm_command: undefined } });
    assert.include(recovered.stderr, words);
  });

  it("a state that cannot be written is reported, and fails nothing", async () => {
    writeFileSync(join(root, "sql", "shop", "totals.sql"), "SELECT count(*) AS n FROM orders_bronze\n");
    await program("mkdir", ["-p", join(lake, ".strata")]);
    writeFileSync(join(lake, ".strata", "state"), "in the way");
    const { code, stderr } = await run();
    assert.equal(code, 0, stderr);
    assert.match(
      stderr,
      /warning cannot record this execution, so `--execution` will not find it: .*: a file is in the way: /,
    );
  });

  it("of a lake that may not be written says that alone", async function () {
    const own = join(lake, ".strata");
    await program("mkdir", ["-p", own]);
    chmodSync(own, 0o555);
    // Root writes everywhere: in a user namespace it is another user.
    const other = process.geteuid?.() === 0 ? ["unshare", "-U", "--map-user=65534", "--map-group=65534"] : [];
    if (other.length > 0 && (await program("sh", ["-c", '"$@"', "sh", ...other, "true"])).code !== 0) this.skip();
    const command = [
      ...other,
      process.execPath,
      join(HOME, "bin", "strata.mjs"),
      "run",
      "--root",
      root,
      "--lake",
      lake,
    ];
    const { code, stderr } = await program(command[0] ?? "", command.slice(1));
    assert.equal(code, 1);
    assert.equal(stderr, `root: ${root}\nstrata: ${own}: permission denied: choose a folder that you may write to\n`);
  });
});

describe("what a run says that committed and did not come to say so", () => {
  it("is COMMITTED with its rows, and keeps what it failed with", async () => {
    const plan = await planIn(folderOf(SHOP));
    removeFolders();
    const recorder = new RunRecorder(plan, "/state");
    const error = { class: "PUBLISH_INTERRUPTED", message: "the disk is full" };
    const failed = { event: "dataset_finished", name: "orders", status: "FAILED", rows: 1, expectations: [], error };
    recorder.job("bronze", failed as never);
    const selected = { stages: new Set(["bronze", "gold"]), datasets: new Set(["orders", "totals"]) };
    assert.deepEqual([...recorder.unsettled(selected)], ["orders", "totals"]);
    const outcome = { status: "FAILED", error: "States.TaskFailed", cause: "" } as const;
    const committed = new Map([["orders", { rows: 60, bytes: 6, files: 2 }]]);
    const { status, stages } = recorder.finish("e", outcome, selected, committed);
    assert.equal(status, "FAILED");
    assert.deepInclude(stages[0]?.datasets[0], { status: "COMMITTED", rows: 60, error });
    assert.equal(stages[1]?.datasets[0]?.status, "BLOCKED");
    const cancelled = recorder.finish("e", { ...outcome, status: "ABORTED" }, selected, new Map());
    assert.equal(cancelled.status, "CANCELLED");
    assert.equal(cancelled.stages[1]?.datasets[0]?.status, "NOT_RUN", "nothing failed that it waits for");
  });

  it("distinguishes a dataset that a cancelled run had not begun from one that it had", async () => {
    const plan = await planIn(
      folderOf({ ...ROOT, "pipelines/shop/etl_stages.json": JSON.stringify({ both: ["orders", "totals"] }) }),
    );
    removeFolders();
    const selected = { stages: new Set(["both"]), datasets: new Set(["orders", "totals"]) };
    const outcome = { status: "ABORTED", error: "States.Aborted", cause: "" } as const;
    const statusesOf = (recorder: RunRecorder, status: "ABORTED" | "FAILED" = "ABORTED") =>
      recorder
        .finish("e", { ...outcome, status }, selected, new Map())
        .stages.flatMap((stage) => [stage.status, ...stage.datasets.map((each) => each.status)]);
    const recorder = new RunRecorder(plan, "/state");
    recorder.stageBroken("both", 1);
    assert.deepEqual(statusesOf(recorder), ["NOT_RUN", "NOT_RUN", "NOT_RUN"], "its engine was not up yet");
    recorder.job("both", { event: "job_started" } as never);
    recorder.job("both", { event: "dataset_started", name: "orders" } as never);
    assert.deepEqual(statusesOf(recorder), ["FAILED", "FAILED", "NOT_RUN"]);
    assert.deepEqual(statusesOf(recorder, "FAILED"), ["FAILED", "FAILED", "FAILED"], "its job broke under it");
  });
});

/** An execution as it begins. */
function execution(name: string, more: Partial<Execution> = {}) {
  const started = new Date().toISOString();
  return {
    ...{ execution: name, pipeline: "shop", engine: "sail" as const, params: {}, selection: {}, started },
    ...{ sql: { orders: "1" }, committed: {} },
    ...more,
  };
}

async function read(executions: Executions, name: string): Promise<Execution> {
  const found = await executions.read(name);
  if (found === undefined) throw new Error(`there is no ${name}`);
  return found;
}

describe("executions that are remembered", () => {
  afterEach(removeFolders);
  /** A process that has certainly ended: the number is ours, the beginning is not. */
  const ended = { ...thisProcess(), began: "long ago" };

  async function interrupted(state: string, name: string, more: Partial<Execution> = {}): Promise<void> {
    await new Executions(state).begin(execution(name));
    const file = join(state, "executions", `${name}.json`);
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), process: ended, ...more }));
  }
  const names = async (state: string) => (await new Executions(state).interrupted()).map((each) => each.execution);

  it("are named when their command was killed, until they end or others have done the same", async () => {
    const lake = folderOf({});
    const state = join(lake, ".strata", "state");
    const executions = new Executions(state);
    const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
    await interrupted(state, "one", { params: { a: "1", b: "2" }, started: ago(14 * 24 * 60 - 10) });
    await interrupted(state, "two", { started: ago(14 * 24 * 60 + 1) });
    await interrupted(state, "far", { process: { ...ended, host: "elsewhere" } });
    await interrupted(state, "boxed", { process: { ...ended, space: "pid:[1]" } });
    await interrupted(state, "before", { process: { ...thisProcess(), boot: "before" } });
    await executions.begin(execution("mine"));
    assert.sameMembers(await names(state), ["one", "before"], "not what runs, may run elsewhere, or is long past");
    const here = { lake };
    const named = await nameInterrupted(here, {}, "before");
    assert.deepEqual(named, [{ execution: "one", resume: `${STRATA} run --execution one --lake ${lake}` }]);
    await executions.supersede({ ...(await read(executions, "mine")), params: { a: "1" } });
    await executions.supersede({
      ...(await read(executions, "mine")),
      params: { b: "2", a: "1" },
      sql: { totals: "1" },
    });
    await executions.supersede({ ...(await read(executions, "mine")), params: { b: "2", a: "1" }, pipeline: "other" });
    assert.sameMembers(await names(state), ["one", "before"], "other values, datasets, another pipeline");
    await executions.supersede({
      ...(await read(executions, "mine")),
      params: { b: "2", a: "1" },
      sql: { orders: "9", x: "" },
    });
    assert.sameMembers(await names(state), ["before"]);
    await executions.end({ ...(await read(executions, "before")), status: "FAILED" });
    assert.isEmpty(await names(state));
    assert.equal((await read(executions, "one")).status, "RUNNING", "it can be gone on with all the same");
    assert.deepEqual(readdirSync(join(state, "executions", "running")).sort(), ["boxed", "far", "mine"]);
  });

  it("that are damaged or hostile are a clear error, and are named nowhere", async () => {
    const state = folderOf({});
    await interrupted(state, "whole");
    const text = readFileSync(join(state, "executions", "whole.json"), "utf8");
    const whole = JSON.parse(text);
    const bad = [
      ...["", "{", "[]", "null", '"x"', text.slice(0, 40)],
      ...[{ strata: 2 }, { execution: "other" }, { pipeline: "--lake=/etc" }, { params: { a: 1 } }, { process: null }],
      ...[{ each: { param: "a", last: "; rm -rf ~", again: true } }, { started: "x" }, { status: "DONE" }, { sql: [] }],
    ];
    for (const each of bad) {
      writeFileSync(
        join(state, "executions", "whole.json"),
        typeof each === "string" ? each : JSON.stringify({ ...whole, ...each }),
      );
      writeFileSync(join(state, "executions", "running", "whole"), "");
      const problem = await new Executions(state).read("whole").catch((error) => error as Error);
      assert.match(
        String(problem),
        typeof each === "object" && "strata" in each
          ? /whole\.json has format 2, but this version of Strata reads 1/
          : /whole\.json cannot be read: it is not a record of that execution/,
        JSON.stringify(each),
      );
      assert.isEmpty(await names(state));
    }
    writeFileSync(join(state, "executions", "running", "a b; c"), "");
    writeFileSync(join(state, "executions", "a b; c.json"), text);
    assert.isEmpty(await names(state));
    assert.deepEqual(await new Executions(state).names(), ["whole"]);
    assert.isUndefined(await new Executions(state).read("../whole"));
  });

  it("are their owner's only, whatever the umask, unless the folder above is shared", async () => {
    const before = process.umask(0);
    try {
      for (const [above, folder] of [
        [0o755, 0o700],
        [0o1777, 0o700],
        [0o775, 0o770],
      ] as const) {
        const state = join(folderOf({ "x/y": "" }), "x");
        chmodSync(state, above);
        await new Executions(state).begin(execution("one"));
        const mode = (path: string) => statSync(join(state, path)).mode & 0o777;
        assert.deepEqual(
          ["executions", "executions/running", "executions/one.json"].map(mode),
          [folder, folder, 0o600],
          above.toString(8),
        );
      }
    } finally {
      process.umask(before);
    }
  });

  it("are so many at most, the newest", async () => {
    const state = folderOf({});
    const executions = new Executions(state);
    for (let number = 0; number <= KEPT_EXECUTIONS; number += 1) {
      await executions.begin(execution(`e-${number}`));
      utimesSync(join(state, "executions", `e-${number}.json`), number, number);
    }
    const kept = await executions.names();
    assert.lengthOf(kept, KEPT_EXECUTIONS);
    assert.notInclude(kept, "e-0");
    assert.include(kept, `e-${KEPT_EXECUTIONS}`);
  });

  it("know a process from a later one with its number", () => {
    const mine = thisProcess();
    assert.equal(mine.host, hostname());
    assert.isTrue(mayRun(mine));
    assert.isFalse(mayRun({ ...mine, began: `${mine.began}0` }));
    assert.isFalse(mayRun({ ...mine, pid: 2 ** 22 + 1 }), "no such process");
    assert.isTrue(mayRun({ ...mine, host: "elsewhere", pid: 2 ** 22 + 1 }), "unknown from here");
  });
});

describe("the command that goes on", () => {
  const npm = process.env.npm_command;
  before(() => delete process.env.npm_command);
  after(() => {
    if (npm !== undefined) process.env.npm_command = npm;
  });

  it("has the options of the run, as a shell takes them", async () => {
    const options = { root: "a b", lake: "it's\u001b[31m\\ $x`", engine: "spark", concurrency: "2" } as const;
    const text = resumeCommand("e-1", options);
    assert.equal(
      text,
      `${STRATA} run --execution e-1 --root 'a b' --lake $'it\\'s\\u001b[31m\\\\ $x\`' --engine spark --concurrency 2`,
    );
    const { stdout } = await program("bash", ["-c", `printf '%s|' ${text}`], { env: { LC_ALL: "C.UTF-8" } });
    assert.include(stdout.split("|"), options.lake);
    process.env.npm_command = "exec";
    assert.equal(resumeCommand("e", { engine: "sail" }), "npx --no strata run --execution e");
    delete process.env.npm_command;
  });

  it("calls strata as the user's shell can", () => {
    const script = join(HOME, "bin", "strata.mjs");
    const folder = folderOf({
      "own/strata": "#!/bin/sh\n",
      "other/strata.mjs": "",
      "node_modules/.bin/strata": "",
      "no/strata": "",
    });
    for (const name of ["own/strata", "other/strata.mjs", "node_modules/.bin/strata"])
      chmodSync(join(folder, name), 0o755);
    const linked = folderOf({});
    symlinkSync(script, join(linked, "strata"));
    symlinkSync(join(folder, "other", "strata.mjs"), join(folder, "other", "strata"));
    symlinkSync(process.execPath, join(folder, "no", "node"));
    const called = (...folders: string[]) => calling({ PATH: folders.join(":") }).join(" ");
    assert.equal(called(linked), "strata");
    assert.equal(called("", "/nowhere", join(folder, "own")), "strata", "a script of the user's");
    for (const other of ["other", "node_modules/.bin", "no"])
      assert.include(called(join(folder, other), join(folder, "no")), `node ${script}`, other);
    assert.equal(called(), `${process.execPath} ${script}`, "not even node is there");
    removeFolders();
  });

  it("of a backfill has the days that are left, its values and its selection", () => {
    const of = {
      ...{ execution: "e", pipeline: "my shop", params: { day: "2026-02-27", least: "0; x" } },
      ...{ selection: { datasets: ["a b", "c"], lake: "/etc" } },
      each: { param: "day", last: "2026-03-01", again: false },
    };
    const rest = (from: string) =>
      `${STRATA} run 'my shop' --each day=${from}..2026-03-01 --param 'least=0; x' --datasets 'a b,c'`;
    assert.equal(backfillCommand(of, {}), rest("2026-02-27"));
    const again = { ...of, each: { ...of.each, again: true } };
    assert.equal(backfillCommand(again, {}), `${STRATA} run --execution e && ${rest("2026-02-28")} --again`);
    assert.equal(
      backfillCommand({ ...again, params: { ...of.params, day: "2026-03-01" } }, {}),
      `${STRATA} run --execution e`,
    );
    assert.equal(backfillCommand({ ...again, execution: undefined }, {}), `${rest("2026-02-27")} --again`);
  });

  it("gives the values that the execution had, whatever the pipeline declares by now", async () => {
    const plan = await planIn(
      folderOf({
        ...ROOT,
        "pipelines/shop/pipeline.yaml": "params: { day: { type: date, default: 2026-05-05 }, new: { type: int } }\n",
        "sql/shop/orders.sql": "SELECT id, :new AS day FROM orders_raw\n",
      }),
    );
    removeFolders();
    const earlier = {
      ...execution("e", { params: { day: "2026-01-01", old: "1" } }),
      status: "FAILED",
      ended: null,
      process: thisProcess(),
    } as Execution;
    assert.deepEqual(await resumedInput(plan, earlier, { params: { new: "2" } }), {
      params: { new: "2", day: "2026-01-01" },
    });
    const refused = await resumedInput(plan, earlier, { params: { old: "2" } }).catch((problem) => problem);
    assert.match(String(refused), /has old=1, not old=2/);
  });
});
