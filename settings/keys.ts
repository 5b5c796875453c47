/** ARNs of keys that a stack makes: unknown before, so texts that name them are made with placeholders of their length. */

/** Which key. */
export type StackKey = "data" | "operations";

/** A key's id has 36 characters (KMS API reference, `KeyId`), so these have. */
const PLACEHOLDER_IDS: Readonly<Record<StackKey, string>> = {
  data: "the-stacks-own-key-of-data----------",
  operations: "the-stacks-own-key-of-operations----",
};

/** Where a key's ARN will stand. */
export function keyPlaceholder(key: StackKey, home: { partition: string; region: string; account: string }): string {
  return `arn:${home.partition}:kms:${home.region}:${home.account}:key/${PLACEHOLDER_IDS[key]}`;
}

/** The text with the real ARNs in place of the placeholders. */
export function withKeys(text: string, arns: Readonly<Record<StackKey, string | undefined>>): string {
  return (["data", "operations"] as const).reduce((sofar, key) => {
    const arn = arns[key];
    return arn === undefined ? sofar : sofar.replace(PLACEHOLDERS[key], arn);
  }, text);
}

/** For readers: the placeholders by what they stand for. */
export function nameKeys(text: string): string {
  return withKeys(text, { data: "KEY(data)", operations: "KEY(operations)" });
}

const PLACEHOLDERS = {
  data: new RegExp(`arn:[a-z-]+:kms:[a-z0-9-]*:[0-9]*:key/${PLACEHOLDER_IDS.data}`, "g"),
  operations: new RegExp(`arn:[a-z-]+:kms:[a-z0-9-]*:[0-9]*:key/${PLACEHOLDER_IDS.operations}`, "g"),
};
