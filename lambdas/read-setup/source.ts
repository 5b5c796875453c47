/**
 * A consistent snapshot of a pipeline's files in the code bucket.
 *
 * Every object is read in the version of the first listing (If-Match), and a second listing at the end must be equal;
 * otherwise an upload was under way, and everything is read again.
 */

import { GetObjectCommand, paginateListObjectsV2, type S3Client } from "@aws-sdk/client-s3";
import type { CompileInput, PipelineFiles, SourceFile } from "../../compiler/input.ts";
import { MAX_FILE_BYTES } from "../../compiler/parse/bytes.ts";

/** Concurrent requests. */
export const REQUESTS_AT_ONCE = 16;

/** Most attempts to read a consistent snapshot. */
export const MOST_TRIES = 5;

/** The files kept changing, or one cannot be read. */
export class SourceError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "StrataSource";
  }
}

/** Reads `pipelines/` and `sql/` of a bucket. */
export async function readSource(s3: S3Client, bucket: string): Promise<CompileInput> {
  for (let attempt = 1; attempt <= MOST_TRIES; attempt += 1) {
    const before = await list(s3, bucket);
    const texts = await readAll(s3, bucket, before);
    if (texts !== undefined && sameListing(before, await list(s3, bucket))) return inputOf(texts);
  }
  throw new SourceError(
    `the files in s3://${bucket} changed during ${MOST_TRIES} attempts to read them: start the execution after the upload`,
  );
}

/** Wanted keys with their ETags. */
async function list(s3: S3Client, bucket: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const Prefix of ["pipelines/", "sql/"])
    for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket: bucket, Prefix }))
      for (const { Key = "", ETag = "", Size = 0 } of Contents) {
        if (!isWanted(Key)) continue;
        if (Size > MAX_FILE_BYTES)
          throw new SourceError(`s3://${bucket}/${Key} has ${Size} bytes, more than ${MAX_FILE_BYTES}`);
        found.set(Key, ETag);
      }
  return found;
}

const FILES = { "etl_stages.json": "stages", "sql_queries.json": "queries", "pipeline.yaml": "extras" } as const;

function isWanted(key: string): boolean {
  const [folder, , file = "", ...rest] = key.split("/");
  return folder === "sql" ? key.toLowerCase().endsWith(".sql") : rest.length === 0 && file in FILES;
}

/** Undefined if one has changed since the listing. */
async function readAll(
  s3: S3Client,
  bucket: string,
  listing: ReadonlyMap<string, string>,
): Promise<Map<string, string> | undefined> {
  const texts = new Map<string, string>();
  const queue = [...listing];
  let changed = false;
  const worker = async () => {
    for (let next = queue.shift(); next !== undefined && !changed; next = queue.shift()) {
      const [key, etag] = next;
      const text = await readOne(s3, bucket, key, etag);
      if (text === undefined) changed = true;
      else texts.set(key, text);
    }
  };
  await Promise.all(Array.from({ length: REQUESTS_AT_ONCE }, worker));
  return changed ? undefined : texts;
}

async function readOne(s3: S3Client, bucket: string, key: string, etag: string): Promise<string | undefined> {
  try {
    const answer = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key, IfMatch: etag }));
    const bytes = (await answer.Body?.transformToByteArray()) ?? new Uint8Array();
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (problem) {
    const { name, $metadata } = problem as { name?: string; $metadata?: { httpStatusCode?: number } };
    if (name === "PreconditionFailed" || name === "NoSuchKey" || $metadata?.httpStatusCode === 412) return undefined;
    if (problem instanceof TypeError) throw new SourceError(`s3://${bucket}/${key} is not UTF-8 text`);
    throw problem;
  }
}

function sameListing(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): boolean {
  return one.size === other.size && [...one].every(([key, etag]) => other.get(key) === etag);
}

/** The compiler's input, in the form that loading/ gives it for a folder. */
function inputOf(texts: ReadonlyMap<string, string>): CompileInput {
  const keys = [...texts.keys()].sort();
  const names = [...new Set(keys.filter((key) => key.startsWith("pipelines/")).map((key) => key.split("/")[1] ?? ""))];
  const file = (path: string): SourceFile | undefined => {
    const text = texts.get(path);
    return text === undefined ? undefined : { path, text };
  };
  const pipelines = names.map(
    (name): PipelineFiles => ({
      name,
      stages: file(`pipelines/${name}/etl_stages.json`),
      queries: file(`pipelines/${name}/sql_queries.json`),
      extras: file(`pipelines/${name}/pipeline.yaml`),
    }),
  );
  const sql = keys.filter((key) => key.startsWith("sql/"));
  return {
    pipelines,
    sql: new Map(sql.map((path) => [path.slice("sql/".length), { path, text: texts.get(path) ?? "" }])),
  };
}
