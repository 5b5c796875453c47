/** Strata's cache folder, shared by all clones of a user. */
export const CACHE: string;
/** A set-up problem that the user can solve: one line with the remedy. */
export class SetupError extends Error {}
