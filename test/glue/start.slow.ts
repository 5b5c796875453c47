/**
 * The job as Glue starts it: a JVM without a locale (`env -i`) runs spark-submit with the deployed entry point, the deployed
 * package and the arguments of the definition, and starts Python. Glue's own part is a fake: its launcher is spark-submit
 * here, its S3 a folder. `awsglue` is neither there nor needed.
 */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { assert } from "chai";
import { sha256 } from "../../compiler/emit/job/encoding.ts";
import { jobFiles } from "../../components/code-store.ts";
import { interpret, ServiceError } from "../../local/interpreter/interpret.ts";
import { javaPath } from "../../setup/java.mjs";
import { HOME } from "../../setup/node.mjs";
import { pythonOf } from "../../setup/python.mjs";
import { emitLocal } from "../asl/plans.ts";
import { folderOf, type Outcome, program, removeFolders, strata } from "../cli/strata.ts";
import { planIn } from "../local/runs.ts";

const WILD = 'é 日本 🚀 "quoted" it\'s $x $y `z` \\ {} %';
const STAGE = `--group_list ${WILD}`;
const word = `${WILD}\nand a second line`;
// No `''` for a quote: Spark 3.5 reads two texts there.
const text = String.raw`SELECT 1 AS id, 'é 日本 🚀 "q" it\'s $x {} \\n' AS ${"`größe 名`"}, :word AS word -- ünïcödé
UNION ALL
SELECT 2, '—', '🚀'
`;
const FILES = {
  "pipelines/été/etl_stages.json": JSON.stringify({ [STAGE]: ["mots 日本", "longueurs"] }),
  "pipelines/été/sql_queries.json": JSON.stringify({
    "mots 日本": { sql_name: "mots 日本", sql_file: "mots.sql", tables: [], s3_target: "s3://lake/words/" },
    longueurs: {
      sql_name: "longueurs",
      sql_file: "longueurs.sql",
      tables: [{ table_name: "mots_名", s3_path: "s3://lake/words/" }],
      s3_target: "s3://lake/lengths/",
      strata: { expectations: [{ expression: "`größe 名` <> 'ü'" }] },
    },
  }),
  "pipelines/été/pipeline.yaml": "crawlers: {}\nparams: { word: { type: string } }\n",
  "sql/mots.sql": text,
  "sql/longueurs.sql": "SELECT *, length(`größe 名`) AS n, length(word) AS m FROM `mots_名`\n",
};
const EXECUTION = "größe-日本";

/** What Glue adds to a job's own arguments. */
const GLUES_OWN = {
  "--JOB_ID": "j_1",
  "--JOB_RUN_ID": "jr_1",
  "--JOB_NAME": "bookings-dev-é",
  "--TempDir": "s3://state/temp/",
  "--extra-py-files": "s3://code/strata_glue.zip",
  "--enable-metrics": "true",
  "--job-language": "python",
};

/** `has`: Python and packages, by what AWS documents. It lists all of them for 6.0 (aws-glue-libs), for 5.1 boto3's. */
const PYTHONS = [
  { glue: "6.0", spark: "spark-4.1", python: "glue-6.0", has: "3.13 boto3 1.42.84 pyarrow 23.0.1 pandas 2.3.3" },
  { glue: "5.1", spark: "spark-3.5", python: "glue-5.1", has: "3.11 boto3 1.40.61 pyarrow 22.0.0 pandas 2.3.3" },
] as const;

const HAS = `
import sys, boto3, pandas, pyarrow
print("%d.%d" % sys.version_info[:2], *(word for each in (boto3, pyarrow, pandas) for word in (each.__name__, each.__version__)))
`;

describe("the job as Glue starts it", function () {
  this.timeout(300_000);
  const folder = mkdtempSync(join(tmpdir(), "strata-glue-"));
  const root = folderOf(FILES);
  let expected: unknown;

  before(async () => {
    const lake = join(folder, "local");
    const run = await strata(["run", "--root", root, "--lake", lake, "--param", `word=${word}`]);
    assert.equal(run.code, 0, run.stderr);
    expected = await rowsIn(lake);
    for (const { key, body } of Object.values(jobFiles(HOME))) {
      mkdirSync(dirname(join(folder, key)), { recursive: true });
      writeFileSync(join(folder, key), body);
    }
  });
  after(() => {
    removeFolders();
    rmSync(folder, { recursive: true, force: true });
  });

  for (const each of PYTHONS)
    it(`commits what a local run commits, on Glue ${each.glue}'s Spark and Python ${each.has}`, async () => {
      const { stdout } = await program(pythonOf(each.python), ["-c", HAS]);
      assert.equal(stdout.trim(), each.has);
      const lake = join(folder, each.glue);
      const started: Outcome[] = [];
      const plan = await planIn(root);
      const { definition } = emitLocal(plan);
      const outcome = await interpret(
        definition,
        { params: { word } },
        {
          executionName: EXECUTION,
          handlers: {
            startJobRun: async ({ Arguments }) => {
              const job = await submit(each, folder, lake, Arguments);
              started.push(job);
              if (job.code !== 0)
                throw new ServiceError("States.TaskFailed", `${job.stderr.slice(-4000)}\n${job.stdout.slice(-4000)}`);
              return { Id: "jr_1", JobRunState: "SUCCEEDED" };
            },
            startCrawler: async () => ({}),
            getCrawler: async () => ({}),
          },
        },
      );
      assert.equal(outcome.status, "SUCCEEDED", JSON.stringify(outcome));
      assert.deepEqual(await rowsIn(lake), expected);
      const [job] = started;
      const lines = (job?.stdout ?? "").split("\n").filter((line) => line.startsWith("{"));
      for (const line of lines) assert.match(line, /^[\x20-\x7e]+$/);
      const events = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
      assert.deepEqual(
        events.flatMap(({ event, name }) => (event === "dataset_finished" ? [name] : [])),
        ["mots 日本", "longueurs"],
      );
      for (const { pipeline, stage, execution } of events)
        assert.deepEqual([pipeline, stage, execution], ["été", STAGE, EXECUTION]);
    });

  it("refuses an argument that the missing locale changes, which is what it does to all but ASCII", async () => {
    const args: Record<string, string> = {};
    await interpret(
      emitLocal(await planIn(root)).definition,
      { params: { word } },
      {
        executionName: EXECUTION,
        handlers: {
          startJobRun: async ({ Arguments }) => Object.assign(args, Arguments),
          startCrawler: async () => ({}),
          getCrawler: async () => ({}),
        },
      },
    );
    const digests = { ...JSON.parse(args["--digests"] ?? "{}"), pipeline: sha256("été") };
    const lake = join(folder, "refused");
    const sent = { ...args, "--pipeline": "été", "--digests": JSON.stringify(digests) };
    const { code, stdout } = await submit(PYTHONS[0], folder, lake, sent);
    assert.notEqual(code, 0);
    // Spark sends both of Python's streams to stdout.
    assert.match(stdout, /--pipeline differs from what the state machine sent: the likely cause is the locale/);
    assert.notInclude(stdout, "job_started");
  });
});

/** spark-submit in local mode, with nothing in its environment that says how text is encoded. */
function submit(
  { spark, python }: (typeof PYTHONS)[number],
  code: string,
  lake: string,
  given: Readonly<Record<string, string>>,
): Promise<Outcome> {
  const java = dirname(dirname(javaPath() ?? ""));
  const site = join(HOME, ".venv", spark, "lib");
  const { script, package: archive } = jobFiles(HOME);
  const settings = { "--state": join(lake, "state"), "--concurrency": "2", "--store": lake };
  const words = Object.entries({ ...GLUES_OWN, ...settings, ...given }).flat();
  const environment = [
    `PATH=${join(java, "bin")}:/usr/bin:/bin`,
    `JAVA_HOME=${java}`,
    `HOME=${code}`,
    `PYSPARK_PYTHON=${pythonOf(python)}`,
    "SPARK_LOCAL_IP=127.0.0.1",
  ];
  mkdirSync(lake, { recursive: true });
  const home = `$(echo ${site}/python3*/site-packages/pyspark)`;
  const command = `exec env -i ${environment.map(quote).join(" ")} SPARK_HOME=${home} ${home}/bin/spark-submit --master 'local[2]' --conf spark.ui.enabled=false --py-files ${quote(join(code, archive.key))} ${quote(join(code, script.key))} "$@"`;
  return program("/bin/sh", ["-c", command, "spark-submit", ...words], { cwd: code });
}

function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Rows and types of both targets, read by Arrow. */
async function rowsIn(lake: string): Promise<unknown> {
  const script = `
import json, pathlib, sys, pyarrow.parquet as p
def table(name):
    files = sorted((pathlib.Path(sys.argv[1]) / "lake" / name).glob("*.parquet"))
    tables = [p.read_table(file) for file in files]
    return [sorted((row for t in tables for row in t.to_pylist()), key=lambda row: row["id"]), [str(field) for field in tables[0].schema]]
print(json.dumps({name: table(name) for name in ("words", "lengths")}))`;
  const { code, stdout, stderr } = await program(process.env.STRATA_PYTHON ?? pythonOf("sail"), ["-c", script, lake]);
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}
