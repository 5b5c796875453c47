/** Output of `strata verify`: a line for each assumption about AWS. */

/** One assumption and the result of its check. */
export interface Finding {
  /** What was checked, in a few words. */
  readonly check: string;
  /** `unknown`: an earlier check failed, or a person has to act first. */
  readonly status: "held" | "failed" | "unknown";
  /** The observation: lower case, no full stop. */
  readonly message: string;
  /** The one thing to do; absent if the check passed. */
  readonly help?: string;
}

/** A confirmed assumption. */
export function held(check: string, message: string): Finding {
  return { check, status: "held", message };
}

/** A refuted assumption. */
export function failed(check: string, message: string, help: string): Finding {
  return { check, status: "failed", message, help };
}

/** An assumption that could not be checked. */
export function unknown(check: string, message: string, help: string): Finding {
  return { check, status: "unknown", message, help };
}

/** Runs a check; an error of the service is a finding and does not end the command. */
export async function looking(check: string, look: () => Promise<Finding | Finding[]>): Promise<Finding[]> {
  try {
    return [await look()].flat();
  } catch (problem) {
    return [unknown(check, reasonOf(problem), "allow your credentials to read it, or check it in the console")];
  }
}

/** A service's error in one line. */
export function reasonOf(problem: unknown): string {
  const { name, message } = problem as Error;
  return `${name}: ${message}`.replace(/\s+/g, " ").slice(0, 300);
}
