/** Plain arguments of a job as a definition would have them, for jobs that no state machine starts. */

import { asciiJson, percentEncoded, sha256, withDigests } from "../../compiler/emit/job/encoding.ts";

const CONSTANTS: Readonly<Record<string, (text: string) => string>> = {
  "--group_list": asciiJson,
  "--publish": asciiJson,
  "--pipeline": percentEncoded,
  "--stage": percentEncoded,
  "--plan": String,
  "--param_types": asciiJson,
};
const SEALED = ["--execution", "--params", "--datasets"];

/** What the definition makes of a text that only an execution knows (compiler/emit/asl/selection.ts, `$sealed`). */
export function seal(text: string): string {
  return `${sha256(text)}:${encodeURIComponent(text)}`;
}

/** The text of a sealed argument; throws if its digest is another's. */
export function unseal(value: string): string {
  const text = decodeURIComponent(value.split(":")[1] ?? "");
  if (seal(text) !== value) throw new Error(`${value} is not sealed`);
  return text;
}

/** Arguments by name, with `--`; what is not in the definition (`--state`) stays as it is. */
export function encodedArguments(plain: Readonly<Record<string, string>>): Record<string, string> {
  const constants = Object.entries(CONSTANTS).flatMap(([name, encode]) => {
    const text = plain[name];
    return text === undefined ? [] : [[name, encode(text)] as const];
  });
  const sealed = SEALED.flatMap((name) => {
    const text = plain[name];
    return text === undefined ? [] : [[name, seal(text)] as const];
  });
  return { ...plain, ...withDigests(Object.fromEntries(constants)), ...Object.fromEntries(sealed) };
}
