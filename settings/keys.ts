/** Placeholders, of the same length, for ARNs of keys that a stack creates. */

/** Which key. */
export type StackKey = "data" | "operations";

/** As long as a key's id: 36 characters (KMS API reference, `KeyId`). */
const PLACEHOLDER_IDS: Readonly<Record<StackKey, string>> = {
  data: "the-stacks-own-key-of-data----------",
  operations: "the-stacks-own-key-of-operations----",
};

/** The placeholder of a key's ARN. */
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

/** The placeholders with a readable description. */
export function nameKeys(text: string): string {
  return withKeys(text, { data: "KEY(data)", operations: "KEY(operations)" });
}

const PLACEHOLDERS = {
  data: new RegExp(`arn:[a-z-]+:kms:[a-z0-9-]*:[0-9]*:key/${PLACEHOLDER_IDS.data}`, "g"),
  operations: new RegExp(`arn:[a-z-]+:kms:[a-z0-9-]*:[0-9]*:key/${PLACEHOLDER_IDS.operations}`, "g"),
};
