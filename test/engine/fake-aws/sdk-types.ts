/**
 * What the SDKs' own declarations say of a resource type: its inputs, and the outputs that the cloud computes.
 *
 * Read from the `.d.ts` files that the program is compiled against, so that a new type needs no entry here; `as never`
 * in the program gets past the compiler, and not past this.
 */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

export interface InputType {
  readonly required: boolean;
  /** Undefined for anything that is not a single type of JSON. */
  readonly type: "string" | "number" | "boolean" | undefined;
}

export interface ResourceType {
  readonly inputs: ReadonlyMap<string, InputType>;
  /** Outputs that always have a value, whether the program gave one or not. */
  readonly computed: ReadonlySet<string>;
}

const require = createRequire(import.meta.url);
const known = new Map<string, ResourceType | undefined>();

/** Returns the declarations of a type token (`aws:glue/job:Job`); undefined if the SDK has no such type. */
export function resourceType(token: string): ResourceType | undefined {
  if (!known.has(token)) known.set(token, readType(token));
  return known.get(token);
}

function readType(token: string): ResourceType | undefined {
  const [sdk = "", module = "", name = ""] = token.split(":");
  // `aws:glue/job:Job` is glue/job.d.ts, `aws-native:athena:WorkGroup` is athena/workGroup.d.ts.
  const path = module.includes("/") ? module : `${module}/${name.charAt(0).toLowerCase()}${name.slice(1)}`;
  let text: string;
  try {
    const root = dirname(require.resolve(`@pulumi/${sdk}/package.json`));
    text = readFileSync(join(root, `${path}.d.ts`), "utf8");
  } catch {
    return undefined;
  }
  const args = blockOf(text, `export interface ${name}Args {`);
  const outputs = blockOf(text, `export declare class ${name} extends`);
  return {
    inputs: new Map(
      [...args.matchAll(/^ {4}(\w+)(\??): (.*)$/gm)].map(([, key = "", optional, type = ""]) => [
        key,
        { required: optional === "", type: primitive(type) },
      ]),
    ),
    computed: new Set(
      [...outputs.matchAll(/^ {4}readonly (\w+): pulumi\.Output<(.*)$/gm)]
        .filter(([, , type = ""]) => !type.includes("| undefined>"))
        // A type over several lines says on its last one whether it may be undefined; those are maps, and few.
        .filter(([, , type = ""]) => !type.endsWith("{"))
        .map(([, key = ""]) => key),
    ),
  };
}

function blockOf(text: string, start: string): string {
  const from = text.indexOf(start);
  return from < 0 ? "" : text.slice(from, text.indexOf("\n}", from));
}

function primitive(type: string): InputType["type"] {
  return /^pulumi\.Input<(string|number|boolean)(?: \| undefined)?>;$/.exec(type)?.[1] as InputType["type"];
}
