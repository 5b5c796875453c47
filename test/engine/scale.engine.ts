/** A preview's time grows little with the datasets: 500 against 18, in turns, on one machine. SQL is parsed each time. */

import { assert } from "chai";
import { Project } from "./project.ts";

const BOUND = 1.3;
const ROUNDS = 3;
const MOST_ROUNDS = 12;

/** Four stages, `count` datasets over them, each with some columns of SQL. */
function pipelineOf(count: number): Record<string, string> {
  const names = Array.from({ length: count }, (_, index) => `dataset_${index}`);
  const stages = Object.fromEntries(
    [0, 1, 2, 3].map((stage) => [`stage_${stage}`, names.filter((_, index) => index % 4 === stage)]),
  );
  const queries = Object.fromEntries(
    names.map((name) => [
      name,
      {
        sql_name: name,
        sql_file: `wide/${name}.sql`,
        tables: [{ table_name: "raw", s3_path: "s3://lake/raw/events/" }],
        s3_target: `s3://lake/out/${name}/`,
        target_name: name,
      },
    ]),
  );
  const sql = names.map((name, index) => [
    `sql/wide/${name}.sql`,
    `SELECT id, amount * ${index} AS amount, upper(kind) AS kind, sum(amount) OVER (PARTITION BY kind ORDER BY id) AS running\nFROM raw\nWHERE amount > ${index}\n`,
  ]);
  return {
    "pipelines/wide/etl_stages.json": JSON.stringify(stages),
    "pipelines/wide/sql_queries.json": JSON.stringify(queries),
    "pipelines/wide/pipeline.yaml": "crawlers: {}\n",
    ...Object.fromEntries(sql),
  };
}

describe("a preview of many datasets", function () {
  this.timeout(300_000);
  const projects: Project[] = [];
  after(() => {
    for (const project of projects) project.stop();
  });

  it(`of 500 takes at most ${BOUND} times as long as one of 18`, async () => {
    for (const count of [18, 500]) {
      const project = await new Project().start("dev");
      project.use(pipelineOf(count));
      project.edit("Pulumi.dev.yaml", "postgres-repo: {}", "lake: {}");
      projects.push(project);
      await project.steps("dev");
    }
    const seconds: number[][] = [[], []];
    // The quickest of each: what else the machine does only adds. A busy one gets more rounds.
    const ratioOf = () => {
      const [few, many] = seconds.map((each) => Math.min(...each));
      return (many ?? 0) / (few ?? 1);
    };
    for (let round = 0; round < ROUNDS || (round < MOST_ROUNDS && ratioOf() > BOUND); round += 1)
      for (const [index, project] of projects.entries()) {
        const started = performance.now();
        const { code, stderr } = await project.pulumi("dev", ["preview", "--stack", "dev"]);
        assert.equal(code, 0, stderr);
        seconds[index]?.push((performance.now() - started) / 1000);
      }
    const [few, many] = seconds.map((each) => Math.min(...each));
    const ratio = ratioOf();
    process.stdout.write(
      `      18 datasets ${few?.toFixed(2)} s, 500 datasets ${many?.toFixed(2)} s, ratio ${ratio.toFixed(2)}\n`,
    );
    assert.isAtMost(ratio, BOUND);
  });
});
