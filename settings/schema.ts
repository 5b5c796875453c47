/** One stack's settings as the rest of the program has them; every key is described in `contract/stack.ts`. */

import type * as z from "zod";
import type { Located } from "../compiler/parse/tree.ts";
import type { ReadBy } from "../compiler/read/by-contract.ts";
import type { stack, workers } from "../contract/stack.ts";

/** What a stage's job runs on. */
export type Workers = Readonly<z.output<typeof workers>>;

/** Where a logical bucket is. */
export interface BucketSetting {
  readonly logical: string;
  /** Undefined: `{bucket}-{stack}-{account}`. */
  readonly name: string | undefined;
  /** An existing bucket is used as it is and never changed. */
  readonly existing: boolean;
  /** ARN of the KMS key that encrypts an existing bucket; undefined: S3's own keys. */
  readonly key: string | undefined;
}

/** How jobs and crawlers reach their subnets; both lists empty: they run outside any. */
export interface NetworkSetting {
  /** Names of existing Glue connections. */
  readonly connections: readonly string[];
  /** Subnets that the stack makes a connection for. */
  readonly subnets: readonly {
    readonly subnetId: string;
    readonly availabilityZone: string;
    readonly securityGroupIds: readonly string[];
  }[];
}

/** A stage's own workers; the key of the setting is `<stage>` or `<pipeline>/<stage>`. */
export interface StageSetting {
  readonly key: string;
  readonly workers: Partial<Workers>;
}

/** What is read, without places. */
export type Plain<T> =
  T extends Located<infer Value>
    ? Value
    : T extends readonly (infer Item)[]
      ? readonly Plain<Item>[]
      : T extends object
        ? { readonly [Key in keyof T]: Plain<T[Key]> }
        : T;

/** Settings that are used as the contract has them. */
type AsRead = Omit<
  Plain<ReadBy<typeof stack>>,
  keyof Workers | "allowedAccountIds" | "region" | "buckets" | "stages" | "network"
>;

/** One stack's settings, defaults filled in. */
export interface Settings extends AsRead {
  readonly stack: string;
  readonly region: string;
  /** The first is the account that names are made with; the providers refuse all others. */
  readonly allowedAccountIds: readonly string[];
  readonly buckets: readonly BucketSetting[];
  readonly workers: Workers;
  readonly stages: readonly StageSetting[];
  readonly network: NetworkSetting;
  /** Keys that a mistake kept from being read, so that they have their defaults here; empty in what is deployed. */
  readonly unread: readonly string[];
}
