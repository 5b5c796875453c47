/** Requests to S3 that the job makes beside the engine's own, counted before moto: it shows which, not how fast. */

import { join } from "node:path";
import { groupsOf } from "../../compiler/emit/job/groups.ts";
import { loadRoot } from "../../loading/load.ts";
import { HOME } from "../../setup/node.mjs";
import { ensurePython } from "../../setup/python.mjs";
import { startMoto } from "../../test/moto.ts";
import { s3At, startJobs, upload } from "../../test/s3/jobs.ts";
import { type Recorded, startRecorder } from "../../test/s3/recorder.ts";
import { measure } from "../measure.ts";

const BUCKET = "postgres-repo";

/** Runs `bookings` at scale small twice, so that the second run replaces what the first wrote, and prints the second's. */
export async function countRequests(folder: string): Promise<void> {
  const python = await ensurePython("sail", ["sail", "test"]);
  await ensurePython("moto");
  const raw = join(folder, "raw-small");
  await measure(join(HOME, "node_modules", ".bin", "strata"), ["data", "--scale", "small", "--lake", raw]);
  const plan = (await loadRoot(HOME)).pipelines.find(({ name }) => name === "bookings")?.plan;
  if (plan === undefined) throw new Error("bookings does not compile");
  const moto = await startMoto();
  const recorder = await startRecorder(moto.url);
  const jobs = startJobs(python, "sail", recorder.url, "");
  try {
    await upload(s3At(moto.url), join(raw, BUCKET), BUCKET);
    let recorded: Recorded[] = [];
    for (const execution of ["first", "second"]) {
      recorder.take();
      for (const { stage, json } of groupsOf(plan)) {
        const { status, failed } = await jobs.run({ "--group_list": json, "--stage": stage, "--execution": execution });
        if (status !== "SUCCEEDED") throw new Error(failed.join("\n"));
      }
      recorded = recorder.take();
    }
    print(recorded.filter(({ agent }) => /boto3/i.test(agent)));
  } finally {
    jobs.stop();
    recorder.stop();
    moto.stop();
  }
}

function print(ours: readonly Recorded[]): void {
  const of = (kind: string) => ours.filter((each) => kindOf(each) === kind);
  const files = new Set(of("copy").map(({ key }) => key));
  const targets = new Set(of("put").flatMap(({ key }) => (key.endsWith("_strata/commit.json") ? [key] : [])));
  const deleted = of("delete").flatMap(({ deletes }) => deletes);
  const staged = deleted.filter((key) => key.includes("/_strata/attempts/")).length;
  const attempts = of("list").filter(({ query }) => (query.get("prefix") ?? "").includes("/_strata/attempts/")).length;
  process.stdout.write(
    `\nS3, bookings at scale small, second run: ${files.size} files replaced in ${targets.size} targets\n`,
  );
  const rows: [string, number, string][] = [
    ["copies", of("copy").length / files.size, "a file (bound 1)"],
    ["objects deleted, as written", staged / files.size, "a file (bound 1)"],
    ["objects deleted, as replaced", (deleted.length - staged) / files.size, "a file (bound 1)"],
    ["delete requests", of("delete").length / targets.size, "a target"],
    ["lists of attempts' folders", attempts / targets.size, "a target (bound 1)"],
    ["lists of sources and targets", (of("list").length - attempts) / targets.size, "a target; by its writer 1"],
    ["puts (records)", of("put").length / targets.size, "a target"],
    ["gets and heads (records, footers)", (of("get").length + of("head").length) / targets.size, "a target"],
  ];
  for (const [what, number, unit] of rows) process.stdout.write(`${what.padEnd(44)} ${number.toFixed(2)} ${unit}\n`);
}

function kindOf({ method, key, query, copySource }: Recorded): string {
  if (copySource !== undefined) return "copy";
  if (query.has("delete")) return "delete";
  if (method === "GET" && key === "") return "list";
  return method.toLowerCase();
}
