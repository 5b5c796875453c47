/** The block `config` of `Pulumi.yaml`: what Pulumi knows of each setting. */

import { Document } from "yaml";
import { stack } from "../stack.ts";
import { fieldsOf, typeOf } from "./fields.ts";

/** The block as YAML, from `config:` on. */
export function pulumiConfig(): string {
  const settings = fieldsOf(stack).map(({ name, schema, description, usual }) => {
    const type = typeOf(schema);
    const items = type === "array" ? { items: { type: "string" } } : {};
    return [`strata:${name}`, { type, description, ...items, ...(usual !== undefined && { default: usual }) }];
  });
  const document = new Document({ config: Object.fromEntries(settings) });
  return document.toString({ lineWidth: 120, flowCollectionPadding: false });
}
