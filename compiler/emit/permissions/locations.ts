/** Physical locations of a plan, and the statements about them that every S3 reader needs. */

import { compareText } from "../../diagnostics.ts";
import type { StackBindings } from "../../plan/bindings.ts";
import { allow, type Statement, unique } from "./document.ts";

/** A prefix (ending in `/`) of a physical bucket. */
export interface S3Location {
  readonly bucket: string;
  readonly prefix: string;
}

export function isSame(one: S3Location, other: S3Location): boolean {
  return one.bucket === other.bucket && one.prefix === other.prefix;
}

/** True for the parent, too. */
export function isBelow(location: S3Location, parent: S3Location): boolean {
  return location.bucket === parent.bucket && location.prefix.startsWith(parent.prefix);
}

/** Each location once, sorted by bucket and prefix. */
export function uniqueLocations(locations: readonly S3Location[]): S3Location[] {
  const known = new Map(
    locations.map((location) => [
      `${location.bucket}/${location.prefix}`,
      { bucket: location.bucket, prefix: location.prefix },
    ]),
  );
  return [...known].sort(([a], [b]) => compareText(a, b)).map(([, location]) => location);
}

/** ARN of everything below a location. A `*` or `?` in the user's prefix is escaped: IAM would take it for a wildcard. */
export function objectsArn(location: S3Location, partition: string): string {
  return `arn:${partition}:s3:::${location.bucket}/${literal(location.prefix)}*`;
}

/** In resources and in `StringLike`, `${*}`, `${?}` and `${$}` mean the characters (IAM user guide, policy variables). */
export function literal(text: string): string {
  return text.replace(/[*?$]/g, (char) => `\${${char}}`);
}

/**
 * Listing below the locations only: one statement a bucket, by `s3:prefix`; and that a missing key may be found missing.
 *
 * S3 answers 403 instead of 404 to a HEAD or GET of a key that is not there, unless the caller may list the bucket
 * (S3 API reference, HeadObject, "Permissions"). Such a request has no prefix, so the second statement allows listing
 * where no prefix is given. Hadoop's S3A and boto3 both take 403 for a failure.
 */
export function listing(locations: readonly S3Location[], partition: string): Statement[] {
  const buckets = unique(locations.map(({ bucket }) => bucket));
  const perBucket = buckets.map((bucket, index) => {
    const prefixes = locations
      .filter((location) => location.bucket === bucket)
      .map(({ prefix }) => `${literal(prefix)}*`);
    return allow(`List${index + 1}`, ["s3:ListBucket"], [bucketArn(bucket, partition)], {
      StringLike: { "s3:prefix": unique(prefixes) },
    });
  });
  const missing = allow(
    "FindMissing",
    ["s3:ListBucket"],
    buckets.map((bucket) => bucketArn(bucket, partition)),
    { Null: { "s3:prefix": "true" } },
  );
  return [...perBucket, missing];
}

/** ARN of a bucket. */
export function bucketArn(bucket: string, partition: string): string {
  return `arn:${partition}:s3:::${bucket}`;
}

/**
 * Use of the keys that encrypt the locations' buckets, through S3 only.
 *
 * @param more keys beside those of the locations' buckets
 */
export function useKeys(
  sid: string,
  actions: readonly string[],
  locations: readonly S3Location[],
  bindings: StackBindings,
  more: readonly (string | undefined)[] = [],
): Statement {
  const keys = locations.map(({ bucket }) => keyOf(bucket, bindings));
  return allow(
    sid,
    actions,
    [...keys, ...more].filter((key) => key !== undefined),
    { StringEquals: { "kms:ViaService": `s3.${bindings.region}.${dnsSuffix(bindings.partition)}` } },
  );
}

/** The key that encrypts a physical bucket; undefined where S3's own does. */
function keyOf(bucket: string, bindings: StackBindings): string | undefined {
  return bindings.buckets.find(({ physical }) => physical === bucket)?.key;
}

/** What services' names end in. */
export function dnsSuffix(partition: string): string {
  return partition === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com";
}
