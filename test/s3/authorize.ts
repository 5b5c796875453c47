/** What S3 asks IAM for a request (Service Authorization Reference, Amazon S3; S3 API reference, "Permissions"). */

import type { Request } from "../iam/evaluate.ts";
import type { Recorded } from "./recorder.ts";

/** The permissions that a request needs; all of them. Throws for a request of a kind that has not been seen. */
export function permissionsNeeded(recorded: Recorded): Request[] {
  const { method, bucket, key, query, status, copySource, deletes } = recorded;
  const object = (path: string) => `arn:aws:s3:::${path}`;
  if (key === "") return bucketPermissions(recorded);
  const target = object(`${bucket}/${key}`);
  switch (method) {
    case "GET":
    case "HEAD":
      // To learn that a key is missing is to learn what the bucket holds: without ListBucket S3 answers 403, not 404.
      return [
        { action: "s3:GetObject", resource: target },
        ...(status === 404 ? [{ action: "s3:ListBucket", resource: object(bucket) }] : []),
      ];
    case "PUT":
      return [
        { action: "s3:PutObject", resource: target },
        ...(copySource === undefined ? [] : [{ action: "s3:GetObject", resource: object(copySource) }]),
      ];
    case "POST":
      if (query.has("uploads") || query.has("uploadId")) return [{ action: "s3:PutObject", resource: target }];
      break;
    case "DELETE":
      return [{ action: query.has("uploadId") ? "s3:AbortMultipartUpload" : "s3:DeleteObject", resource: target }];
  }
  throw new Error(`no rule for ${method} ${bucket}/${key}?${query} (${deletes.length} deletes)`);
}

function bucketPermissions({ method, bucket, query, deletes }: Recorded): Request[] {
  const resource = `arn:aws:s3:::${bucket}`;
  if (method === "POST" && query.has("delete"))
    return deletes.map((key) => ({ action: "s3:DeleteObject", resource: `${resource}/${key}` }));
  if (method === "GET" && query.has("uploads"))
    return [{ action: "s3:ListBucketMultipartUploads", resource, context: prefixOf(query) }];
  if (method === "GET") return [{ action: "s3:ListBucket", resource, context: prefixOf(query) }];
  if (method === "HEAD") return [{ action: "s3:ListBucket", resource }];
  throw new Error(`no rule for ${method} ${bucket}?${query}`);
}

function prefixOf(query: URLSearchParams): Record<string, string> {
  const prefix = query.get("prefix");
  return prefix === null ? {} : { "s3:prefix": prefix };
}
