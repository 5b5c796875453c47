/**
 * Statements → policies that IAM takes: one inline policy and customer-managed ones, each within its size.
 *
 * Statements whose resources or prefixes are many are split; a split statement allows what the whole one did.
 */

import { type PolicyDocument, type Statement, sizeOf } from "./document.ts";

/**
 * IAM's limits (IAM user guide, "IAM and STS quotas"; white space is not counted). The number of managed policies is
 * the default quota, which can be raised: a stack stays below it, since `pulumi up` would be late to find out.
 */
export const IAM_LIMITS = { inlineCharacters: 10_240, managedCharacters: 6_144, managedPolicies: 10 } as const;

/** Policies of one role; together they allow what the statements do. */
export interface Packed {
  /** Undefined for no statement at all. */
  readonly inline: PolicyDocument | undefined;
  readonly managed: readonly PolicyDocument[];
}

/** Packs; undefined if the statements do not fit. `inlineLimit` 0: managed policies only. */
export function pack(
  statements: readonly Statement[],
  inlineLimit: number = IAM_LIMITS.inlineCharacters,
): Packed | undefined {
  const documents: Statement[][] = [];
  const hasInline = inlineLimit > 0;
  const limitOf = (index: number) => (hasInline && index === 0 ? inlineLimit : IAM_LIMITS.managedCharacters);
  const most = IAM_LIMITS.managedPolicies + (hasInline ? 1 : 0);
  const waiting = statements.filter(({ Resource }) => Resource?.length !== 0);
  // Whole statements first into the open document, so that what is small stays readable.
  const queue = [...waiting].sort((a, b) => JSON.stringify(a).length - JSON.stringify(b).length);
  while (queue.length > 0) {
    if (documents.length === most) return undefined;
    const index = documents.length;
    const rest = fill(queue.splice(0), limitOf(index));
    if (rest.taken.length === 0) return undefined;
    documents.push(rest.taken);
    queue.push(...rest.left);
  }
  const ordered = documents.map((list) => ({ Version: "2012-10-17" as const, Statement: inOrder(list, waiting) }));
  return hasInline ? { inline: ordered[0], managed: ordered.slice(1) } : { inline: undefined, managed: ordered };
}

/** Fills one document; a statement that does not fit whole is split if any of it fits. */
function fill(statements: readonly Statement[], limit: number): { taken: Statement[]; left: Statement[] } {
  const taken: Statement[] = [];
  const left: Statement[] = [];
  let used = sizeOf({ Version: "2012-10-17", Statement: [] });
  for (const statement of statements) {
    // A comma before every statement but the first.
    const free = limit - used - (taken.length > 0 ? 1 : 0);
    const [part, rest] = split(statement, free);
    if (part) {
      taken.push(part);
      used += JSON.stringify(part).length + (taken.length > 1 ? 1 : 0);
    }
    if (rest) left.push(rest);
  }
  return { taken, left };
}

/** The part of a statement that fits into `limit` characters, and the rest. */
function split(statement: Statement, limit: number): [Statement | undefined, Statement | undefined] {
  if (JSON.stringify(statement).length <= limit) return [statement, undefined];
  const list = atoms(statement);
  if (list.length < 2) return [undefined, statement];
  let size = JSON.stringify(withAtoms(statement, [])).length - 1;
  let count = 0;
  for (const atom of list) {
    size += JSON.stringify(atom).length + 1;
    if (size > limit) break;
    count += 1;
  }
  return count === 0
    ? [undefined, statement]
    : [withAtoms(statement, list.slice(0, count)), withAtoms(statement, list.slice(count))];
}

const PREFIX = "s3:prefix";

/** What a statement can be split by: its prefixes if it has such a condition, else its resources. */
function atoms(statement: Statement): readonly string[] {
  const prefixes = statement.Condition?.StringLike?.[PREFIX];
  return Array.isArray(prefixes) ? prefixes : (statement.Resource ?? []);
}

function withAtoms(statement: Statement, list: readonly string[]): Statement {
  const prefixes = statement.Condition?.StringLike?.[PREFIX];
  if (!Array.isArray(prefixes)) return { ...statement, Resource: list };
  return { ...statement, Condition: { ...statement.Condition, StringLike: { [PREFIX]: list } } };
}

/** Back in the order they were given in, so that a reader finds the same order in every policy. */
function inOrder(list: readonly Statement[], all: readonly Statement[]): Statement[] {
  const rank = new Map(all.map(({ Sid }, index) => [Sid, index]));
  return [...list].sort((a, b) => (rank.get(a.Sid) ?? 0) - (rank.get(b.Sid) ?? 0));
}
