/**
 * Names: the one function that turns what an author wrote into a name that AWS and Pulumi take.
 *
 * A valid name stays as it is. Anything else is cleaned, shortened and made unique by a hash of the exact original
 * parts, so that distinct parts always give distinct names: `Gold` and `gold`, `a-b` with `c` and `a`
 * with `b-c`, two names of 200 characters that differ in the last one.
 */

import { createHash } from "node:crypto";
import { NAME_KINDS, type NameKind, type NameRule } from "./name-kinds.ts";

/** Hexadecimal digits of the hash: 48 bits, so among a million names the chance of one clash is below 0.2 %. */
const HASH_DIGITS = 12;
/** A name that ends like a hashed one gets a hash itself; else an author could write another name's hashed form. */
const LOOKS_HASHED = new RegExp(`(^|[^0-9a-z])[0-9a-f]{${HASH_DIGITS}}$`, "i");
/** Replaces a part of which cleaning leaves nothing. */
const NOTHING_LEFT = "x";

/**
 * The name of a kind for the given parts.
 *
 * @param kind which rules the name must keep; see `NAME_KINDS`
 * @param parts what it is made of, most general first (pipeline, stack, stage); any text, of any length
 * @returns 1 to `limit` allowed characters; equal for equal parts, distinct for distinct ones of the same kind, and
 *   also distinct without regard to case where the kind's `case` is not `sensitive`
 * @throws only for a wrong number of parts, which is a bug of the caller
 */
export function nameFor(kind: NameKind, ...parts: readonly string[]): string {
  const rule: NameRule = NAME_KINDS[kind];
  if (parts.length !== rule.parts) throw new Error(`a ${kind} name has ${rule.parts} parts, got ${parts.length}`);
  const plain = parts.join(rule.separator);
  return isPlain(kind, rule, parts, plain) ? plain : hashedName(rule, parts);
}

/** True when the parts joined are a valid name from which the parts can be recovered. */
function isPlain(kind: NameKind, rule: NameRule, parts: readonly string[], joined: string): boolean {
  return (
    joined.length <= rule.limit &&
    parts.every((part) => part !== "" && [...part].every((char) => rule.allowed.test(char))) &&
    // Only the first part may hold the separator: read from the right, the joined name then has one reading.
    parts.slice(1).every((part) => !part.includes(rule.separator)) &&
    (rule.case === "sensitive" || joined === joined.toLowerCase()) &&
    trim(joined) === joined &&
    // A bucket ends in the account's twelve digits, which are not a hash.
    (kind === "bucket" || !LOOKS_HASHED.test(joined)) &&
    // Names become keys of JSON objects; what every JavaScript object already has is not a safe key.
    !(joined in {})
  );
}

/**
 * Patterns (`*`: any text) that every name of a kind matches which begins with the given parts, whatever its last part.
 *
 * @param kind which rules the names keep
 * @param known all parts but the last
 * @param begins what the last part begins with; default: anything
 * @returns one or two patterns: of names that stay as they are, and of shortened ones
 */
export function patternsFor(kind: NameKind, known: readonly string[], begins = ""): string[] {
  const rule: NameRule = NAME_KINDS[kind];
  if (known.length !== rule.parts - 1) throw new Error(`a ${kind} name has ${rule.parts} parts, one of them open`);
  // Only a part of allowed characters is part of an unchanged name; any other may contain a `*` of its author's.
  const isPlain = known.every((part) => [...part].every((char) => rule.allowed.test(char)));
  // What every part keeps, however long the others are; see `fairShare`.
  const kept = Math.floor(spaceFor(rule) / rule.parts);
  const cut = known.map((part) => {
    const cleaned = clean(rule, part);
    return cleaned.length <= kept ? cleaned : `${trim(cleaned.slice(0, kept))}*`;
  });
  const forms = [...(isPlain ? [known] : []), cut];
  return [...new Set(forms.map((parts) => `${[...parts, begins].join(rule.separator)}*`))];
}

/** Characters that a shortened name has for its parts. */
function spaceFor(rule: NameRule): number {
  return rule.limit - HASH_DIGITS - rule.separator.length * rule.parts;
}

function hashedName(rule: NameRule, parts: readonly string[]): string {
  const hash = createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, HASH_DIGITS);
  const space = spaceFor(rule);
  const cleaned = parts.map((part) => clean(rule, part));
  const longest = fairShare(
    cleaned.map((part) => part.length),
    space,
  );
  const cut = cleaned.map((part) => trim(part.slice(0, longest)) || NOTHING_LEFT);
  return [...cut, hash].join(rule.separator);
}

/** The part with accents taken off and every run of other characters replaced by the separator. */
function clean(rule: NameRule, part: string): string {
  const bare = part.normalize("NFKD").replace(/\p{M}/gu, "");
  const cased = rule.case === "lower" ? bare.toLowerCase() : bare;
  const chars = [...cased].map((char) => (rule.allowed.test(char) ? char : "\0"));
  return trim(chars.join("").replace(/\0+/g, rule.separator)) || NOTHING_LEFT;
}

/** The greatest length to cut every part to, so that all together fit; long parts get what short ones leave. */
function fairShare(lengths: readonly number[], space: number): number {
  const used = (cap: number) => lengths.reduce((sum, length) => sum + Math.min(length, cap), 0);
  let cap = Math.max(0, ...lengths);
  while (cap > 1 && used(cap) > space) cap -= 1;
  return cap;
}

function trim(text: string): string {
  return text.replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, "");
}
