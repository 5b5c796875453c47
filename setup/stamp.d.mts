/** Strata's cache folder, shared by all clones of a user. */
export const CACHE: string;
/** A set-up problem that the user can fix: one line with the remedy. */
export class SetupError extends Error {}
/** A digest of files' contents and of further words. */
export function digestOf(files: readonly string[], ...words: readonly string[]): string;
/** True when the stamp at `path` was written for `digest`. */
export function isStamped(path: string, digest: string): boolean;
/** Writes the stamp; the last step of an installation. */
export function stamp(path: string, digest: string): void;
/** The line for a problem that the user can fix; undefined for a bug in Strata. */
export function setupProblem(problem: unknown): string | undefined;
