/** Property values as the engine sends them: protobuf structs with marks for what is unknown, secret or an asset. */

import struct from "google-protobuf/google/protobuf/struct_pb.js";

export type Value = null | boolean | number | string | readonly Value[] | { readonly [key: string]: Value };
export type Properties = { readonly [key: string]: Value };

/** What the engine sends in a preview for a value that only an update will know (sdk/go/common/resource/plugin). */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

type Struct = InstanceType<typeof struct.Struct>;

export function fromStruct(message: Struct | undefined): Properties {
  return (message?.toJavaScript() ?? {}) as Properties;
}

export function toStruct(properties: Properties): Struct {
  return struct.Struct.fromJavaScript(properties as never);
}

function isObject(value: Value | undefined): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value behind marks of secrets, at any depth: what a cloud is sent. */
export function plain(value: Value): Value {
  if (Array.isArray(value)) return value.map(plain);
  if (!isObject(value)) return value;
  if (value[SIGNATURE] === SECRET) return plain(value.value ?? null);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]));
}

/** True if the value, or a part of it, is unknown yet. */
export function hasUnknown(value: Value | undefined): boolean {
  return value !== undefined && JSON.stringify(plain(value)).includes(UNKNOWN);
}

/** Where two values differ, as the engine writes paths: `command.name`, `rules[0].id`. */
export interface Difference {
  readonly path: string;
  readonly kind: "add" | "delete" | "update";
}

export function differences(old: Value | undefined, now: Value | undefined, path = ""): Difference[] {
  if (JSON.stringify(old) === JSON.stringify(now)) return [];
  if (old === undefined) return [{ path, kind: "add" }];
  if (now === undefined) return [{ path, kind: "delete" }];
  if (Array.isArray(old) && Array.isArray(now)) {
    return Array.from({ length: Math.max(old.length, now.length) }).flatMap((_, index) =>
      differences(old[index], now[index], `${path}[${index}]`),
    );
  }
  if (isObject(old) && isObject(now)) {
    return [...new Set([...Object.keys(old), ...Object.keys(now)])].flatMap((key) =>
      differences(old[key], now[key], childPath(path, key)),
    );
  }
  return [{ path, kind: "update" }];
}

function childPath(path: string, key: string): string {
  if (!/^[A-Za-z_]\w*$/.test(key)) return `${path}["${key.replace(/["\\]/g, "\\$&")}"]`;
  return path === "" ? key : `${path}.${key}`;
}
