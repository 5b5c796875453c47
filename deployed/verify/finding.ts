/** What `strata verify` says: a line for each assumption about AWS. */

/** One assumption, and whether it held. */
export interface Finding {
  /** What was looked at, in a few words. */
  readonly check: string;
  /** `unknown`: something before it failed, or nobody can tell without a person's step. */
  readonly status: "held" | "failed" | "unknown";
  /** What was seen: lower case, no full stop. */
  readonly message: string;
  /** The one thing to do; absent where it held. */
  readonly help?: string;
}

/** An assumption that held. */
export function held(check: string, message: string): Finding {
  return { check, status: "held", message };
}

/** An assumption that did not hold. */
export function failed(check: string, message: string, help: string): Finding {
  return { check, status: "failed", message, help };
}

/** An assumption that could not be looked at. */
export function unknown(check: string, message: string, help: string): Finding {
  return { check, status: "unknown", message, help };
}

/** Runs a look at AWS; what the service refuses is a finding, not an end. */
export async function looking(check: string, look: () => Promise<Finding | Finding[]>): Promise<Finding[]> {
  try {
    return [await look()].flat();
  } catch (problem) {
    return [unknown(check, reasonOf(problem), "give your credentials the right to read it, or look in the console")];
  }
}

/** A service's error in one line. */
export function reasonOf(problem: unknown): string {
  const { name, message } = problem as Error;
  return `${name}: ${message}`.replace(/\s+/g, " ").slice(0, 300);
}
