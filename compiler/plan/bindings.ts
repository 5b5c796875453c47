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
  /** The job's own time limit in minutes; the Task's limit is above it. */
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

/** The catalog database of a pipeline of the same stack. */
export interface DatabaseBinding {
  readonly pipeline: string;
  readonly database: string;
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
  /** Databases of the pipelines whose Iceberg tables the plan writes or reads; its own is always among them. */
  readonly databases: readonly DatabaseBinding[];
  readonly buckets: readonly BucketBinding[];
  /** Physical bucket that holds code and group objects. */
  readonly codeBucket: string;
  /** Prefix of objects that groups and publish arguments are offloaded to, in the code bucket, ending in `/`. */
  readonly groupPrefix: string;
  /** In plan order, one for each stage. */
  readonly stages: readonly StageBinding[];
  /** In plan order, one for each crawler. */
  readonly crawlers: readonly CrawlerBinding[];
  /** Name of the read-setup Lambda function; only with `setup: runtime`. */
  readonly readSetup: string | undefined;
}

/** A stage's place in a stack: what its permissions are about. */
export interface StageAccess extends StageBinding {
  /** Name of its job's role. */
  readonly role: string;
  /** The log groups that its job writes to: output and error. */
  readonly logGroups: readonly string[];
  /** Those that it may write to instead, if Glue names them otherwise under a role path; the stack does not create them. */
  readonly otherLogGroups: readonly string[];
  /** The job's own place in the state bucket, ending in `/`. */
  readonly statePrefix: string;
}

/** A crawler's place in a stack. */
export interface CrawlerAccess extends CrawlerBinding {
  readonly role: string;
  readonly logGroup: string;
  /** Those that it may write to instead, if Glue names it otherwise under a role path; the stack does not create them. */
  readonly otherLogGroups: readonly string[];
}

/** A mapped bucket with the key that encrypts it. */
export interface StackBucket extends BucketBinding {
  /** ARN of a KMS key; undefined where S3's own keys encrypt. */
  readonly key: string | undefined;
  /** It is there already and is not ours to change. */
  readonly existing: boolean;
}

/**
 * Bindings of a deployed stack: with roles, keys and prefixes, which a local run does not have.
 *
 * ARNs of keys that the stack makes are not known before they are made: here a placeholder of the same length (settings/keys.ts) replaces each, so that
 * sizes computed from it are right, and the components put the ARN in its place.
 */
export interface StackBindings extends Bindings {
  readonly buckets: readonly StackBucket[];
  readonly stages: readonly StageAccess[];
  readonly crawlers: readonly CrawlerAccess[];
  readonly stateMachineRole: string;
  readonly readSetupRole: string;
  /** Name of the rule that matches failed executions, and of the topic that it notifies. */
  readonly failureRule: string;
  readonly failureTopic: string;
  /** Name of the policy for analysts. */
  readonly readersPolicy: string;
  readonly workgroup: string;
  /** Physical buckets of query results and of the jobs' own state. */
  readonly resultsBucket: string;
  readonly stateBucket: string;
  /** The stack's key for data; undefined with `strata:encryption: s3`. */
  readonly dataKey: string | undefined;
  /** The stack's key for code, logs and alerts; undefined with `strata:encryption: s3`, where only alerts have one. */
  readonly operationsKey: string | undefined;
  /** Name of the Glue security configuration; undefined with `strata:encryption: s3`. */
  readonly securityConfiguration: string | undefined;
  /** Names of Glue connections. */
  readonly connections: readonly string[];
  readonly lakeFormation: boolean;
  /** Path of every role and policy, `/` or `/…/`. */
  readonly rolePath: string;
  /** Glue takes a role only on behalf of the account. */
  readonly trustSourceAccount: boolean;
}
