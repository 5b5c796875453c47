/**
 * Bindings: the deployed names that emit needs, computed by `settings/` from a stack's settings and a plan.
 *
 * Lists instead of objects wherever the key is the author's, so that a stage called `__proto__` is a stage like others.
 */

/** One stage's deployed names. */
export interface StageBinding {
  /** The author's name. */
  readonly stage: string;
  /** Name of its Task state, unique in the definition, 1–80 characters. */
  readonly state: string;
  /** Name of its Glue job. */
  readonly job: string;
  /** The job's own time limit in minutes; the Task's limit lies above it. */
  readonly timeoutMinutes: number;
}

/** One crawler's deployed name. */
export interface CrawlerBinding {
  /** The author's (or derived) name. */
  readonly crawler: string;
  /** The Glue crawler's name. */
  readonly name: string;
}

/** A logical bucket and the bucket that a stack maps it to. */
export interface BucketBinding {
  readonly logical: string;
  readonly physical: string;
}

/** Everything that turns a plan into one stack's definition. */
export interface Bindings {
  /** `aws`, `aws-cn`, `aws-us-gov`. */
  readonly partition: string;
  readonly region: string;
  /** Twelve digits. */
  readonly account: string;
  /** The stack's name; `local` where there is none. */
  readonly stack: string;
  readonly stateMachine: string;
  /** Catalog database. */
  readonly database: string;
  readonly buckets: readonly BucketBinding[];
  /** Physical bucket that holds code and group objects. */
  readonly codeBucket: string;
  /** Prefix of group objects in the code bucket, ending in `/`. */
  readonly groupPrefix: string;
  /** In plan order, one for each stage. */
  readonly stages: readonly StageBinding[];
  /** In plan order, one for each crawler. */
  readonly crawlers: readonly CrawlerBinding[];
  /** Name of the read-setup Lambda function; only with `setup: runtime`. */
  readonly readSetup: string | undefined;
}
