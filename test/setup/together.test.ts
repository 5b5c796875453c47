/** Suites of `npm test` run at once within limits, print one after another, and end with it. */

import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import { HOME } from "../../setup/node.mjs";
import { program } from "../cli/strata.ts";
import { QUICK_CPU_SECONDS, secondsOf, sumUp, timed } from "../cost.ts";
import { isAlive, until } from "../processes.ts";
import { limitsHere, together } from "../together.ts";

/** Works that end when they are let to, and print what they do. */
function works(...gibs: number[]) {
  const started: number[] = [];
  const ends = gibs.map(() => Promise.withResolvers<void>());
  const list = gibs.map((gib, index) => ({
    gib,
    run: async (show: (text: string) => void) => {
      started.push(index);
      show(`${index} begins\n`);
      await ends[index]?.promise;
      show(`${index} ends\n`);
      return `answer ${index}`;
    },
  }));
  return { list, started, end: (index: number) => ends[index]?.resolve() };
}

/** All that promises have to do. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe("suites at the same time", () => {
  it("are as many as allowed, and the next starts when one ends", async () => {
    const { list, started, end } = works(1, 1, 1, 1);
    const answers = together(list, { jobs: 2, gib: 100 }, () => {});
    await settled();
    assert.deepEqual(started, [0, 1]);
    end(1);
    await settled();
    assert.deepEqual(started, [0, 1, 2]);
    for (const index of [0, 2, 3]) end(index);
    assert.deepEqual(await answers, ["answer 0", "answer 1", "answer 2", "answer 3"]);
  });

  it("share the memory; one that needs more than there is runs alone", async () => {
    const { list, started, end } = works(3, 2, 9, 1);
    const answers = together(list, { jobs: 4, gib: 5 }, () => {});
    await settled();
    assert.deepEqual(started, [0, 1]);
    end(0);
    await settled();
    assert.deepEqual(started, [0, 1]);
    end(1);
    await settled();
    assert.deepEqual(started, [0, 1, 2]);
    end(2);
    await settled();
    assert.deepEqual(started, [0, 1, 2, 3]);
    end(3);
    await answers;
  });

  it("print one after another, the first as it goes", async () => {
    const { list, end } = works(1, 1, 1);
    let shown = "";
    const answers = together(list, { jobs: 3, gib: 100 }, (text) => {
      shown += text;
    });
    await settled();
    assert.equal(shown, "0 begins\n");
    end(1);
    await settled();
    assert.equal(shown, "0 begins\n");
    end(0);
    await settled();
    assert.equal(shown, "0 begins\n0 ends\n1 begins\n1 ends\n2 begins\n");
    end(2);
    await answers;
    assert.equal(shown.split("\n").at(-2), "2 ends");
  });

  it("are no more than the cores, at most four, unless a number is given", () => {
    assert.isAtLeast(limitsHere().jobs, 1);
    assert.isAtMost(limitsHere().jobs, 4);
    assert.equal(limitsHere(7).jobs, 7);
    assert.isAbove(limitsHere().gib, 0);
  });
});

describe("what suites take of the CPU", () => {
  it("is all that their processes took, and the command ends as it would without", async () => {
    const burn = "const end = Date.now() + 60_000; while (process.cpuUsage().user < 400_000 && Date.now() < end);";
    const child = `require("child_process").spawnSync(process.execPath, ["-e", ${JSON.stringify(burn)}]); process.exit(7)`;
    const [command = "", ...args] = timed([process.execPath, "-e", child, "an argument with 'quotes'"]);
    const { code, times } = await new Promise<{ code: number | null; times: string }>((resolve) => {
      const started = spawn(command, args, { stdio: ["ignore", "inherit", "inherit", "pipe"] });
      let times = "";
      started.stdio[3]?.on("data", (chunk) => (times += chunk));
      started.on("close", (code) => resolve({ code, times }));
    });
    assert.equal(code, 7);
    assert.isAtLeast(secondsOf(times) ?? 0, 0.4);
  });

  it("is read as bash and dash write it, and is unknown without", () => {
    assert.equal(secondsOf("0m0.50s 0m0.25s\n2m1.00s 0m10.00s\n"), 131.75);
    assert.equal(secondsOf("0m0.000s 0m0.000s\n1m0.100s 0m0.400s\n"), 60.5);
    assert.isUndefined(secondsOf(""));
  });

  it("is too much where the quick ones take more than the bound, whatever the slow ones take; a quarter more fails", () => {
    const slow = { quick: false, cpuSeconds: 900 };
    assert.deepEqual(sumUp([{ quick: true, cpuSeconds: QUICK_CPU_SECONDS }, slow, { quick: true }]), {
      text: "CPU: 23.0 min, of that 8.0 min in what `npm test` runs (bound: 8.0 min)",
      fails: false,
    });
    assert.deepEqual(
      sumUp([
        { quick: true, cpuSeconds: 300 },
        { quick: true, cpuSeconds: 210 },
      ]),
      {
        text: "CPU: 8.5 min, of that 8.5 min in what `npm test` runs: TOO MUCH, it is to stay below 8.0 min",
        fails: false,
      },
    );
    assert.isTrue(sumUp([{ quick: true, cpuSeconds: 1.25 * QUICK_CPU_SECONDS + 1 }, slow]).fails);
  });
});

describe("npm test, ended early", () => {
  for (const [signal, code] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)
    it(`takes its suites along by ${signal}`, async () => {
      const tests = spawn(process.execPath, [join(HOME, "test", "all.ts"), "--jobs", "2", "types", "lint"], {
        stdio: "ignore",
      });
      const ended = new Promise((resolve) => tests.on("close", resolve));
      const children = await childrenOf(tests.pid ?? 0, 2);
      tests.kill(signal);
      assert.equal(await ended, code);
      await until(() => !children.some(isAlive));
    });

  const test = (...args: string[]) => program(process.execPath, [join(HOME, "test", "all.ts"), ...args]);

  it("refuses what it does not know, and jobs that are not a number", async () => {
    const file = "glue/tests/test_limits.py";
    const refused = {
      "--al":
        "Unknown option '--al'; usage: npm test -- [--all] [--jobs N] [SUITE…] or [--only TEXT] [--engine NAME] FILE…",
      "--jobs many": "--jobs many: give a number from 1 to 9",
      "--only x": "--only and --engine are for files of tests: name one",
      [`--engine duck ${file}`]: "--engine duck: give one of sail, spark-4.1, spark-3.5",
    };
    const found = await Promise.all(Object.keys(refused).map((args) => test(...args.split(" "))));
    assert.deepEqual(
      found.map(({ code, stderr }) => [code, stderr]),
      Object.values(refused).map((line) => [2, `${line}\n`]),
    );
    const { code, stderr } = await test("mocha", "README.md");
    assert.deepEqual([code, stderr.split(";")[0]], [2, "no suite or file README.md"]);
  });

  it("runs the tests of files, of both languages", async () => {
    const files = ["glue/tests/test_limits.py", "test/iam/log-groups.test.ts"];
    const { code, stdout } = await test(...files, "--only", "ages");
    assert.match(stdout, /^sail +7 passed +0 failed/m);
    assert.match(stdout, /^mocha +0 passed +0 failed/m);
    assert.equal(code, 0);
  });
});

/** The ids of a process's children, once there are so many. */
async function childrenOf(pid: number, count: number): Promise<number[]> {
  for (;;) {
    const ids = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean).map(Number);
    if (ids.length >= count) return ids;
    await new Promise((resolve) => setTimeout(resolve, 5)); // mocha's limit ends it
  }
}
