/** Waivers: accepted violations, each with a reason and an optional end date. */

/** One entry of `waivers.json`. */
export interface Waiver {
  /** Name of one policy. */
  readonly policy: string;
  /** Logical name, `type::name` or whole URN of the resource; `*` matches any text. */
  readonly resource: string;
  readonly reason: string;
  /** Last day on which it applies: `YYYY-MM-DD`. */
  readonly expires?: string;
}

/** The valid waivers, and the errors of the others. */
export interface Waivers {
  readonly valid: readonly Waiver[];
  /** Errors: they stop a deployment. */
  readonly mistakes: readonly string[];
  /** Valid until they expired. */
  readonly expired: readonly Waiver[];
}

/** Fewest characters of a reason. */
export const LEAST_REASON = 10;

const KEYS = ["policy", "resource", "reason", "expires"];

/**
 * Reads the parsed `waivers.json`.
 *
 * @param raw the parsed JSON
 * @param policies names of all policies that can be waived
 * @param today `YYYY-MM-DD`, in UTC
 */
export function readWaivers(raw: unknown, policies: readonly string[], today: string): Waivers {
  if (!Array.isArray(raw)) return { valid: [], mistakes: ["waivers.json is not an array"], expired: [] };
  const read = raw.map((each, index) => ({ waiver: each as Waiver, problem: problemOf(each, policies, index + 1) }));
  const sound = read.flatMap(({ waiver, problem }) => (problem === undefined ? [waiver] : []));
  return {
    valid: sound.filter(({ expires }) => expires === undefined || expires >= today),
    mistakes: read.flatMap(({ problem }) => problem ?? []),
    expired: sound.filter(({ expires }) => expires !== undefined && expires < today),
  };
}

/** Does the waiver cover a violation of the policy by the resource? */
export function covers(waiver: Waiver, policy: string, urn: string): boolean {
  if (waiver.policy !== policy) return false;
  const pattern = globOf(waiver.resource);
  const [, , types = "", ...names] = urn.split("::");
  const name = names.join("::");
  return [urn, name, `${types.split("$").at(-1)}::${name}`].some((each) => pattern.test(each));
}

function problemOf(raw: unknown, policies: readonly string[], number: number): string | undefined {
  const at = `waiver ${number}`;
  if (typeof raw !== "object" || raw === null) return `${at} is not an object`;
  const { policy, resource, reason, expires } = raw as Record<string, unknown>;
  const unknown = Object.keys(raw).filter((key) => !KEYS.includes(key));
  if (unknown.length > 0) return `${at} has the unknown key \`${unknown.join("`, `")}\``;
  if (typeof policy !== "string" || !policies.includes(policy)) return `${at} names an unknown policy`;
  if (typeof resource !== "string" || !/[^*:]/.test(resource)) return `${at} of \`${policy}\` names no resource`;
  if (typeof reason !== "string" || reason.trim().length < LEAST_REASON)
    return `${at} of \`${policy}\` for \`${resource}\` has no reason of at least ${LEAST_REASON} characters`;
  if (expires !== undefined && !isDate(expires))
    return `${at} of \`${policy}\` has an invalid \`expires\`: not a date YYYY-MM-DD`;
  return undefined;
}

/** Is it a date of the calendar? `2026-02-30` is not. */
function isDate(value: unknown): boolean {
  if (typeof value !== "string" || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  const date = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(date.valueOf()) && date.toISOString().startsWith(value);
}

function globOf(text: string): RegExp {
  const escaped = text.split("*").map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, "\\$&"));
  return new RegExp(`^${escaped.join(".*")}$`, "s");
}
