/** Input of a comment. It comes from jobs that ran a pull request's code, so it is untrusted. */

import type { PlanDiff } from "../compiler/show/diff/plans.ts";

/** A diagnostic as `strata check --format json` prints it. */
export interface CheckDiagnostic {
  readonly code: string;
  readonly severity: string;
  readonly message: string;
  readonly file: string;
  readonly line: number;
  readonly help: string;
}

/** One step of a preview. */
export interface PreviewStep {
  readonly op: string;
  readonly urn: string;
  /** Names of the properties that differ; never their values. */
  readonly keys: readonly string[];
}

/** A rule of the policy pack that a resource breaks. */
export interface Violation {
  readonly policy: string;
  /** `mandatory` stops a deployment, `advisory` does not. */
  readonly level: string;
  readonly urn: string;
  readonly message: string;
}

/** The preview of one stack. */
export interface Preview {
  readonly stack: string;
  /** `left-out`: it was not run, for `reason`. */
  readonly status: "previewed" | "failed" | "left-out";
  readonly reason: string;
  readonly steps: readonly PreviewStep[];
  readonly violations: readonly Violation[];
  readonly errors: readonly string[];
}

/** Everything. */
export interface ReviewInput {
  /** The commit that was checked. */
  readonly commit: string;
  /** Undefined: the check did not finish. */
  readonly diagnostics: readonly CheckDiagnostic[] | undefined;
  /** Undefined: no comparison, since the pipelines have errors. */
  readonly diffs: readonly PlanDiff[] | undefined;
  readonly previews: readonly Preview[];
}

/** Why there is no preview before the set-up of docs/deploy.md. */
export const NOT_SET_UP_REASON = "this repository has no cloud roles yet (see docs/deploy.md)";

/** Why a fork's pull request has no preview. */
export const FORK_REASON =
  "the pull request comes from a fork (or a bot), which gets no secrets and no cloud role; a maintainer can preview it from a branch of this repository";
