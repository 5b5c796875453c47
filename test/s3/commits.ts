/** Small commits on an S3 that is not a local folder, and what is then there. */

import { GetObjectCommand, ListObjectsV2Command, type S3Client } from "@aws-sdk/client-s3";

/** The job's arguments for one dataset of one row, in `zstd`; it reads the sample's airports. */
export function oneDataset(
  target: string,
  write: string,
  partitioned: boolean,
  execution: string,
): Record<string, string> {
  const bucket = target.split("/")[2];
  const dataset = {
    sql_name: "d",
    sql_text: "SELECT count(*) AS n, 1 AS k FROM t",
    tables: [{ table_name: "t", s3_path: `s3://${bucket}/raw/bookings/airports_data/` }],
    s3_target: target,
  };
  const settings = { write, compression: "zstd", partition_by: partitioned ? ["k"] : [] };
  return {
    "--group_list": JSON.stringify([dataset]),
    "--publish": JSON.stringify({ d: settings }),
    "--pipeline": "p",
    "--stage": "s",
    "--execution": execution,
  };
}

/** A target's record, and all its keys, relative to it. */
export async function contentOf(s3: S3Client, target: string) {
  const [, , Bucket, ...folders] = target.split("/");
  const prefix = folders.join("/");
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: `${prefix}_strata/commit.json` }));
  const record = JSON.parse((await Body?.transformToString()) ?? "") as {
    readonly generation: number;
    readonly published: boolean;
    readonly write: string;
    readonly rows: number;
    readonly files: readonly { readonly path: string }[];
    readonly executions: readonly string[];
  };
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: prefix }));
  return { record, listed: Contents.map(({ Key = "" }) => Key.slice(prefix.length)) };
}
