/** The code bucket and its objects: the job's files and offloaded payloads, named by their hash. */

import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type Zippable, zipSync } from "fflate";
import { CODE_PREFIX } from "../compiler/emit/permissions/job.ts";
import { child, type StackContext } from "./context.ts";
import { PrivateBucket } from "./private-bucket.ts";

export interface CodeStoreArgs {
  readonly context: StackContext;
  /** Physical name of the bucket. */
  readonly bucket: string;
  /** The installation, which holds `glue/`. */
  readonly home: string;
  /** Objects by key; groups of all pipelines. */
  readonly objects: ReadonlyMap<string, string>;
  /** The bundle of read-setup, if any pipeline wants it. */
  readonly readSetup: Uint8Array | undefined;
}

export class CodeStore extends pulumi.ComponentResource {
  /** `s3://` address of the job's entry point. */
  readonly script: pulumi.Output<string>;
  /** `s3://` address of the package. */
  readonly package: pulumi.Output<string>;
  /** Everything that must exist before an execution starts. */
  readonly uploads: readonly pulumi.Resource[];
  /** The bundle of read-setup. */
  readonly readSetup: aws.s3.BucketObjectv2 | undefined;

  constructor(name: string, args: CodeStoreArgs, opts?: pulumi.ComponentResourceOptions) {
    super("strata:aws:CodeStore", name, {}, opts);
    // With read-setup users edit SQL there, so the bucket counts as data.
    const { bucket } = new PrivateBucket(
      name,
      {
        context: args.context,
        bucket: args.bucket,
        holdsData: args.readSetup !== undefined,
        key: args.context.operationsKey,
        accessLogs: args.context.accessLogs,
      },
      { parent: this },
    );
    // Kept when a later deployment no longer uses it: an execution of an older definition, or its redrive, still reads it.
    const upload = (key: string, body: Uint8Array) =>
      new aws.s3.BucketObjectv2(
        `${name}/${key}`,
        { bucket, key, contentBase64: Buffer.from(body).toString("base64") },
        child(this, args.context, { retainOnDelete: true }),
      );
    const job = jobFiles(args.home);
    const script = upload(job.script.key, job.script.body);
    const archive = upload(job.package.key, job.package.body);
    const groups = [...args.objects].map(([key, body]) => upload(key, Buffer.from(body)));
    const bundle = args.readSetup && keyed("read-setup.zip", args.readSetup);
    this.readSetup = bundle && upload(bundle.key, bundle.body);
    this.script = pulumi.interpolate`s3://${bucket}/${script.key}`;
    this.package = pulumi.interpolate`s3://${bucket}/${archive.key}`;
    this.uploads = [script, archive, ...groups];
    this.registerOutputs({ script: this.script, package: this.package });
  }
}

interface Upload {
  readonly key: string;
  readonly body: Uint8Array;
}

/** The entry point and the package as a zip. The same sources give the same bytes: sorted, without times. */
export function jobFiles(home: string): { readonly script: Upload; readonly package: Upload } {
  const glue = join(home, "glue");
  const sources = readdirSync(join(glue, "strata_glue"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".py"))
    .map((entry) => relative(glue, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .sort();
  const files: Zippable = Object.fromEntries(
    sources.map((path) => [path, [readFileSync(join(glue, path)), { mtime: EPOCH }]]),
  );
  return {
    script: keyed("job.py", readFileSync(join(glue, "job.py"))),
    package: keyed("strata_glue.zip", zipSync(files, { mtime: EPOCH })),
  };
}

/** The oldest time that a zip can store, in local time. */
const EPOCH = new Date(1980, 0, 1, 12);

/** Python imports from a zip with any path, so the digest is a folder. */
function keyed(name: string, body: Uint8Array): Upload {
  return { key: `${CODE_PREFIX}${createHash("sha256").update(body).digest("hex").slice(0, 16)}/${name}`, body };
}
