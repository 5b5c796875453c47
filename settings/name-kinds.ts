/**
 * Valid names on AWS and Pulumi, by kind; the first and the last character of all is a letter or a digit. The limits are
 * stated only here.
 *
 * `parts` is the number of parts that a name of the kind is made of; it is fixed, since `a-b` alone and `a` with `b`
 * must not both be `a-b`.
 */

/** The rules of one kind of name. */
export interface NameRule {
  /** Greatest length in characters, and in bytes, since all allowed characters are ASCII. */
  readonly limit: number;
  /** One allowed character. */
  readonly allowed: RegExp;
  /** Number of parts; their order is the order of the arguments. */
  readonly parts: number;
  /** Between parts; must be an allowed character. */
  readonly separator: string;
  /**
   * `lower`: only lower case is valid. `insensitive`: the service compares names without regard to case (or might, or
   * shows them where people do). `sensitive`: names that differ in case only are different.
   */
  readonly case: "lower" | "insensitive" | "sensitive";
}

const WORD = /[A-Za-z0-9_-]/;
const DOTTED = /[A-Za-z0-9_.-]/;

/** Every kind of name that Strata creates. */
export const NAME_KINDS = {
  /** A state of a definition (≤ 80, of which its gate's name takes 13 more). Spaces are allowed inside, so that a readable stage name stays unchanged. */
  state: { limit: 67, allowed: /[A-Za-z0-9_. -]/, parts: 1, separator: "-", case: "sensitive" },
  /** State machine, 1–80; with logs in CloudWatch only letters, digits, `-` and `_`. */
  stateMachine: { limit: 80, allowed: WORD, parts: 2, separator: "-", case: "insensitive" },
  /** Glue job, 1–255. Kept to 128: it is part of log groups and shown in consoles. */
  job: { limit: 128, allowed: DOTTED, parts: 3, separator: "-", case: "insensitive" },
  /** Glue crawler, 1–255; kept to 128 as jobs are. */
  crawler: { limit: 128, allowed: DOTTED, parts: 3, separator: "-", case: "insensitive" },
  /** IAM role, 1–64; unique in the account without regard to case. The last part says what the role is for. */
  role: { limit: 64, allowed: DOTTED, parts: 3, separator: "-", case: "insensitive" },
  /** Customer-managed IAM policy, 1–128. */
  policy: { limit: 128, allowed: DOTTED, parts: 3, separator: "-", case: "insensitive" },
  /** Glue security configuration, 1–255; kept to 100, because it is part of log groups. */
  securityConfiguration: { limit: 100, allowed: WORD, parts: 2, separator: "-", case: "insensitive" },
  /** Glue connection, 1–255. */
  connection: { limit: 128, allowed: WORD, parts: 2, separator: "-", case: "insensitive" },
  /** One segment of a log group's name (the whole: 1–512 of letters, digits and `_-/.#`). */
  logSegment: { limit: 100, allowed: DOTTED, parts: 1, separator: "-", case: "insensitive" },
  /** Catalog database of a stack: at most 255, lower case; Athena takes no special character but `_`. */
  database: { limit: 255, allowed: /[a-z0-9_]/, parts: 2, separator: "_", case: "lower" },
  /** Database of the local catalog. */
  localDatabase: { limit: 255, allowed: /[a-z0-9_]/, parts: 1, separator: "_", case: "lower" },
  /** Athena workgroup, 1–128. */
  workgroup: { limit: 128, allowed: DOTTED, parts: 2, separator: "-", case: "insensitive" },
  /** Athena named query, 1–128. */
  namedQuery: { limit: 128, allowed: DOTTED, parts: 1, separator: "-", case: "insensitive" },
  /** EventBridge rule, 1–64. */
  rule: { limit: 64, allowed: DOTTED, parts: 3, separator: "-", case: "insensitive" },
  /** SNS topic, 1–256. */
  topic: { limit: 256, allowed: WORD, parts: 3, separator: "-", case: "insensitive" },
  /** KMS alias after `alias/` (≤ 256 with it). */
  keyAlias: { limit: 200, allowed: WORD, parts: 3, separator: "-", case: "insensitive" },
  /** Lambda function, 1–64. */
  function: { limit: 64, allowed: WORD, parts: 3, separator: "-", case: "insensitive" },
  /** S3 bucket, 3–63; no dots, with which a bucket's host name would not match its TLS certificate. */
  bucket: { limit: 63, allowed: /[a-z0-9-]/, parts: 3, separator: "-", case: "lower" },
  /** One segment of an object's key (≤ 1,024 bytes in all); some readers map keys to files of systems without case. */
  keySegment: { limit: 100, allowed: DOTTED, parts: 1, separator: "-", case: "insensitive" },
  /** Pulumi logical name; part of a URN. It has no limit of its own, and long ones are unreadable. */
  logical: { limit: 150, allowed: DOTTED, parts: 1, separator: "-", case: "sensitive" },
} as const satisfies Record<string, NameRule>;

/** A kind of name. */
export type NameKind = keyof typeof NAME_KINDS;
