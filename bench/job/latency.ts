/**
 * Tiny datasets where each request takes its time, as on S3: moto behind a proxy that delays. It shows what waiting at the
 * same time brings, and how many requests there are; it is not S3.
 *
 * AWS speaks of 100 to 200 ms for small objects ("Best practices design patterns: optimizing Amazon S3 performance"); a
 * fifth of the lower end favours the job with more requests. The plain job writes through S3A's own committer, which
 * renames; Glue's makes fewer requests than that.
 */

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { ensureJars } from "../../setup/jars.mjs";
import { HOME } from "../../setup/node.mjs";
import { ensurePython } from "../../setup/python.mjs";
import { startMoto } from "../../test/moto.ts";
import { environment, s3At, upload } from "../../test/s3/jobs.ts";
import { startRecorder } from "../../test/s3/recorder.ts";
import { tinyContenders } from "./contenders.ts";
import { race, tinyRatios } from "./rounds.ts";

/** Milliseconds that a request takes longer. */
export const LATENCY_MS = 20;

/** Runs the group in `groups`, whose sources are in the lake `raw` with the one bucket `bucket`. */
export async function benchLatency(
  groups: string,
  raw: string,
  bucket: string,
  folder: string,
  rounds: number,
): Promise<void> {
  await ensurePython("spark-4.1", ["spark-4.1", "test"]);
  await ensurePython("moto");
  const jars = join(await ensureJars("s3a"), "*");
  const moto = await startMoto();
  const recorder = await startRecorder(moto.url, LATENCY_MS);
  const scratch = join(folder, "scratch");
  mkdirSync(scratch, { recursive: true });
  const requests = new Map<string, number>();
  let running: string | undefined;
  const count = () => {
    const made = recorder.take().length;
    if (running !== undefined) requests.set(running, made);
  };
  const fresh = async (key: string) => {
    count();
    running = key;
    await fetch(`${moto.url}/moto-api/reset`, { method: "POST" });
    await upload(s3At(moto.url), join(raw, bucket), bucket);
    return scratch;
  };
  try {
    const env = { ...environment(recorder.url, jars), PYTHONPATH: join(HOME, "glue") };
    const s3 = { endpoint: recorder.url, env, scratch };
    const results = await race(tinyContenders(groups, s3), fresh, rounds);
    count();
    for (const [key, made] of requests)
      process.stdout.write(`requests, ${results[key as keyof typeof results].contender.name}: ${made}\n`);
    tinyRatios(results);
  } finally {
    recorder.stop();
    moto.stop();
  }
}
