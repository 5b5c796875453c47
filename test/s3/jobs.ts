/** Runs stages as AWS would: the groups of a stack, the job's code, an S3 that is not a local folder. */

import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { createInterface } from "node:readline";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { HOME } from "../../setup/node.mjs";
import { encodedArguments } from "./arguments.ts";

const CREDENTIALS = { accessKeyId: "x", secretAccessKey: "x" };

/** A client of the stand-in. */
export function s3At(url: string): S3Client {
  return new S3Client({ endpoint: url, region: "eu-central-1", forcePathStyle: true, credentials: CREDENTIALS });
}

/** Makes an empty bucket. */
export async function createBucket(s3: S3Client, bucket: string): Promise<void> {
  await s3.send(
    new CreateBucketCommand({ Bucket: bucket, CreateBucketConfiguration: { LocationConstraint: "eu-central-1" } }),
  );
}

/** Makes a bucket and copies a lake's bucket folder into it. */
export async function upload(s3: S3Client, folder: string, bucket: string): Promise<number> {
  await createBucket(s3, bucket);
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  for (const file of files) {
    const path = join(file.parentPath, file.name);
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: relative(folder, path), Body: readFileSync(path) }));
  }
  return files.length;
}

/** A running worker: one engine, one job after another. */
export interface Jobs {
  readonly run: (args: Readonly<Record<string, string>>) => Promise<{ status: string; failed: string[] }>;
  readonly stop: () => void;
}

/** Starts the worker with an engine that speaks to `endpoint`. */
export function startJobs(python: string, engine: "sail" | "spark", endpoint: string, jars: string): Jobs {
  const child = spawn(
    python,
    [
      join(HOME, "local", "engine", "worker.py"),
      "--engine",
      engine,
      "--store",
      mkdtempSync(join(tmpdir(), "strata-s3-")),
      "--network",
    ],
    {
      detached: true,
      stdio: ["pipe", "pipe", "inherit"],
      env: { ...process.env, ...environment(endpoint, jars) },
    },
  );
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let number = 0;
  let ready: Promise<unknown> | undefined;
  const next = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error("the worker ended");
    return JSON.parse(value) as {
      fatal?: { message: string };
      done?: { status: string };
      event?: { event: string; status: string; name: string; error?: { message: string } };
    };
  };
  return {
    run: async (args) => {
      ready ??= next();
      await ready;
      number += 1;
      child.stdin.write(
        `${JSON.stringify({ id: number, args: { ...encodedArguments(args), "--store": endpoint } })}\n`,
      );
      const failed: string[] = [];
      for (;;) {
        const message = await next();
        if (message.fatal) throw new Error(message.fatal.message);
        if (message.event?.event === "dataset_finished" && message.event.status !== "SUCCEEDED")
          failed.push(`${message.event.name}: ${message.event.error?.message}`);
        if (message.done) return { status: message.done.status, failed };
      }
    },
    stop: () => {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGKILL");
    },
  };
}

/** Sail takes its endpoint from the environment, Spark from `--conf`; the jobs' own settings are those of components/. */
export function environment(endpoint: string, jars: string): Record<string, string> {
  const conf = {
    "spark.hadoop.fs.s3.impl": "org.apache.hadoop.fs.s3a.S3AFileSystem",
    "spark.hadoop.fs.s3a.endpoint": endpoint,
    "spark.hadoop.fs.s3a.endpoint.region": "eu-central-1",
    "spark.hadoop.fs.s3a.path.style.access": "true",
    "spark.hadoop.fs.s3a.connection.ssl.enabled": "false",
    "spark.hadoop.fs.s3a.performance.flags": "create,mkdir",
  };
  const submit = Object.entries(conf).flatMap(([key, value]) => ["--conf", `${key}=${value}`]);
  return {
    PYTHONPATH: join(HOME, "glue"),
    AWS_ACCESS_KEY_ID: "x",
    AWS_SECRET_ACCESS_KEY: "x",
    AWS_REGION: "eu-central-1",
    AWS_DEFAULT_REGION: "eu-central-1",
    AWS_ENDPOINT_URL: endpoint,
    AWS_ENDPOINT: endpoint,
    AWS_ALLOW_HTTP: "true",
    AWS_VIRTUAL_HOSTED_STYLE_REQUEST: "false",
    AWS_EC2_METADATA_DISABLED: "true",
    PYSPARK_SUBMIT_ARGS: [...(jars === "" ? [] : ["--driver-class-path", jars]), ...submit, "pyspark-shell"].join(" "),
  };
}
