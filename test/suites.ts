/** The suites of `npm test`: what each needs, how it is started, how its output is counted. */

import { delimiter, join } from "node:path";
import { ensureJars } from "../setup/jars.mjs";
import { javaProblem } from "../setup/java.mjs";
import { HOME } from "../setup/node.mjs";
import { ensurePulumi, pulumiProblem } from "../setup/pulumi.mjs";
import { ensurePython, pythonOf, pythonProblem } from "../setup/python.mjs";

/** Tests passed, failed and skipped. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** One suite. */
export interface Suite {
  readonly name: string;
  readonly what: string;
  /** Only with `--all`, or by name. */
  readonly slow?: boolean;
  /** A part of a slow suite: left out with `--all`. */
  readonly part?: boolean;
  readonly needsJava?: boolean;
  /** Memory that it takes at most, in GiB, roughly; default: 1. */
  readonly gib?: number;
  /** Why it cannot run here, if it cannot: it then counts as skipped. */
  readonly problem?: () => string | undefined;
  /** Sets up; returns the command line. Throws `SetupError`. */
  readonly prepare: () => Promise<{ command: readonly string[]; env?: Readonly<Record<string, string>> }>;
  readonly count: (output: string, code: number) => Counts;
}

const module = (...path: string[]) => join(HOME, "node_modules", ...path);

/** A checker is one test: it passes or fails. */
const asOne = (_: string, code: number): Counts => ({
  passed: code === 0 ? 1 : 0,
  failed: code === 0 ? 0 : 1,
  skipped: 0,
});

/** "3 passed, 1 failed, 2 skipped in 4.5s", in any order. */
function countPytest(output: string): Counts {
  const last = output.split("\n").findLast((line) => /\b(passed|failed|error|skipped)\b.* in [\d.]+s/.test(line)) ?? "";
  const number = (word: string) => Number(new RegExp(`(\\d+) ${word}`).exec(last)?.[1] ?? 0);
  return { passed: number("passed"), failed: number("failed") + number("error"), skipped: number("skipped") };
}

/** mocha's spec reporter: "12 passing (3s)", "1 failing", "2 pending". */
function countMocha(output: string): Counts {
  const number = (word: string) => Number(new RegExp(`^\\s+(\\d+) ${word}`, "m").exec(output)?.[1] ?? 0);
  return { passed: number("passing"), failed: number("failing"), skipped: number("pending") };
}

/**
 * Files of mocha that take most of its time: many whole runs of the command line, other interpreters, fresh clones. They are
 * a suite of their own, so that `npm test` stays below eight minutes of CPU.
 */
const SLOW_FILES = [
  "test/compiler/scale.test.ts",
  "test/interpreter/opinions.test.ts",
  "test/interpreter/selection.test.ts",
  "test/lambdas/read-setup.test.ts",
  "test/local/backfill.test.ts",
  "test/local/bad-luck.test.ts",
  "test/local/content.test.ts",
  "test/local/engines.test.ts",
  "test/local/iceberg.test.ts",
  "test/local/recover.test.ts",
  "test/local/resume.test.ts",
  "test/local/types/spark.test.ts",
  "test/parity/parity.test.ts",
  "test/s3/requests.test.ts",
  "test/setup/python.test.ts",
  "test/setup/setup.test.ts",
];

async function mocha(files: readonly string[]): Promise<{ command: readonly string[]; env: Record<string, string> }> {
  return {
    command: [process.execPath, module("mocha", "bin", "mocha.js"), ...files],
    env: {
      STRATA_PYTHON: await ensurePython("sail", ["sail", "test"]),
      STRATA_MOTO_PYTHON: await ensurePython("moto"),
      STRATA_AWS_PYTHON: await ensurePython("aws"),
      STRATA_IAM_PYTHON: await ensurePython("iam"),
      STRATA_SPARK_PYTHON: pythonOf("spark-4.1"),
    },
  };
}

/** Files of mocha with needs of their own: without its file of settings. */
const mochaOf = (...path: string[]) => [
  process.execPath,
  module("mocha", "bin", "mocha.js"),
  "--no-config",
  join("test", ...path),
];

const PYTEST = ["-m", "pytest", "-q", "-p", "no:cacheprovider"];
const PYTHON_CODE = ["glue", "local", "test", "bench"];

/** Paths for the code under test, and for tests that start moto. */
async function pythonEnv(): Promise<Record<string, string>> {
  return {
    PYTHONPATH: join(HOME, "glue"),
    STRATA_MOTO_PYTHON: await ensurePython("moto"),
  };
}

/**
 * Tests of the job that start no engine: store, commits, recovery. Every engine's environment has the same Python and Arrow,
 * so they run once, in Sail's, which also has what they need of S3.
 */
const WITHOUT_ENGINE = [
  "test_broken_answers.py",
  "test_limits.py",
  "test_processes.py",
  "test_publish.py",
  "test_races.py",
  "test_rebuild.py",
  "test_refusals.py",
  "test_requests.py",
  "test_store.py",
].map((file) => join("glue", "tests", file));

/** All others. */
const ON_AN_ENGINE = [join("glue", "tests"), ...WITHOUT_ENGINE.map((file) => `--ignore=${file}`)];

async function engine(env: string, paths: readonly string[], jars?: string) {
  const python = await ensurePython(env, [env, "test"]);
  const more = jars === undefined ? {} : { STRATA_ICEBERG_JARS: await ensureJars(jars) };
  return { command: [python, ...PYTEST, ...paths], env: { ...(await pythonEnv()), ...more } };
}

/** The environments that have an engine for pytest. */
export const ENGINES = ["sail", "spark-4.1", "spark-3.5"] as const;

/** How files of tests run that a person names, and no suite. */
export interface Chosen {
  /** Tests with this text in their name only. */
  readonly only?: string | undefined;
  readonly engine?: (typeof ENGINES)[number] | undefined;
}

/** Files of tests of one language as a suite: what mocha or pytest takes as a path. */
export function suiteOfFiles(files: readonly string[], { only, engine: env = "sail" }: Chosen): Suite {
  const inPython = files.every((file) => /\.py\b/.test(file));
  const filter = only === undefined ? [] : [inPython ? "-k" : "--grep", only];
  const jars = { sail: undefined, "spark-4.1": "iceberg", "spark-3.5": "iceberg-3.5" }[env];
  return {
    name: inPython ? env : "mocha",
    what: files.join(", "),
    needsJava: inPython && env !== "sail",
    prepare: () => (inPython ? engine(env, [...files, ...filter], jars) : mocha([...files, ...filter])),
    count: inPython ? countPytest : countMocha,
  };
}

/** In the order they start: the quick ones that fail most often, then the long ones, so that none ends alone. */
export const SUITES: readonly Suite[] = [
  {
    name: "types",
    what: "TypeScript, type check",
    prepare: async () => ({
      command: [process.execPath, module("typescript", "bin", "tsc"), "--noEmit", "--project", HOME],
    }),
    count: asOne,
  },
  {
    name: "lint",
    what: "TypeScript, lint and format (biome)",
    prepare: async () => ({
      command: [process.execPath, module("@biomejs", "biome", "bin", "biome"), "ci", "--colors=off", "."],
    }),
    count: asOne,
  },
  {
    name: "python-lint",
    what: "Python, lint (ruff)",
    prepare: async () => ({
      command: [await ensurePython("sail", ["sail", "test"]), "-m", "ruff", "check", "--no-cache", ...PYTHON_CODE],
    }),
    count: asOne,
  },
  {
    name: "python-format",
    what: "Python, format (ruff)",
    prepare: async () => ({
      command: [
        await ensurePython("sail", ["sail", "test"]),
        "-m",
        "ruff",
        "format",
        "--check",
        "--no-cache",
        ...PYTHON_CODE,
      ],
    }),
    count: asOne,
  },
  {
    name: "python-types",
    what: "Python, type check (mypy)",
    prepare: async () => ({
      command: [
        await ensurePython("sail", ["sail", "test"]),
        "-m",
        "mypy",
        "--cache-dir",
        join(".strata", "cache", "mypy"),
        "--config-file",
        join("glue", "pyproject.toml"),
        join("glue", "strata_glue"),
      ],
      env: { MYPYPATH: join(HOME, "glue") },
    }),
    count: asOne,
  },
  {
    name: "mocha",
    what: "compiler, state machine, local run, settings, Pulumi program, CLI",
    prepare: () => mocha(["test/**/*.test.ts", ...SLOW_FILES.flatMap((file) => ["--ignore", file])]),
    count: countMocha,
  },
  {
    name: "job-spark",
    what: "the Glue job on Apache Spark 4.1.1: whole runs (`--all` has every test)",
    needsJava: true,
    gib: 3,
    part: true,
    prepare: () => engine("spark-4.1", [join("glue", "tests", "test_job.py")], "iceberg"),
    count: countPytest,
  },
  {
    name: "job-spark-4.1",
    what: "the Glue job on Apache Spark 4.1.1 (Glue 6.0)",
    needsJava: true,
    gib: 3,
    slow: true,
    prepare: () => engine("spark-4.1", ON_AN_ENGINE, "iceberg"),
    count: countPytest,
  },
  {
    name: "job-spark-3.5",
    what: "the Glue job on Apache Spark 3.5.6 (Glue 5.1)",
    needsJava: true,
    gib: 3,
    slow: true,
    problem: () => pythonProblem("spark-3.5"),
    prepare: () => engine("spark-3.5", ON_AN_ENGINE, "iceberg-3.5"),
    count: countPytest,
  },
  {
    name: "resumed",
    what: "100 runs of the command line ended at each step of the job, and gone on with by the command that they name",
    slow: true,
    prepare: async () => {
      await ensurePython("sail");
      return { command: [process.execPath, join("test", "chaos", "resumed.ts"), "--runs", "100", "--seed", "1"] };
    },
    count: asOne,
  },
  {
    name: "mocha-slow",
    what: "the rest of them: recovery, backfills, bad luck, other interpreters, set-up of a fresh clone",
    slow: true,
    gib: 4,
    prepare: async () => {
      // Comparisons of both engines are skipped where there is no Java.
      if (javaProblem() === undefined) await ensurePython("spark-4.1", ["spark-4.1", "test"]);
      if (javaProblem() === undefined && pythonProblem("stepfunctions") === undefined) {
        await ensurePython("stepfunctions");
        await ensureJars("jsonata");
      }
      return mocha(SLOW_FILES);
    },
    count: countMocha,
  },
  {
    name: "job-store",
    what: "the Glue job's store, commits and recovery, on a lake and on moto's S3, without an engine",
    slow: true,
    prepare: () => engine("sail", WITHOUT_ENGINE),
    count: countPytest,
  },
  {
    name: "job-sail",
    what: "the Glue job on Sail",
    prepare: () => engine("sail", ON_AN_ENGINE),
    count: countPytest,
  },
  {
    name: "engine",
    what: "the Pulumi program on Pulumi's real engine, with a fake AWS",
    slow: true,
    problem: pulumiProblem,
    prepare: async () => ({
      command: mochaOf("engine", "*.engine.ts"),
      env: { STRATA_PULUMI: await ensurePulumi() },
    }),
    count: countMocha,
  },
  {
    name: "glue-start",
    what: "the job as Glue starts it: spark-submit without a locale, on Python 3.13 and 3.11",
    needsJava: true,
    gib: 3,
    slow: true,
    problem: () => pythonProblem("glue-6.0") ?? pythonProblem("glue-5.1") ?? pythonProblem("spark-3.5"),
    prepare: async () => {
      for (const env of ["spark-4.1", "spark-3.5"]) await ensurePython(env, [env, "test"]);
      for (const env of ["glue-6.0", "glue-5.1"]) await ensurePython(env);
      return {
        command: mochaOf("glue", "start.slow.ts"),
        env: { STRATA_PYTHON: await ensurePython("sail", ["sail", "test"]) },
      };
    },
    count: countMocha,
  },
  {
    name: "chaos",
    what: "the job and `recover` killed at 40 moments, on a lake and on moto's S3 (`npm run chaos` does it 300 times)",
    slow: true,
    prepare: async () => ({
      command: [
        await ensurePython("sail", ["sail", "test"]),
        join("test", "chaos", "chaos.py"),
        "--runs",
        "40",
        "--seed",
        "1",
      ],
      env: await pythonEnv(),
    }),
    count: asOne,
  },
  {
    name: "iceberg-glue",
    what: "Iceberg tables in the Glue catalog and on S3, on Apache Spark 4.1.1 with moto for both",
    needsJava: true,
    gib: 3,
    slow: true,
    prepare: async () => {
      const { command, env } = await engine("spark-4.1", [join("glue", "tests", "test_iceberg_glue.py")]);
      const folders: string[] = [];
      // S3A's modules of AWS's SDK are older than those of Iceberg's bundle, which must be found first.
      for (const name of ["iceberg", "iceberg-aws", "s3a"]) folders.push(await ensureJars(name));
      return { command, env: { ...env, STRATA_ICEBERG_AWS_JARS: folders.join(delimiter) } };
    },
    count: countPytest,
  },
  {
    name: "s3",
    what: "S3 requests of a run on Spark through S3A, put to the compiled policies",
    needsJava: true,
    gib: 3,
    slow: true,
    prepare: async () => {
      await ensurePython("sail", ["sail", "test"]);
      await ensurePython("moto");
      await ensurePython("spark-4.1", ["spark-4.1", "test"]);
      return {
        command: mochaOf("s3", "spark.slow.ts"),
        env: { STRATA_PYTHON: pythonOf("sail"), STRATA_S3A_JARS: await ensureJars("s3a") },
      };
    },
    count: countMocha,
  },
  {
    name: "sample",
    what: "the sample's raw tables keep every fact",
    prepare: () => engine("sail", [join("test", "sample")]),
    count: countPytest,
  },
  {
    name: "truth",
    what: "false errors on queries that Spark reads, and broken queries found (`npm run truth`)",
    slow: true,
    prepare: async () => ({ command: [process.execPath, join(HOME, "bench", "truth", "main.ts")] }),
    count: (output) => {
      const [, passed, failed] = /(\d+) passed, (\d+) failed/.exec(output) ?? [];
      return { passed: Number(passed ?? 0), failed: Number(failed ?? 0), skipped: 0 };
    },
  },
];
